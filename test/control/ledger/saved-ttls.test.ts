/**
 * Goal: what is written says of every pool for how long it may be held, in little room.
 * Method: TTLs of pools as processes have them, one after another; random ones against the rule.
 */

import fc from 'fast-check'
import { expect, it } from 'vitest'

import { longestSaved, savedTtlOf, saveTtls } from '../../../src/control/ledger/saved-ttls.ts'

const NOTHING = { usualTtl: 0, ttls: {} }

it('writes down only those that differ from most', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => [`n${at}`, at === 7 ? 300 : 30] as const)
  const saved = saveTtls(new Map(many), NOTHING, () => true)
  expect(saved).toEqual({ usualTtl: 30, ttls: { n7: 300 } })
  expect(longestSaved(saved)).toBe(300)
})

it('keeps what a process before has left for as long as it may be held, and no longer', () => {
  const past = { usualTtl: 60, ttls: { gone: 600, web: 5 } }
  const own = new Map([['web', 30]])
  expect(saveTtls(own, past, () => true)).toEqual({ usualTtl: 60, ttls: { gone: 600, web: 30 } })
  expect(saveTtls(own, past, (seconds) => seconds > 60)).toEqual({
    ...{ usualTtl: 30, ttls: { gone: 600 } },
  })
  expect(saveTtls(own, past, () => false)).toEqual({ usualTtl: 30, ttls: {} })
})

it('never says less of a pool than was known, of those too that it does not name', () => {
  const pool = fc.constantFrom('a', 'b', 'c', 'd')
  const ttls = fc.dictionary(pool, fc.integer({ min: 0, max: 5 }))
  const seconds = fc.integer({ min: 0, max: 5 })
  fc.assert(
    fc.property(ttls, ttls, seconds, seconds, (own, before, usualTtl, heldFrom) => {
      const past = { usualTtl, ttls: before }
      const saved = saveTtls(new Map(Object.entries(own)), past, (one) => one >= heldFrom)
      for (const name of ['a', 'b', 'c', 'd', 'never-named']) {
        const left = savedTtlOf(past, name)
        const known = Math.max(own[name] ?? 0, left >= heldFrom ? left : 0)
        expect(savedTtlOf(saved, name)).toBeGreaterThanOrEqual(known)
        if (name in own) expect(savedTtlOf(saved, name)).toBe(known)
      }
    }),
  )
})
