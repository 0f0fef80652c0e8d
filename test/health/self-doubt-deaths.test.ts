/**
 * Goal: real deaths, however many, are believed, and in their time.
 * Method: a whole prober on a manual clock, whose network can be cut in many ways.
 */

import { describe, expect, it } from 'vitest'

import { createDice, roll } from '../../src/base/random.ts'
import { beliefMs, firstFailureMs, timingOf } from '../../src/config/budget/budget.ts'
import { checkWith } from '../support/check.ts'
import { downs, MINUTE, scene, SECOND } from './doubtful.ts'

/** Among them some of the few by which a failure once had to wait. */
const SEEDS = [1, 2, 3, 1189, 1597, 1958, 2204, 2926, 3156, 3164]

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

describe('deaths one after another', () => {
  it.each(SEEDS)('are believed in their time, each of four of nine (seed %i)', async (seed) => {
    const check = checkWith({})
    const timing = timingOf(check)
    const latencyMs = 20
    const budgetMs = firstFailureMs(timing, 'refused') + beliefMs(timing, 'refused') + 4 * latencyMs
    const dice = createDice(seed)
    const diedMs = new Map<number, number>()
    const { clock, net, prober, targets, doubts } = await scene({
      ...{ pools: 2, count: 9, seed, latencyMs },
    })
    await clock.advance(roll(dice, check.intervalMs))
    for (let index = 0; index < 4; index++) {
      diedMs.set(index, clock.now() + roll(dice, check.intervalMs))
    }
    net.dead = (_, index) => clock.now() >= (diedMs.get(index) ?? Number.POSITIVE_INFINITY)
    await clock.advance(30 * SECOND)
    for (const [index, atMs] of diedMs) {
      const { verdict, sinceMs } = prober.state(targets[index]!.key)!
      expect([verdict, Math.max(budgetMs, sinceMs - atMs)]).toEqual(['down', budgetMs])
    }
    expect(doubts).toEqual([])
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
