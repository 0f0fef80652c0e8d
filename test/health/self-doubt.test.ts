/**
 * Goal: a lost uplink takes nobody out, and real deaths, however many, still do.
 * Method: a whole prober on a manual clock, whose network can be cut in many ways.
 */

import { describe, expect, it } from 'vitest'

import { beliefMs, firstFailureMs, timingOf } from '../../src/config/budget/budget.ts'
import { createTarget, type Target } from '../../src/health/check.ts'
import { type Doubt, SelfDoubt, type SelfDoubtOptions } from '../../src/health/self-doubt.ts'
import { checkWith } from '../support/check.ts'
import { type Bench, proberBench, reply } from '../support/prober-bench.ts'

const SECOND = 1_000
const MINUTE = 60_000

describe('deaths in several pools at once', () => {
  it.each([8, 10, 12, 16, 40])('are believed in their time among %i', async (count) => {
    const check = checkWith({})
    const timing = timingOf(check)
    const budgetMs = firstFailureMs(timing, 'refused') + beliefMs(timing, 'refused')
    for (let phase = 0; phase < 20; phase++) {
      const { clock, net, flips, doubts } = await scene({ pools: 2, count })
      await clock.advance((phase / 20) * check.intervalMs)
      net.dead = (_, index) => index < 3
      await clock.advance(budgetMs)
      expect([downs(flips), doubts]).toEqual([3, []])
    }
  })
})

describe('a lost uplink', () => {
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

describe('real deaths', () => {
  it('of half of the pools are believed, though not all at their usual speed', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 4, count: 40 })
    net.dead = (pool) => pool < 2
    await clock.advance(20 * SECOND)
    expect(downs(flips)).toBe(20)
    expect(doubts).toEqual([])
  })

  it('of some after others are those of some', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 4, count: 40 })
    net.dead = (_, index) => index < 20
    await clock.advance(MINUTE)
    net.dead = (_, index) => index < 28
    await clock.advance(MINUTE)
    expect(downs(flips)).toBe(28)
    expect(doubts).toEqual([])
  })

  it('of one pool are believed, even if there is hardly anybody else', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 1, count: 40 })
    net.dead = () => true
    await clock.advance(9 * SECOND)
    expect(downs(flips)).toBe(40)
    expect(doubts).toEqual([])
  })

  it('of hosts that two pools share are those of one pool', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 1, count: 20 })
    net.doubt.track(
      net.witnesses.map((witness, index) => ({
        ...witness,
        groups: index < 10 ? ['pool 0', 'another'] : ['pool 0'],
      })),
    )
    net.dead = () => true
    await clock.advance(9 * SECOND)
    expect(downs(flips)).toBe(20)
    expect(doubts).toEqual([])
  })

  it('in a small set-up are believed', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 3, count: 7 })
    net.dead = () => true
    await clock.advance(9 * SECOND)
    expect(downs(flips)).toBe(7)
    expect(doubts).toEqual([])
  })

  it('of few addresses with many checks each are those of few addresses', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 4, count: 40, addresses: 5 })
    net.dead = () => true
    await clock.advance(9 * SECOND)
    expect(downs(flips)).toBe(40)
    expect(doubts).toEqual([])
  })

  it('of one service on every address are believed: the addresses answer otherwise', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 2, count: 40, addresses: 20 })
    net.dead = (pool) => pool === 0
    await clock.advance(9 * SECOND)
    expect(downs(flips)).toBe(20)
    expect(doubts).toEqual([])
  })

  it('are believed where nobody was ever well', async () => {
    const { clock, net, prober, targets, doubts } = await scene({ pools: 4, count: 40, dead: true })
    await clock.advance(MINUTE)
    expect(net.doubt.state(clock.now()).isSuspect).toBe(false)
    expect(targets.every(({ key }) => prober.state(key)!.verdict === 'down')).toBe(true)
    expect(doubts).toEqual([])
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

describe('anchors', () => {
  it('that all fail hold back the failures of others, but not their own', async () => {
    const { clock, net, prober, targets, flips, doubts, isSuspect } = await scene({
      pools: 4,
      count: 12,
      anchorPool: 3,
    })
    net.dead = (pool) => pool === 3
    await clock.advance(10 * SECOND)
    expect(doubts[0]!.why).toBe('all anchors fail')
    expect(prober.state(targets[3]!.key)!.verdict).toBe('down')
    expect(downs(flips)).toBe(3)
    net.dead = (pool) => pool >= 2
    await clock.advance(MINUTE)
    expect(downs(flips)).toBe(3)

    net.dead = (pool) => pool === 2
    await clock.advance(20 * SECOND)
    expect(isSuspect()).toBe(false)
    expect(downs(flips)).toBe(6)
  })

  it('that stay away raise no second doubt', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 4, count: 12, anchorPool: 3 })
    net.dead = (pool) => pool >= 2
    await clock.advance(20 * MINUTE)
    expect(downs(flips)).toBe(6)
    expect(doubts.map(({ isSuspect }) => isSuspect)).toEqual([true, false])
  })

  it('may be members as well', async () => {
    const { clock, net, flips, doubts, isSuspect } = await scene({ pools: 4, count: 12 })
    const anchors = net.witnesses.slice(0, 2).map((one) => ({ ...one, groups: [], isAnchor: true }))
    net.doubt.track([...net.witnesses, ...anchors])
    net.dead = (_, index) => index < 2
    await clock.advance(10 * SECOND)
    expect(doubts[0]!.why).toBe('all anchors fail')
    net.dead = () => false
    await clock.advance(10 * SECOND)
    expect(isSuspect()).toBe(false)
    net.dead = () => true
    await clock.advance(MINUTE)
    expect(isSuspect()).toBe(true)
    expect(doubts).toHaveLength(3)
    expect(flips.filter((flip) => !/192.0.2.[01] /.test(flip))).toEqual([])
  })

  it('of which one answers raise nothing', async () => {
    const { clock, net, flips, doubts } = await scene({ pools: 4, count: 12, anchorPool: 3 })
    net.dead = (pool, index) => pool === 3 && index !== 11
    await clock.advance(MINUTE)
    expect(downs(flips)).toBe(2)
    expect(doubts).toEqual([])
  })

  it('raise nothing by one lost packet, be there one anchor alone', async () => {
    const { clock, net, doubts } = await scene({ pools: 4, count: 4, anchorPool: 3 })
    let lost = 0
    net.dead = (pool) => pool === 3 && lost++ === 0
    await clock.advance(MINUTE)
    expect(lost).toBeGreaterThan(1)
    expect(doubts).toEqual([])
  })

  it('that were never well raise nothing', async () => {
    const { clock, doubts } = await scene({ pools: 4, count: 12, anchorPool: 3, deadPool: 3 })
    await clock.advance(10 * MINUTE)
    expect(doubts).toEqual([])
  })
})

