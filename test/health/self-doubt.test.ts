/**
 * Goal: a lost uplink takes nobody out, and what is held back is held back for its time.
 * Method: a whole prober on a manual clock, whose network can be cut in many ways.
 */

import { describe, expect, it } from 'vitest'

import { createTarget } from '../../src/health/check.ts'
import { checkWith } from '../support/check.ts'
import type { Bench } from '../support/prober-bench.ts'
import { downs, MINUTE, scene, SECOND, witnessOf } from './doubtful.ts'

describe('a lost uplink', () => {
  it.each([1, 3])('after %i deaths takes out nobody else', async (deaths) => {
    for (let phase = 0; phase < 10; phase++) {
      const { clock, net, flips, isSuspect } = await scene({ pools: 4, count: 40, latencyMs: 20 })
      net.dead = (_, index) => index < deaths
      await clock.advance(4 * SECOND + (phase / 10) * 6 * SECOND)
      net.dead = () => true
      await clock.advance(MINUTE)
      expect(isSuspect()).toBe(true)
      expect(downs(flips)).toBeLessThanOrEqual(deaths)
    }
  })

  const ways: [string, number, Bench][] = [
    ['refused at once', 40, { latencyMs: 0 }],
    ['refused at once, of ten addresses', 10, { latencyMs: 0 }],
    ['in silence', 40, { latencyMs: undefined }],
    ['in silence, of more than there are places', 400, { latencyMs: undefined, inFlightMax: 16 }],
  ]
  it.each(ways)('%s, changes no verdict and is told (%i addresses)', async (_, count, options) => {
    const { clock, net, flips, doubts, isSuspect } = await scene({ pools: 4, count, ...options })
    const cutMs = clock.now()
    net.dead = () => true
    await clock.advance(MINUTE)
    expect(flips).toEqual([])
    expect(isSuspect()).toBe(true)
    expect(doubts).toHaveLength(1)
    expect(doubts[0]!.sinceMs - cutMs).toBeLessThan(8 * SECOND)
    expect(doubts[0]!.why).toMatch(/^\d+ of \d+ addresses in [234] groups fail at once$/)

    net.dead = () => false
    await clock.advance(30 * SECOND)
    expect(isSuspect()).toBe(false)
    expect(doubts[1]).toMatchObject({ isSuspect: false, why: 'enough answers again' })
    expect(flips).toEqual([])
  })

  it('is noticed where half of the targets are looked at once a minute', async () => {
    const { clock, net, flips, isSuspect } = await scene({
      pools: 4,
      count: 40,
      check: (pool) => ({ intervalMs: pool < 3 ? 5 * SECOND : MINUTE }),
    })
    net.dead = () => true
    await clock.advance(2 * MINUTE)
    expect(isSuspect()).toBe(true)
    expect(flips).toEqual([])
  })

  it('keeps who was down before it down, and counts them not', async () => {
    const { clock, net, flips, isSuspect } = await scene({ pools: 4, count: 40 })
    const areDead = (_: number, index: number) => index < 14
    net.dead = areDead
    await clock.advance(MINUTE)
    expect(flips).toHaveLength(14)
    net.dead = () => true
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    net.dead = areDead
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(false)
    expect(flips).toHaveLength(14)
  })

  it('is noticed by pools whose members stand side by side', async () => {
    const { clock, net, flips, isSuspect } = await scene({ pools: 1, count: 20 })
    net.doubt.track(
      net.witnesses.map((witness, index) => ({ ...witness, groups: index < 10 ? ['a'] : ['b'] })),
    )
    net.dead = () => true
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    expect(flips).toEqual([])
  })

  it('after which a few stay away takes out those few', async () => {
    const { clock, net, flips, isSuspect } = await scene({ pools: 4, count: 40 })
    net.dead = () => true
    await clock.advance(MINUTE)
    net.dead = (_, index) => index < 3
    await clock.advance(30 * SECOND)
    expect(isSuspect()).toBe(false)
    expect(downs(flips)).toBe(3)
  })

  it('after which one pool stays away, be it the most of all, takes out that pool', async () => {
    const { clock, net, flips, doubts, isSuspect } = await scene({ pools: 2, count: 40, big: 30 })
    net.dead = () => true
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    net.dead = (_, index) => index < 30
    await clock.advance(30 * SECOND)
    expect(isSuspect()).toBe(false)
    expect(doubts).toHaveLength(2)
    expect(downs(flips)).toBe(30)
  })

  it('is noticed where every target was named twice', async () => {
    const { clock, net, flips, isSuspect } = await scene({ pools: 4, count: 40 })
    net.doubt.track([...net.witnesses, ...net.witnesses])
    net.dead = () => true
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    expect(flips).toEqual([])
  })

  it('does not make a newcomer down', async () => {
    const { clock, net, prober, targets, isSuspect } = await scene({ pools: 4, count: 40 })
    net.dead = () => true
    await clock.advance(30 * SECOND)
    const newcomer = createTarget('192.0.2.99', checkWith())
    prober.retarget([...targets, newcomer])
    await clock.advance(5 * SECOND)
    expect(prober.state(newcomer.key)).toMatchObject({
      verdict: 'unknown',
      evidence: 'connection refused (held back)',
    })
    net.doubt.track([...net.witnesses, { ...witnessOf(newcomer), groups: ['pool 0'] }])
    await clock.advance(25 * SECOND)
    expect(isSuspect()).toBe(true)
    expect(prober.state(newcomer.key)!.verdict).toBe('unknown')
  })
})

describe('a freeze', () => {
  it('ends after its time: then failures count, and no doubt follows at once', async () => {
    const test = await scene({ pools: 4, count: 40, freezeMs: 2 * MINUTE })
    const { clock, net, flips, doubts } = test
    net.dead = () => true
    await clock.advance(2 * MINUTE)
    expect(flips).toEqual([])
    await clock.advance(20 * SECOND)
    expect(downs(flips)).toBe(40)
    await clock.advance(20 * MINUTE)
    expect(doubts.map(({ isSuspect }) => isSuspect)).toEqual([true, false])
    expect(doubts[1]!.why).toBe('the freeze has lasted its time')
    expect(doubts[0]!.untilMs).toBe(doubts[1]!.sinceMs)
  })

  it('may follow another once all has been well in between', async () => {
    const { clock, net, doubts, isSuspect } = await scene({ pools: 4, count: 40 })
    net.dead = () => true
    await clock.advance(20 * MINUTE)
    net.dead = () => false
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(false)
    net.dead = () => true
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    expect(doubts.map((doubt) => doubt.isSuspect)).toEqual([true, false, true])
  })

  it('is over by the clock though nobody is observed any more', async () => {
    const { clock, net, prober } = await scene({ pools: 4, count: 40 })
    net.dead = () => true
    await clock.advance(MINUTE)
    prober.stop()
    await clock.advance(5 * MINUTE)
    expect(net.doubt.state(clock.now()).isSuspect).toBe(false)
  })

  it('holds for those who are remembered as up, from the first probe', async () => {
    const { clock, flips, isSuspect } = await scene({
      pools: 4,
      count: 40,
      dead: true,
      remembered: true,
    })
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    expect(flips).toEqual([])
  })

  it('outlives a reload', async () => {
    const { clock, net, flips, isSuspect } = await scene({ pools: 4, count: 40 })
    net.dead = () => true
    await clock.advance(MINUTE)
    net.doubt.track(net.witnesses.map((witness) => ({ ...witness })))
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    expect(flips).toEqual([])
  })
})
