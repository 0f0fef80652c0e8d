/**
 * Goal: the chart shows what was asked, no spike of its own making, and nothing that is long over.
 * Method: counts at moments, and what becomes of them.
 */

import { describe, expect, it } from 'vitest'

import { sparkPoints, withProbeTimes } from '../../src/dashboard/model/probe-times.ts'
import { NO_RATES, rateNow, RATES_SPAN_MS, withCount } from '../../src/dashboard/model/rates.ts'
import { addressOf, memberOf, statusOf } from './statuses.ts'

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

  it('are smoothed over a few seconds for the figure', () => {
    expect(rateNow(NO_RATES)).toBeUndefined()
    const rates = ratesOf([0, 0], [1_000, 900], [2_000, 1_000], [3_000, 1_200], [4_000, 1_500])
    expect(rateNow(rates)).toBe(200)
  })
})

describe('probe times', () => {
  const probed = (probeMs: number) =>
    statusOf([memberOf('a', { addresses: [addressOf({ probeMs })] })])

  it('are kept as far as the line goes', () => {
    let times = withProbeTimes(new Map(), probed(1))
    for (let i = 0; i < 100; i++) times = withProbeTimes(times, probed(i))
    expect(times.get('web/a/v4')).toHaveLength(40)
    expect(times.get('web/a/v4')!.at(-1)).toBe(99)
  })

  it('are drawn from the right, the slower the higher, inside of the box', () => {
    const points = sparkPoints([1, 3], 78, 16)
    expect(points).toBe('76.0,15.0 78.0,1.0')
    expect(sparkPoints([2, 2], 78, 16)).toBe('76.0,8.0 78.0,8.0')
  })
})
