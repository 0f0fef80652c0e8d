/**
 * Goal: a pool that is a member of another is drawn while it is well, by its own policy, and left
 * out where it has failed; its parent may have a measure of its own for that.
 * Method: scenes; a pool within a lineup is printed as `dc1=2(a=1 b=1)`.
 */

import { describe, expect, it } from 'vitest'

import { answeredAddresses } from '../../../src/control/judgement/answered.ts'
import { type Scene, scene } from './scene.ts'

const TWO = `world: { policy: weighted, members: { dc1: { pool: dc1, weight: 2 }, dc2: { pool: dc2 } } },
  dc1: { check: web, policy: weighted, members: { a: { v4: 192.0.2.1, weight: 3 }, b: 192.0.2.2 } },
  dc2: { check: web, members: { c: 198.51.100.1, d: 198.51.100.2 } }`

describe('a pool in a pool', () => {
  it('is drawn with the weight that its parent gives it, and draws by its own policy', () => {
    expect(scene(TWO).v4).toBe('dc1=2(a=3 b=1) dc2=1(c=1 d=1)')
    expect(scene(TWO).lineup('world').candidates[0]!.v4).toMatchObject({
      lineup: { policy: 'weighted' },
    })
  })

  it('leaves out its own who are down, and stays', () => {
    expect(scene(TWO).believe('a', 'down').v4).toBe('dc1=2(b=1) dc2=1(c=1 d=1)')
  })

  it('is left out once it has failed, and comes back', () => {
    const story = scene(TWO).believe('a', 'down').believe('b', 'down')
    expect(story.v4).toBe('dc2=1(c=1 d=1)')
    expect(story.why('world/dc1')).toBe('pool failed')
    expect(story.family('world').standings[0]!.evidence).toBe('0 of 2 healthy, 1 needed')
    expect(story.believe('b', 'up').v4).toBe('dc1=2(b=1) dc2=1(c=1 d=1)')
  })

  it('has failed with fewer healthy than it needs itself', () => {
    const strict = TWO.replace('dc1: { check', 'dc1: { min_healthy: 2, check')
    expect(scene(strict).believe('a', 'down').v4).toBe('dc2=1(c=1 d=1)')
  })

  it('has failed for a parent that asks for more, and for nobody else', () => {
    const strict = TWO.replace('{ pool: dc1, weight: 2 }', '{ pool: dc1, min_healthy: 2 }')
    const story = scene(strict).believe('a', 'down')
    expect(story.v4).toBe('dc2=1(c=1 d=1)')
    expect(story.family('dc1').failedSinceWall).toBeUndefined()
  })

  it('is answered by those who are healthy for a parent that asks for less', () => {
    const lax = TWO.replace('{ pool: dc1, weight: 2 }', '{ pool: dc1, min_healthy: 1 }').replace(
      'dc1: { check',
      'dc1: { min_healthy: 2, check',
    )
    const story = scene(lax).believe('a', 'down')
    expect(story.v4).toBe('dc1=1(b=1) dc2=1(c=1 d=1)')
    expect(story.family('dc1').ladder!.inForce.kind).toBe('all')
  })

  it('answers by its own ladder when its parent has nobody and answers all', () => {
    const ladders = TWO.replace('dc2: { check', 'dc2: { when_all_down: nodata, check')
    const story = scene(ladders).believe('*', 'down')
    expect(story.v4).toBe('dc1=2(a=3 b=1)')
  })

  it('fails in one family alone', () => {
    const dual = TWO.replace(
      '{ c: 198.51.100.1, d: 198.51.100.2 }',
      '{ c: { v4: 198.51.100.1, v6: "2001:db8::1" } }',
    ).replace('b: 192.0.2.2', 'b: { v4: 192.0.2.2, v6: "2001:db8::2" }')
    const story = scene(dual).believe('b v6', 'down')
    expect([story.v4, story.v6]).toEqual(['dc1=2(a=3 b=1) dc2=1(c=1)', 'dc2=1(c=1)'])
  })

  it('is not asked for in a family that it does not have', () => {
    const dual = TWO.replace('{ c: 198.51.100.1,', '{ c: { v4: 198.51.100.1, v6: "2001:db8::1" },')
    const story = scene(dual)
    expect(story.v6).toBe('dc2=1(c=1)')
    expect(story.family('world', 'v6').memberCount).toBe(1)
  })

  it('may be taken out by an operator, and put in although it has failed', () => {
    const story = scene(TWO).decide('world/dc2', 'drain')
    expect(story.v4).toBe('dc1=2(a=3 b=1)')
    story.decide('world/dc2', 'nothing').believe('dc2/c', 'down').believe('dc2/d', 'down')
    expect(story.v4).toBe('dc1=2(a=3 b=1)')
    expect(story.decide('world/dc2', 'up').v4).toBe('dc1=2(a=3 b=1) dc2=1(c=1 d=1)')
  })

  it('may not be put in where it has nobody to answer', () => {
    const story = scene(TWO.replace('dc2: { check', 'dc2: { when_all_down: nodata, check'))
    story.believe('dc2/c', 'down').believe('dc2/d', 'down')
    expect(story.decide('world/dc2', 'up').v4).toBe('dc1=2(a=3 b=1)')
    expect(story.why('world/dc2')).toBe('pool failed')
  })

  it('makes its parents in doubt while it is', () => {
    expect(scene(TWO).ttl).toBe(30)
    expect(scene(TWO).believe('c', 'up in doubt').ttl).toBe(5)
    expect(scene(TWO).believe('c', 'up in doubt').decision.ttlReason).toBe('in transition: dc2/c')
  })

  it('does not make them so once it was taken out', () => {
    const story = scene(TWO).believe('c', 'up in doubt').decide('world/dc2', 'drain')
    expect(story.ttl).toBe(30)
  })

  it('does not shorten the TTL where it stands in only if others fail', () => {
    const story = scene(`web: { check: web, members: [192.0.2.1], when_all_down: [pool: sorry] },
      sorry: { check: web, members: { s: 198.51.100.1 } }`)
    expect(story.believe('s', 'up in doubt').ttl).toBe(30)
    expect(story.believe('192.0.2.1', 'down').ttl).toBe(5)
  })

  it('stands by as any member of weight 0', () => {
    const standby = TWO.replace('dc2: { pool: dc2 }', 'dc2: { pool: dc2, weight: 0 }')
    expect(scene(standby).v4).toBe('dc1=2(a=3 b=1)')
    expect(scene(standby).believe('a', 'down').believe('b', 'down').v4).toBe('dc2=1(c=1 d=1)')
  })

  it('may hold a member that another pool holds too', () => {
    const shared = TWO.replace('c: 198.51.100.1', 'c: 192.0.2.1')
    expect(scene(shared).believe('a', 'down').v4).toBe('dc1=2(b=1) dc2=1(d=1)')
  })

  it('is judged ten deep as at the first', () => {
    const depth = 9
    const pools = Array.from(
      { length: depth },
      (_, i) => `p${i}: { members: { m: { pool: p${i + 1} } } }`,
    )
    const story = scene(
      `${pools.join(', ')}, p9: { check: web, members: { a: 192.0.2.1, b: 192.0.2.2 } }`,
    )
    const within = (inside: string) => `${'m=1('.repeat(depth)}${inside}${')'.repeat(depth)}`
    expect(story.v4).toBe(within('a=1 b=1'))
    expect(story.believe('a', 'down').v4).toBe(within('b=1'))
    expect(story.believe('b', 'up in doubt').ttl).toBe(5)
  })

  it('is judged once for all who lead to it', () => {
    const story =
      scene(`web: { members: { x: { pool: dc }, y: { pool: dc } }, when_all_down: [pool: dc] },
      dc: { check: web, members: { a: 192.0.2.1 } }`)
    const [x, y] = story.lineup('web').candidates
    expect(x!.v4).toMatchObject({ kind: 'pool', lineup: story.lineup('dc') })
    expect(y!.v4).toMatchObject({ kind: 'pool', lineup: story.lineup('dc') })
  })
})

