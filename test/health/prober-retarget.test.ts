/**
 * Goal: a reload forgets no verdict, and who leaves is left alone.
 * Method: a manual clock, a seeded generator, and probes that answer when the test says so.
 */

import { describe, expect, it } from 'vitest'

import { createTarget } from '../../src/health/check.ts'
import type { Prober } from '../../src/health/prober-face.ts'
import { isInTransition } from '../../src/health/verdict.ts'
import { checkWith, targetsWith } from '../support/check.ts'
import { gaps, proberBench, reply, tenths, watched } from '../support/prober-bench.ts'

describe('retarget', () => {
  it('keeps the state and the pace of those who stay', async () => {
    const { clock, prober, startsOf } = proberBench()
    const [stays, goes, comes] = targetsWith(3)
    prober.retarget([stays!, goes!])
    await clock.advance(20_000)
    const before = prober.state(stays!.key)
    prober.retarget([stays!, comes!])

    expect(prober.state(stays!.key)).toBe(before)
    expect(prober.state(goes!.key)).toBeUndefined()
    expect(prober.state(comes!.key)).toMatchObject({ verdict: 'unknown', sinceMs: 20_000 })
    await clock.advance(20_000)
    expect(startsOf(goes!).at(-1)).toBeLessThanOrEqual(20_000)
    expect(Math.max(...gaps(startsOf(stays!)))).toBeLessThanOrEqual(5_500)
  })

  it('gives the verdict on to a target of which only the timing is new', async () => {
    const { clock, prober } = proberBench({ reply: () => reply(false) })
    prober.retarget([createTarget('192.0.2.1', checkWith())])
    await clock.advance(6_000)
    const patient = createTarget('192.0.2.1', checkWith({ intervalMs: 60_000 }))
    const other = createTarget('192.0.2.1', checkWith({ probe: { kind: 'tcp', port: 81 } }))
    prober.retarget([patient, other])
    expect(prober.state(patient.key)!.verdict).toBe('down')
    expect(prober.state(other.key)!.verdict).toBe('unknown')
  })

  it('looks at a contested verdict no later though its timing is new', async () => {
    const net = { isUp: true }
    const { clock, prober, flips } = proberBench({ reply: () => reply(net.isUp) })
    prober.retarget(targetsWith(1))
    await clock.advance(10_000)
    net.isUp = false
    while (!isInTransition(prober.state(targetsWith(1)[0]!.key)!)) await clock.advance(100)
    prober.retarget(targetsWith(1, { intervalMs: 60_000 }))
    await clock.advance(1_000 + 1_100 + 100)
    expect(flips.at(-1)).toContain('up -> down')
  })

  it('begins with what is remembered, and looks at it in its course', async () => {
    const { clock, prober, starts, flips } = proberBench({ latencyMs: 0 })
    const targets = targetsWith(1_000)
    prober.retarget(targets, () => ({
      verdict: 'up',
      sinceMs: -60_000,
      streak: 0,
      evidence: 'connected',
    }))
    expect(prober.state(targets[7]!.key)).toMatchObject({ verdict: 'up', sinceMs: -60_000 })
    await clock.advance(5_000)
    expect(Math.max(...tenths(starts, 0, 5_000))).toBeLessThanOrEqual(2 * (1_000 / 50))
    expect(flips).toEqual([])
  })

  it('believes its own observations before what is remembered', async () => {
    const { clock, prober } = proberBench({ reply: () => reply(false) })
    prober.retarget([createTarget('192.0.2.1', checkWith())])
    await clock.advance(6_000)
    const patient = createTarget('192.0.2.1', checkWith({ intervalMs: 60_000 }))
    prober.retarget([patient], () => ({ verdict: 'up', sinceMs: 0, streak: 0, evidence: '' }))
    expect(prober.state(patient.key)!.verdict).toBe('down')
  })

  it('aborts and forgets the probe of a target that goes', async () => {
    const { clock, prober, observations, signals } = proberBench({ latencyMs: 1_000 })
    prober.retarget(targetsWith(1))
    void prober.firstRound(5_000)
    prober.retarget([])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    await clock.advance(60_000)
    expect(observations).toEqual([])
    expect(clock.pendingCount).toBe(0)
  })

  it('shares the probes of two pools that ask the same, and reports the newer name', async () => {
    const { clock, prober, starts } = proberBench()
    const shared = ['web', 'also-web'].map((name) => createTarget('192.0.2.1', checkWith({ name })))
    prober.retarget(shared)
    await clock.advance(5_500)
    expect(prober.counters().targets).toBe(1)
    expect(starts.length).toBeLessThanOrEqual(2)
  })

  it('may be called from a report', async () => {
    const [first, second] = targetsWith(2)
    let prober: Prober | undefined
    const test = proberBench({ onFlip: () => prober?.retarget([second!]) })
    prober = test.prober
    prober.retarget([first!])
    await test.clock.advance(11_000)
    expect(prober.state(first!.key)).toBeUndefined()
    expect(prober.state(second!.key)!.verdict).toBe('up')
  })
})

describe('stop', () => {
  it('called from a report silences the reports that would follow', async () => {
    let prober: Prober | undefined
    const test = proberBench({ onObservation: () => prober?.stop() })
    prober = test.prober
    prober.retarget(targetsWith(3))
    await test.clock.advance(20_000)
    expect(test.observations).toHaveLength(1)
    expect(test.flips).toEqual([])
    expect(test.clock.pendingCount).toBe(0)
  })

  it('aborts what is in flight, ends the first round and calls nobody back', async () => {
    const { clock, prober, observations, signals } = proberBench({ latencyMs: 100 })
    prober.retarget(targetsWith(5))
    const round = watched(prober.firstRound(60_000))
    await clock.advance(50)
    prober.stop()
    await clock.advance(60_000)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true, true])
    expect(round.isOver).toBe(true)
    expect(observations).toEqual([])
    expect(prober.counters()).toMatchObject({ targets: 0, inFlight: 0 })
  })

  it('leaves no timer behind', async () => {
    const { clock, prober } = proberBench({ attempt: () => new Promise(() => {}) })
    prober.retarget(targetsWith(20))
    await clock.advance(3_000)
    prober.stop()
    expect(clock.pendingCount).toBe(0)
  })
})
