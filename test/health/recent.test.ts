/**
 * Goal: of the probes of a target the latest can be seen, in order, and no more are kept than said.
 * Method: probes noted in a row, against a list that forgets.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createRecent, noteRecent, RECENT_MAX, recentProbes } from '../../src/health/recent.ts'

describe('the recent probes of a target', () => {
  it('are the latest, the oldest first, with what they took and came to', () => {
    const probe = fc.record({ ms: fc.nat(60_000), isSuccess: fc.boolean() })
    fc.assert(
      fc.property(fc.array(probe, { maxLength: 3 * RECENT_MAX }), (probes) => {
        const recent = createRecent()
        for (const { ms, isSuccess } of probes) noteRecent(recent, ms, isSuccess)
        expect(recentProbes(recent)).toEqual(probes.slice(-RECENT_MAX))
      }),
    )
  })

  it('tell a failure that took no time from a success', () => {
    const recent = createRecent()
    noteRecent(recent, 0, false)
    noteRecent(recent, 0, true)
    expect(recentProbes(recent).map(({ isSuccess }) => isSuccess)).toEqual([false, true])
  })
})
