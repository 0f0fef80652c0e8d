/**
 * Goal: anchors that all fail tell the prober that it is to blame, and nothing else do they tell.
 * Method: a whole prober on a manual clock, whose network can be cut in many ways.
 */

import { describe, expect, it } from 'vitest'

import { downs, MINUTE, scene, SECOND } from './doubtful.ts'

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
