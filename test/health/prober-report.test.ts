/**
 * Goal: what others observe counts as much as a probe, and what is known of a target can be read.
 * Method: a manual clock, and observations handed to the prober between its own.
 */

import { describe, expect, it } from 'vitest'

import type { Observation } from '../../src/health/check.ts'
import { failure, success } from '../../src/health/probes/probe.ts'
import { targetsWith } from '../support/check.ts'
import { gaps, proberBench, reply } from '../support/prober-bench.ts'

describe('a report from outside', () => {
  it('counts like a probe, with its own evidence', async () => {
    const { clock, prober, flips } = proberBench()
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(6_000)
    for (const streak of [1, 2]) {
      expect(prober.report(target!.key, seen(false, clock.now()))).toBe(true)
      expect(prober.state(target!.key)).toMatchObject({ verdict: 'up', streak })
    }
    prober.report(target!.key, seen(false, clock.now()))
    expect(prober.state(target!.key)).toEqual({
      verdict: 'down',
      sinceMs: 6_000,
      streak: 0,
      evidence: 'said by a neighbour',
    })
    expect(flips.at(-1)).toBe('2001:db8::1:0 up -> down')
  })

  it('of a failure is looked into in the fast interval', async () => {
    const { clock, prober, startsOf } = proberBench()
    const [target] = targetsWith(1, { intervalMs: 600_000 })
    prober.retarget([target!])
    await clock.advance(1_200_000)
    const before = startsOf(target!).length
    prober.report(target!.key, seen(false, clock.now()))
    await clock.advance(1_000)
    expect(startsOf(target!)).toHaveLength(before + 1)
    await clock.advance(60_000)
    expect(startsOf(target!)).toHaveLength(before + 1)
  })

  it('leaves a probe that is under way alone', async () => {
    const { clock, prober, observations, signals } = proberBench({ latencyMs: 300 })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(100)
    prober.report(target!.key, seen(false, clock.now()))
    expect(prober.state(target!.key)!.verdict).toBe('down')
    await clock.advance(200)
    expect(signals[0]!.aborted).toBe(false)
    expect(observations.map(({ isSuccess }) => isSuccess)).toEqual([false, true])
    expect(prober.counters()).toMatchObject({ attempts: 1, inFlight: 0 })
  })

  it('ends the first round of its target', async () => {
    const { clock, prober } = proberBench({ latencyMs: undefined })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    const round = prober.firstRound(60_000)
    prober.report(target!.key, seen(true, clock.now()))
    await round
  })

  it('of somebody unknown changes nothing', () => {
    const { prober, observations } = proberBench()
    expect(prober.report('nobody', seen(true, 0))).toBe(false)
    expect(observations).toEqual([])
  })
})

describe('haste', () => {
  it('brings the next probe at once, and the course goes on from there', async () => {
    const { clock, prober, startsOf } = proberBench()
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(60_000)
    const before = startsOf(target!).length
    expect(prober.hasten(target!.key)).toBe(true)
    expect(startsOf(target!)).toHaveLength(before) // Not within the caller's own step.
    await clock.advance(30_000)
    const spans = gaps(startsOf(target!).slice(before))
    expect(startsOf(target!)[before]).toBe(60_000)
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(4_500)
  })

  it('does nothing while a probe is under way', async () => {
    const { clock, prober, starts } = proberBench({ latencyMs: 300 })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(100)
    prober.hasten(target!.key)
    await clock.advance(300)
    expect(starts).toHaveLength(1)
  })

  it('for somebody unknown is refused', () => {
    expect(proberBench().prober.hasten('nobody')).toBe(false)
  })
})

describe('a reading', () => {
  it('smooths the time of successful probes, and of nothing else', async () => {
    const latencies = [10, 20, 500]
    const test = proberBench({
      attempt: () =>
        new Promise((resolve) => {
          const latencyMs = latencies.shift() ?? 0
          test.clock.after(latencyMs, () => resolve(reply(latencyMs < 500)))
        }),
    })
    const { clock, prober } = test
    const [target] = targetsWith(1)
    prober.retarget([target!])
    expect(prober.reading(target!.key)!.smoothedMs).toBeUndefined()
    await clock.advance(10)
    expect(prober.reading(target!.key)).toMatchObject({ smoothedMs: 10, lastSuccessMs: 10 })
    prober.hasten(target!.key)
    await clock.advance(20)
    expect(prober.reading(target!.key)!.smoothedMs).toBeCloseTo(13)
    prober.hasten(target!.key)
    prober.report(target!.key, { ...seen(true, clock.now()), elapsedMs: 9_000 })
    await clock.advance(500)
    const reading = prober.reading(target!.key)!
    expect(reading).toMatchObject({ lastSuccessMs: 30, observedMs: 530 })
    expect(reading.smoothedMs).toBeCloseTo(13)
    expect(reading.state).toBe(prober.state(target!.key))
  })

  it('keeps what a backend said of itself over a failure, until it says something else', async () => {
    const report = { word: 'drain' as const, load: 7 }
    const replies = [{ ...success('heard'), report, warning: 'certificate expires in 9 days' }]
    const others = [failure('connection refused'), success('heard')]
    const { clock, prober, observations } = proberBench({
      reply: () => replies.shift() ?? others.shift() ?? success('heard'),
    })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(20)
    const said = { report, warning: 'certificate expires in 9 days' }
    expect(observations[0]).toMatchObject(said)
    expect(prober.reading(target!.key)).toMatchObject(said)
    prober.hasten(target!.key)
    await clock.advance(20)
    expect(prober.reading(target!.key)).toMatchObject(said)
    prober.hasten(target!.key)
    await clock.advance(20)
    expect(prober.reading(target!.key)!.report).toBeUndefined()
    expect(prober.reading(target!.key)!.warning).toBeUndefined()
  })

  it('of somebody unknown there is none', () => {
    expect(proberBench().prober.reading('nobody')).toBeUndefined()
  })
})

describe('an observation that is not credible', () => {
  it('is shown and counted, but changes no verdict and hurries nobody', async () => {
    const trust = { isThere: true }
    const { clock, prober, starts, flips, observations } = proberBench({
      reply: () => reply(trust.isThere),
      isCredible: (_, { isSuccess }) => isSuccess || trust.isThere,
    })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(6_000)
    trust.isThere = false
    const before = starts.length
    await clock.advance(60_000)
    expect(flips).toEqual(['2001:db8::1:0 unknown -> up'])
    expect(prober.state(target!.key)).toMatchObject({
      verdict: 'up',
      streak: 0,
      evidence: 'connection refused (held back)',
    })
    expect(starts.length - before).toBeLessThanOrEqual(14)
    expect(observations.length).toBe(starts.length)
    expect(prober.counters().heldBack).toBe(starts.length - before)
  })

  it('counts again as soon as it is credible', async () => {
    const trust = { isThere: false }
    const { clock, prober, flips } = proberBench({
      reply: () => reply(false),
      isCredible: () => trust.isThere,
    })
    const [target] = targetsWith(1)
    prober.retarget([target!], () => ({ verdict: 'up', sinceMs: 0, streak: 0, evidence: '' }))
    await clock.advance(60_000)
    expect(flips).toEqual([])
    trust.isThere = true
    await clock.advance(8_000)
    expect(flips).toEqual(['2001:db8::1:0 up -> down'])
  })
})

function seen(isSuccess: boolean, atMs: number): Observation {
  return { isSuccess, atMs, elapsedMs: 0, evidence: 'said by a neighbour' }
}
