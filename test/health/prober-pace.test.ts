/**
 * Goal: every target is observed in its time, evenly, with one timer for all of them.
 * Method: a manual clock, a seeded generator, and probes that answer when the test says so.
 */

import { describe, expect, it } from 'vitest'

import { createTarget } from '../../src/health/check.ts'
import { nextStartMs } from '../../src/health/pace.ts'
import { checkWith, targetsWith } from '../support/check.ts'
import { gaps, proberBench, tenths } from '../support/prober-bench.ts'

const SEEDS = [1, 2, 3, 5, 8]

describe('the pace', () => {
  it.each(SEEDS)(
    'keeps an interval of 5 s within a tenth, and varies it (seed %i)',
    async (seed) => {
      const { clock, prober, startsOf } = proberBench({ seed })
      const [target] = targetsWith(1)
      prober.retarget([target!])
      await clock.advance(300_000)
      // The first leads onto the course, however soon that comes.
      const spans = gaps(startsOf(target!).slice(1))
      expect(spans.length).toBeGreaterThan(50)
      expect(Math.min(...spans)).toBeGreaterThanOrEqual(4_500)
      expect(Math.max(...spans)).toBeLessThanOrEqual(5_500)
      expect(new Set(spans).size).toBeGreaterThan(40)
    },
  )

  it.each(SEEDS)('looks at new targets at once, and then spread (seed %i)', async (seed) => {
    const { clock, prober, starts } = proberBench({ seed })
    prober.retarget(targetsWith(100))
    await clock.advance(5_500)
    expect(new Set(starts.filter(({ atMs }) => atMs === 0).map(({ key }) => key)).size).toBe(100)
    for (let second = 1; second < 5; second++) {
      const inSecond = starts.filter(({ atMs }) => Math.floor(atMs / 1_000) === second)
      expect(inSecond.length).toBeGreaterThanOrEqual(12)
      expect(inSecond.length).toBeLessThanOrEqual(28)
    }
  })

  it('does not let two servers with the same targets probe in step', async () => {
    const [one, other] = [proberBench({ seed: 1 }), proberBench({ seed: 2 })]
    for (const { prober } of [one, other]) prober.retarget(targetsWith(10))
    for (const { clock } of [one, other]) await clock.advance(5_000)
    const shared = one.starts.filter(
      ({ atMs }) => atMs > 0 && other.starts.some((start) => start.atMs === atMs),
    )
    expect(shared).toEqual([])
  })

  it('looks at a newcomer among many at once', async () => {
    const { clock, prober, startsOf } = proberBench()
    const targets = targetsWith(1_000)
    prober.retarget(targets.slice(0, 999))
    await clock.advance(60_000)
    prober.retarget(targets)
    await clock.advance(0)
    expect(startsOf(targets[999]!)).toEqual([60_000])
  })

  it('looks at those who are welcomed one by one at once, and then spread', async () => {
    const { clock, prober, starts, startsOf } = proberBench({ latencyMs: 0 })
    const targets = targetsWith(1_000)
    prober.retarget(targets.slice(0, 200))
    await clock.advance(60_000)
    for (const target of targets.slice(200)) {
      prober.welcome([target])
      await clock.advance(0)
      expect(startsOf(target)).toEqual([60_000])
    }
    prober.retarget(targets)
    await clock.advance(15_000)
    expect(Math.max(...tenths(starts, 60_100, 75_000))).toBeLessThanOrEqual(2 * (1_000 / 50))
  })

  it('never starts twice the mean of 10,000 observed targets in any tenth of a second', async () => {
    const { clock, prober, starts } = proberBench({ latencyMs: 0 })
    const targets = targetsWith(10_000)
    prober.retarget(targets)
    await clock.advance(15_000)
    const mean = targets.length / 50
    expect(Math.max(...tenths(starts, 100, 15_000))).toBeLessThanOrEqual(2 * mean)
  })

  it('is as even after the volley of a first round', async () => {
    const { clock, prober, starts } = proberBench({ latencyMs: 0 })
    prober.retarget(targetsWith(2_000))
    void prober.firstRound(10_000)
    await clock.advance(20_000)
    expect(starts.filter(({ atMs }) => atMs === 0)).toHaveLength(2_000)
    expect(Math.max(...tenths(starts, 100, 20_000))).toBeLessThanOrEqual(2 * (2_000 / 50))
  })

  it('spreads targets again after the process stood still for longer than an interval', async () => {
    const { clock, prober, starts } = proberBench({ latencyMs: 0 })
    prober.retarget(targetsWith(1_000))
    await clock.advance(20_000)
    clock.freeze(60_000)
    await clock.advance(20_000)
    expect(Math.max(...tenths(starts, 80_100, 100_000))).toBeLessThanOrEqual(2 * (1_000 / 50))
  })

  it('waits with one timer, however many targets there are', async () => {
    const { clock, prober } = proberBench({ latencyMs: undefined })
    prober.retarget(targetsWith(500))
    for (let step = 0; step < 20; step++) {
      expect(clock.pendingCount).toBe(1)
      await clock.advance(333)
    }
  })
})

describe('the timer', () => {
  it('is moved, not doubled, when somebody comes who is due before all others', async () => {
    const { clock, prober } = proberBench()
    const hourly = { intervalMs: 3_600_000 }
    prober.retarget(targetsWith(1, hourly))
    await clock.advance(3_600_000)
    prober.retarget([...targetsWith(1, hourly), createTarget('192.0.2.1', checkWith())])
    expect(clock.pendingCount).toBe(1)
    await clock.advance(5_500)
    expect(prober.counters().attempts).toBeGreaterThanOrEqual(2)
  })
})

describe('the pace of one target', () => {
  const steady = () => 0.5

  it('runs from due to due, so that a late start shifts nothing', () => {
    expect(nextStartMs({ dueMs: 1_000, startedMs: 1_800, endedMs: 1_900 }, 5_000, steady)).toBe(
      6_000,
    )
  })

  it('begins anew, within one interval, after a whole interval was missed', () => {
    expect(nextStartMs({ dueMs: 1_000, startedMs: 9_000, endedMs: 9_100 }, 5_000, steady)).toBe(
      11_500,
    )
  })

  it('never goes back behind the end of the probe, so that nobody jumps the queue', () => {
    expect(nextStartMs({ dueMs: 1_000, startedMs: 1_000, endedMs: 9_000 }, 5_000, steady)).toBe(
      9_000,
    )
  })
})
