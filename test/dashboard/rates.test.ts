/**
 * Goal: the chart shows what was asked, no spike of its own making, and nothing that is long over.
 * Method: counts at moments, and what becomes of them.
 */

import { describe, expect, it } from 'vitest'

import { probesOf, sparkOf } from '../../src/dashboard/model/probes.ts'
import {
  alignedRates,
  NO_RATES,
  rateNow,
  RATES_SPAN_MS,
  spanShown,
  withCount,
} from '../../src/dashboard/model/rates.ts'
import type { VerdictStatus } from '../../src/dashboard/model/told.ts'
import { isoOf, NOON } from './statuses.ts'

const ratesOf = (...counts: readonly (readonly [number, number])[]) =>
  counts.reduce((rates, [atMs, queries]) => withCount(rates, { atMs, queries }), NO_RATES)

describe('queries a second', () => {
  it('are what was counted by the time between', () => {
    const { points } = ratesOf([0, 0], [1_000, 100], [3_000, 500])
    expect(points.map(({ perSecond }) => perSecond)).toEqual([100, 200])
  })

  it('are not told by counts that come at once, backwards, or after a long silence', () => {
    expect(ratesOf([0, 0], [100, 50]).points).toEqual([])
    expect(ratesOf([0, 0], [100, 50], [1_000, 100]).points).toEqual([
      { atMs: 1_000, perSecond: 100 },
    ])
    expect(ratesOf([0, 500], [1_000, 20], [2_000, 30]).points).toHaveLength(1)
    expect(ratesOf([0, 0], [60_000, 6_000]).points).toEqual([])
  })

  it('are kept as long as the chart is', () => {
    const counts = Array.from({ length: 400 }, (_, second) => [second * 1_000, second] as const)
    const { points } = ratesOf(...counts)
    expect(points).toHaveLength(RATES_SPAN_MS / 1_000)
  })

  it('are shown from minute to minute, up to five', () => {
    const rates = ratesOf([0, 0], [1_000, 1])
    const shown = [2_000, 61_000, 61_001, 900_000].map((nowMs) => spanShown(rates, nowMs))
    expect(shown).toEqual([60_000, 60_000, 120_000, 300_000])
    expect(spanShown(NO_RATES, 5_000)).toBe(60_000)
  })

  it('are drawn with a gap where nothing is known', () => {
    const rates = ratesOf([0, 0], [1_000, 7], [2_000, 14], [60_000, 14], [61_000, 15])
    expect(alignedRates(rates)).toEqual([
      [1, 2, 2.001, 61],
      [7, 7, null, 1],
    ])
    expect(alignedRates(NO_RATES)).toEqual([[], []])
  })

  it('are smoothed over a few seconds for the figure', () => {
    expect(rateNow(NO_RATES)).toBeUndefined()
    const rates = ratesOf([0, 0], [1_000, 900], [2_000, 1_000], [3_000, 1_200], [4_000, 1_500])
    expect(rateNow(rates)).toBe(200)
  })
})

describe('probes', () => {
  const BOX = { width: 78, height: 16 }
  const probe = (ms: number, isSuccess = true) => ({ ms, isSuccess })
  const verdict = (own: Partial<VerdictStatus>): VerdictStatus => ({
    ...{ id: '1', address: '192.0.2.1', check: 'web', kind: 'http', members: ['web/a'] },
    ...{ verdict: 'up', since: isoOf(NOON), evidence: 'status 200', recent: [] },
    ...{ streak: 0, rise: 2, fall: 3 },
    ...own,
  })

  it('belong to every member at the address, as far as the line goes', () => {
    const recent = Array.from({ length: 60 }, (_, ms) => probe(ms))
    const probes = probesOf([
      verdict({ members: ['web/a', 'all/a'], recent }),
      verdict({ address: '2001:db8::1', recent: recent.slice(0, 1) }),
    ])
    expect([...probes.keys()]).toEqual(['web/a/v4', 'all/a/v4', 'web/a/v6'])
    expect(probes.get('all/a/v4')).toEqual(recent.slice(20))
  })

  it('are drawn from the right, the slower the higher, inside of the box', () => {
    expect(sparkOf([probe(1), probe(3)], BOX).points).toBe('76.0,15.0 78.0,1.0')
    expect(sparkOf([probe(2), probe(2)], BOX).points).toBe('76.0,8.0 78.0,8.0')
  })

  it('that failed are marked', () => {
    expect(sparkOf([probe(1), probe(900, false), probe(1)], BOX).failures).toEqual([76])
  })
})
