/**
 * Goal: nothing can hang, and what a probe did not say is not believed.
 * Method: a manual clock, a seeded generator, and probes that answer when the test says so.
 */

import { describe, expect, it } from 'vitest'

import { faultOutcome } from '../../src/health/probes/faults.ts'
import type { Probe } from '../../src/health/probes/probe.ts'
import { targetsWith } from '../support/check.ts'
import { gaps, proberBench, reply } from '../support/prober-bench.ts'

describe('a probe', () => {
  it('that hangs and ignores its signal fails at its deadline', async () => {
    const { clock, prober, observations } = proberBench({ latencyMs: undefined })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    const done = prober.firstRound(60_000)
    await clock.advance(1_999)
    expect(observations).toEqual([])
    await clock.advance(1)
    await done
    expect(observations).toEqual([
      { isSuccess: false, atMs: 2_000, elapsedMs: 2_000, evidence: 'timed out after 2s' },
    ])
    expect(prober.state(target!.key)).toMatchObject({ verdict: 'down', sinceMs: 2_000 })
    expect(prober.counters().timeouts).toBe(1)
  })

  it('is told by its signal, and says how far it had come', async () => {
    let wasAborted = false
    const { clock, prober, observations } = proberBench({
      attempt: (_, signal, onStage) => {
        onStage('connected, no answer')
        signal.addEventListener('abort', () => (wasAborted = true))
        return new Promise(() => {})
      },
    })
    prober.retarget(targetsWith(1))
    await clock.advance(7_000)
    expect(wasAborted).toBe(true)
    expect(observations[0]!.evidence).toBe('timed out after 2s: connected, no answer')
  })

  it('that ends after its deadline is not heard any more', async () => {
    const { clock, prober, observations } = proberBench({ latencyMs: 2_500 })
    prober.retarget(targetsWith(1))
    void prober.firstRound(60_000)
    await clock.advance(2_600)
    expect(observations.map(({ evidence }) => evidence)).toEqual(['timed out after 2s'])
  })

  it('whose answer came while the process stood still over its deadline is heard', async () => {
    const { clock, prober } = proberBench({ latencyMs: 2_001 })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(0)
    clock.freeze(3_000)
    await clock.advance(0)
    expect(prober.state(target!.key)!.verdict).toBe('up')
    expect(prober.counters().timeouts).toBe(0)
  })

  it('that brought no answer either while the process stood still is over after that', async () => {
    const { clock, prober } = proberBench({ latencyMs: undefined })
    prober.retarget(targetsWith(2))
    await clock.advance(0)
    clock.freeze(3_000)
    await clock.advance(0)
    expect(prober.counters()).toMatchObject({ timeouts: 2 })
  })

  it('that this machine could not make changes no verdict, and is counted', async () => {
    const own = faultOutcome(Object.assign(new Error('connect'), { code: 'EMFILE' }))
    const replies = [reply(true)]
    const ownFaults: string[] = []
    const { clock, prober, observations, flips } = proberBench({
      reply: () => replies.pop() ?? own,
      onOwnFault: ({ address }, reason) => ownFaults.push(`${address} ${reason}`),
    })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(60_000)
    expect(flips).toHaveLength(1)
    expect(observations).toHaveLength(1)
    expect(prober.state(target!.key)).toMatchObject({ verdict: 'up', streak: 0 })
    expect(prober.counters().ownFaults).toBeGreaterThan(8)
    expect(ownFaults).toHaveLength(prober.counters().ownFaults)
    expect(new Set(ownFaults)).toEqual(
      new Set(['2001:db8::1:0 no file descriptor left in this process']),
    )
  })

  it('that throws or rejects is a failed observation', async () => {
    const faults: Probe[] = [
      () => Promise.reject(new Error('no such thing')),
      () => {
        throw new Error('no such thing')
      },
    ]
    for (const attempt of faults) {
      const { clock, prober, observations } = proberBench({ attempt })
      prober.retarget(targetsWith(1))
      await clock.advance(5_000)
      expect(observations[0]).toMatchObject({
        isSuccess: false,
        evidence: 'probe broke: no such thing',
      })
    }
  })

  it('that succeeds says how long it took', async () => {
    const { clock, prober, observations } = proberBench({ latencyMs: 1.25 })
    prober.retarget(targetsWith(1))
    await clock.advance(5_000)
    expect(observations[0]).toMatchObject({ elapsedMs: 1.25, evidence: 'connected in 1.3 ms' })
  })

  it('is alone at its target even where it outlasts the interval', async () => {
    const { clock, prober, starts, mostInFlight } = proberBench({ latencyMs: 1_500 })
    prober.retarget(targetsWith(1, { intervalMs: 1_000 }))
    await clock.advance(30_000)
    expect(mostInFlight()).toBe(1)
    expect(starts.length).toBeGreaterThan(15)
  })
})

describe('the limit of probes in flight', () => {
  it('is never exceeded, starves nobody, and is counted', async () => {
    const { clock, prober, startsOf, mostInFlight } = proberBench({
      latencyMs: 900,
      inFlightMax: 10,
    })
    const targets = targetsWith(100)
    prober.retarget(targets)
    await clock.advance(120_000)
    expect(mostInFlight()).toBe(10)
    expect(prober.counters().limitHits).toBeGreaterThan(0)
    // One interval until it is due again, then the turns of all the others: 100 × 0.9 s in tens.
    for (const target of targets) {
      expect(Math.max(...gaps(startsOf(target)))).toBeLessThanOrEqual(5_500 + 9_000)
      expect(startsOf(target).length).toBeGreaterThan(8)
    }
  })

  it('counts nothing where it is not met', async () => {
    const { clock, prober } = proberBench({ inFlightMax: 10, latencyMs: 1 })
    prober.retarget(targetsWith(100))
    await clock.advance(10_000)
    const { limitHits } = prober.counters()
    await clock.advance(60_000)
    expect(prober.counters()).toMatchObject({ limitHits, timeouts: 0, targets: 100 })
  })
})