describe('the addresses that may be answered', () => {
  const addressesOf = ({ judgements }: Scene) => [
    ...answeredAddresses(judgements.named('world'), judgements.named),
  ]
  const answered = (story: Scene) =>
    Object.fromEntries(addressesOf(story).map(([address, one]) => [address, one.mayBeAnswered]))

  it('are those of a tree, each as it stands', () => {
    expect(answered(scene(TWO).believe('b', 'down'))).toEqual({
      ...{ '192.0.2.1': true, '192.0.2.2': false },
      ...{ '198.51.100.1': true, '198.51.100.2': true },
    })
  })

  it('are none of a pool that was taken out', () => {
    expect(answered(scene(TWO).decide('world/dc2', 'drain'))).toMatchObject({
      ...{ '192.0.2.1': true, '198.51.100.1': false, '198.51.100.2': false },
    })
  })

  it('are one that two members have while either may be answered', () => {
    const shared = TWO.replace('d: 198.51.100.2', 'd: 192.0.2.1')
    expect(answered(scene(shared).decide('dc1/a', 'drain'))).toMatchObject({ '192.0.2.1': true })
    expect(answered(scene(shared).decide('dc2/d', 'drain'))).toMatchObject({ '192.0.2.1': true })
  })

  it('tell whose members have each', () => {
    const shared = TWO.replace('d: 198.51.100.2', 'd: 192.0.2.1')
    const pools = Object.fromEntries(
      addressesOf(scene(shared)).map(([address, one]) => [address, [...one.pools]]),
    )
    expect(pools).toMatchObject({ '192.0.2.1': ['dc1', 'dc2'], '192.0.2.2': ['dc1'] })
  })

  it('are those of a pool that stands in', () => {
    const ladder = TWO.replace('world: {', 'world: { when_all_down: [pool: sorry],')
    const story = scene(`${ladder}, sorry: { members: [203.0.113.1] }`).believe('*', 'down')
    expect(answered(story)).toMatchObject({ '203.0.113.1': true, '192.0.2.1': false })
  })
})