interface Scene extends Bench, Partial<SelfDoubtOptions> {
  readonly pools: number
  /** Targets; by turns in the pools. */
  readonly count: number
  /** So many of them are in pool 0, and the others in pool 1. */
  readonly big?: number
  /** Of so many addresses; each target has its own if unset. */
  readonly addresses?: number
  readonly check?: (pool: number) => Parameters<typeof checkWith>[0]
  readonly anchorPool?: number
  /** Whether nothing answers from the start, or nobody of a pool. */
  readonly dead?: boolean
  readonly deadPool?: number
  /** Whether all are remembered as up. */
  readonly remembered?: boolean
}

/** Backends that have been well for a minute, observed by a prober that may doubt itself. */
async function scene(options: Scene) {
  const { pools, count, addresses = count, suspectPercent = 60, freezeMs = 5 * MINUTE } = options
  const targets = Array.from({ length: count }, (_, index) => {
    const pool = index % pools
    const probe = { kind: 'tcp', port: 1 + index } as const
    const check = checkWith({ probe, ...options.check?.(pool) })
    return createTarget(`192.0.2.${Math.floor(index % addresses)}`, check)
  })
  const indexOf = new Map(targets.map(({ key }, index) => [key, index]))
  const doubts: Doubt[] = []
  const doubt = new SelfDoubt({
    suspectPercent,
    freezeMs,
    onChange: (next) => doubts.push(next),
    onUnsure(keys) {
      for (const key of keys) test.prober.hasten(key)
    },
  })
  const witnesses = targets.map((target, index) => ({
    ...witnessOf(target),
    groups: [`pool ${options.big === undefined ? index % pools : Number(index >= options.big)}`],
    isAnchor: index % pools === options.anchorPool,
    isUp: options.remembered === true,
  }))
  doubt.track(witnesses)

  const net = {
    doubt,
    witnesses,
    dead: (pool: number, _index: number): boolean =>
      options.dead === true || pool === options.deadPool,
  }
  const isDead = ({ key }: Target) => {
    const index = indexOf.get(key) ?? 0
    return net.dead(index % pools, index)
  }
  const isSilent = 'latencyMs' in options && options.latencyMs === undefined
  const test = proberBench({
    ...options,
    latencyMs: 0,
    ...(isSilent && {
      attempt: (target) => (isDead(target) ? new Promise(() => {}) : Promise.resolve(reply(true))),
    }),
    reply: (target) => reply(!isDead(target)),
    isCredible: (target, observation) => doubt.isCredible(target, observation),
  })
  const up = { verdict: 'up', sinceMs: 0, streak: 0, evidence: 'connected' } as const
  test.prober.retarget(targets, () => (options.remembered ? up : undefined))
  if (!options.remembered) await test.clock.advance(2 * MINUTE)
  test.flips.splice(0)
  const isSuspect = () => doubt.state(test.clock.now()).isSuspect
  return { ...test, net, targets, doubts, isSuspect }
}

function witnessOf({ key, address, check }: Target) {
  return { key, address, intervalMs: check.intervalMs }
}

function downs(flips: readonly string[]): number {
  return flips.filter((flip) => flip.endsWith('up -> down')).length
}
