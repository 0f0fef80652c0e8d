/**
 * Goal: the first answer waits for those who have not been observed, and not for ever.
 * Method: a manual clock, a seeded generator, and probes that answer when the test says so.
 */

import { describe, expect, it } from 'vitest'

import { ownFault } from '../../src/health/probes/probe.ts'
import { initialState } from '../../src/health/verdict.ts'
import { targetsWith } from '../support/check.ts'
import { proberBench, watched } from '../support/prober-bench.ts'

describe('the first round', () => {
  it('asks everybody at once and ends when all have answered', async () => {
    const { clock, prober, starts } = proberBench({ latencyMs: 30 })
    const targets = targetsWith(50)
    prober.retarget(targets)
    const round = watched(prober.firstRound(2_000))
    await clock.advance(29)
    expect(starts).toHaveLength(50)
    expect(round.isOver).toBe(false)
    await clock.advance(1)
    expect(round.isOver).toBe(true)
    expect(targets.every(({ key }) => prober.state(key)!.verdict === 'up')).toBe(true)
  })

  it('ends with its budget where somebody hangs', async () => {
    const { clock, prober } = proberBench({ latencyMs: undefined })
    prober.retarget(targetsWith(3))
    const round = watched(prober.firstRound(500))
    await clock.advance(499)
    expect(round.isOver).toBe(false)
    await clock.advance(1)
    expect(round.isOver).toBe(true)
  })

  it('goes on under the limit after its budget, until all are observed', async () => {
    const { clock, prober, observations } = proberBench({ latencyMs: 400, inFlightMax: 2 })
    prober.retarget(targetsWith(6))
    const round = watched(prober.firstRound(500))
    await clock.advance(500)
    expect(round.isOver).toBe(true)
    expect(observations).toHaveLength(2)
    await clock.advance(700)
    expect(observations).toHaveLength(6)
  })

  it('waits for nobody who is known from before', async () => {
    const { clock, prober, starts } = proberBench({ latencyMs: 30 })
    const [known, unknown] = targetsWith(2)
    const remembered = { ...initialState(-60_000), verdict: 'up' as const }
    prober.retarget([known!, unknown!], (key) => (key === known!.key ? remembered : undefined))
    const round = watched(prober.firstRound(2_000))
    await clock.advance(30)
    expect(round.isOver).toBe(true)
    expect(starts.map(({ key }) => key)).toEqual([unknown!.key])
  })

  it('of nobody is over at once', async () => {
    await proberBench().prober.firstRound(1_000)
  })

  it('does not wait for what this machine could not ask, before it or in it', async () => {
    const { clock, prober, starts } = proberBench({
      latencyMs: 10,
      reply: () => ownFault('no heartbeat is due yet'),
    })
    prober.retarget(targetsWith(2))
    await clock.advance(10)
    expect(starts).toHaveLength(2)
    const late = watched(prober.firstRound(2_000))
    prober.retarget([...targetsWith(3)])
    await clock.advance(0)
    expect(late.isOver).toBe(true)
    const early = watched(prober.firstRound(2_000))
    await clock.advance(10)
    expect(early.isOver).toBe(true)
  })

  it('does not wait for a target that has been taken away', async () => {
    const { clock, prober } = proberBench({ latencyMs: undefined })
    prober.retarget(targetsWith(1))
    const round = watched(prober.firstRound(60_000))
    prober.retarget([])
    await clock.advance(0)
    expect(round.isOver).toBe(true)
  })
})

describe('a second round', () => {
  it('is not ended by the budget of the first', async () => {
    const { clock, prober } = proberBench({ latencyMs: 300 })
    prober.retarget(targetsWith(1))
    const first = watched(prober.firstRound(500))
    await clock.advance(300)
    expect(first.isOver).toBe(true)
    prober.retarget(targetsWith(2))
    const second = watched(prober.firstRound(1_000))
    await clock.advance(299)
    expect(second.isOver).toBe(false)
    await clock.advance(1)
    expect(second.isOver).toBe(true)
    expect(clock.pendingCount).toBe(1)
  })
})
