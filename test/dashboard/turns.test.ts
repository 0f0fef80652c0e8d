/**
 * Goal: the share of the last minute is that of the last minute, from however many times of asking.
 * Method: counts that grow as the test says, asked for at the moments of the test.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Status } from '../../src/admin/status.ts'
import { answeredOver, type TurnSample, withSample } from '../../src/dashboard/model/turns.ts'
import { isoOf, ledBy, NOON } from './statuses.ts'

const A = 'web/a/v4'
const B = 'web/b/v4'

describe('turns of late', () => {
  it('are the difference to what was counted a window ago', () => {
    const samples = sampled(
      ledBy({ a: 100, b: 50 }, NOON),
      ledBy({ a: 160, b: 80 }, NOON + 60_000),
      ledBy({ a: 170, b: 80 }, NOON + 61_000),
    )
    const minute = answeredOver(samples, 60_000)
    expect([...minute.turns]).toEqual([
      [A, 70],
      [B, 30],
    ])
    expect(minute.spanMs).toBe(61_000)
    expect([...answeredOver(samples, 1_000).turns.values()]).toEqual([10, 0])
  })

  it('are those since the page was opened where that is later', () => {
    const samples = sampled(ledBy({ a: 100 }), ledBy({ a: 103 }, NOON + 2_000))
    expect(answeredOver(samples, 60_000)).toEqual({ spanMs: 2_000, turns: new Map([[A, 3]]) })
    expect(answeredOver([], 60_000)).toEqual({ spanMs: 0, turns: new Map() })
  })

  it('begin anew with the server, and with an address whose count does', () => {
    const restarted: Status = { ...ledBy({ a: 2 }, NOON + 2_000), startedAt: isoOf(NOON + 1_000) }
    expect(sampled(ledBy({ a: 100 }), restarted)).toHaveLength(1)
    const recounted = sampled(ledBy({ a: 100, b: 5 }), ledBy({ a: 2, b: 6, c: 4 }, NOON + 1_000))
    expect([...answeredOver(recounted, 60_000).turns.values()]).toEqual([2, 1, 4])
  })

  it('begin anew after a time in which nobody looked, and no hour passes for a minute', () => {
    const samples = sampled(
      ledBy({ a: 0 }),
      ledBy({ a: 9_000 }, NOON + 3_600_000),
      ledBy({ a: 9_005 }, NOON + 3_601_000),
    )
    expect(answeredOver(samples, 60_000)).toEqual({ spanMs: 1_000, turns: new Map([[A, 5]]) })
  })

  it('are counted once where the server has nothing newer', () => {
    expect(sampled(ledBy({ a: 1 }), ledBy({ a: 1 }))).toHaveLength(1)
  })

  it('need few samples, and are of a span that is about the window', () => {
    const gaps = fc.array(fc.integer({ min: 400, max: 3_000 }), { minLength: 120, maxLength: 200 })
    fc.assert(
      fc.property(gaps, (waits) => {
        let samples: readonly TurnSample[] = []
        let atMs = NOON
        for (const wait of waits) {
          atMs += wait
          samples = withSample(samples, ledBy({ a: atMs - NOON }, atMs))
        }
        const hasRun = atMs - NOON
        expect(samples.length).toBeLessThan(60)
        for (const windowMs of [10_000, 60_000]) {
          const { spanMs, turns } = answeredOver(samples, windowMs)
          expect(turns.get(A)).toBe(spanMs)
          if (hasRun > 2 * windowMs) expect(spanMs).toBeGreaterThanOrEqual(windowMs)
          expect(spanMs).toBeLessThan(windowMs * 1.3 + 3_000)
        }
      }),
      { numRuns: 30, seed: 7 },
    )
  })
})

function sampled(...statuses: Status[]): readonly TurnSample[] {
  return statuses.reduce<readonly TurnSample[]>(withSample, [])
}
