/** Goal: what is said of a drain is true to the ledger, and never "safe" where that is not so. */

import { describe, expect, it } from 'vitest'

import type { LedgerEntry } from '../../src/admin/listings.ts'
import { drainedOf, progressText, verdictText } from '../../src/cli/drain-text.ts'

/** By the wall of whoever reads it, so that the test is right in every time zone. */
const NOON = new Date(2026, 0, 1, 12).getTime()
const ASKED = { pool: 'web', member: 'b', isOut: true, startWall: NOON }
const GONE = entryOf({ isServing: false, isSafe: true })

describe('a member that was taken out', () => {
  it('is safe a second after the last TTL is over', () => {
    const drained = drainedOf(ASKED, [GONE])
    expect(drained).toMatchObject({ isSafe: true, safeAt: new Date(NOON + 21_000).toISOString() })
    expect(verdictText(drained)).toBe(
      'safe to stop at 12:00:21; last answer 11:59:50, TTL 30, 41 resolvers',
    )
  })

  it('is safe from the start of the wait where nobody held it', () => {
    const { heldUntil: _, lastAnswerAt: __, ttlSeconds: ___, ...never } = GONE
    expect(verdictText(drainedOf(ASKED, [never]))).toBe(
      'safe to stop at 12:00:00; no answer of it is known',
    )
  })

  it('is not safe before each of its addresses is', () => {
    const later = entryOf({ family: 'v6', isSafe: false, heldUntil: at(40_000) })
    const drained = drainedOf(ASKED, [GONE, later])
    expect(drained.isSafe).toBe(false)
    expect(progressText(drained, NOON)).toBe('web/b: safe to stop in 41s; 41 resolvers may hold it')
    expect(progressText(drained, NOON + 60_000)).toContain('until all workers have heard')
  })

  it('has no moment while it is answered', () => {
    const drained = drainedOf(ASKED, [entryOf({ isServing: true, isSafe: false })])
    expect(drained).not.toHaveProperty('safeAt')
    expect(progressText(drained, NOON)).toBe('web/b: still answered')
    expect(verdictText({ ...drained, why: 'the time to wait is over' })).toBe(
      'web/b is not safe to stop: the time to wait is over; it is still answered',
    )
  })

  it('is not safe when its override has ended, whatever the ledger says', () => {
    const drained = drainedOf({ ...ASKED, isOut: false }, [GONE])
    expect(drained).toMatchObject({ isSafe: false, why: expect.stringContaining('has ended') })
  })

  it('is not safe where the ledger knows nothing of it', () => {
    expect(drainedOf(ASKED, [])).toMatchObject({ isSafe: false })
    expect(drainedOf(ASKED, []).why).toContain('a member that is a pool')
  })

  it('says who else answers its addresses', () => {
    const two = drainedOf(ASKED, [
      { ...GONE, others: ['api/b'] },
      { ...GONE, family: 'v6', others: ['api/b', 'sip/b'] },
    ])
    expect(two.stillAnsweredBy).toEqual(['api/b', 'sip/b'])
    expect(verdictText(two)).toMatch(/; but api\/b and sip\/b still answer 192\.0\.2\.2$/)
    const many = drainedOf(ASKED, [{ ...GONE, others: ['api/b', 'sip/b'], moreOthers: 7 }])
    expect(many).toMatchObject({ moreStillAnswering: 7 })
    expect(verdictText(many)).toMatch(/; but api\/b, sip\/b and 7 more still answer 192/)
  })
})

function entryOf(own: Partial<LedgerEntry>): LedgerEntry {
  return {
    ...{ pool: 'web', member: 'b', family: 'v4', address: '192.0.2.2' },
    ...{ isServing: false, isSafe: false, resolvers: 41, ttlSeconds: 30 },
    ...{ lastAnswerAt: at(-10_000), heldUntil: at(20_000) },
    ...own,
  }
}

function at(ms: number): string {
  return new Date(NOON + ms).toISOString()
}
