/**
 * Goal: who may be answered follows from what is believed of members, by rules that can be said in a
 * sentence each.
 * Method: pools as YAML, beliefs as words, rosters as text: `a=5 b=3` in order, with weights.
 */

import { describe, expect, it } from 'vitest'

import { type Belief, type Scene, scene } from './scene.ts'

/** By member, or by member and family: `a`, `a v6`. Who is not named is up. */
type Beliefs = Readonly<Record<string, Belief>>

const THREE =
  'policy: weighted, members: { a: { v4: 192.0.2.1, weight: 5 }, b: 192.0.2.2, c: 192.0.2.3 }'
const FOUR = 'members: [192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4]'
const STANDBY = `members: {
  a: 192.0.2.1, b: 192.0.2.2, s: { v4: 192.0.2.9, weight: 0 }, t: { v4: 192.0.2.10, weight: 0 } }`
const DUAL = `members: {
  a: { v4: 192.0.2.1, v6: "2001:db8::1" }, b: { v4: 192.0.2.2, v6: "2001:db8::2" } }`

describe('a member', () => {
  it('is answered with its weight while it is up', () => {
    expect(v4(THREE)).toBe('a=5 b=1 c=1')
  })

  it('is not answered while it is down', () => {
    expect(v4(THREE, { b: 'down' })).toBe('a=5 c=1')
  })

  it('is not answered before it has risen', () => {
    expect(v4(THREE, { b: 'down in doubt' })).toBe('a=5 c=1')
  })

  it('is answered until it has fallen', () => {
    expect(v4(THREE, { b: 'up in doubt' })).toBe('a=5 b=1 c=1')
  })

  it.each(['unknown', 'unseen'] as const)('is answered while it is %s', (belief) => {
    expect(v4(THREE, { a: belief, b: belief, c: belief })).toBe('a=5 b=1 c=1')
  })

  it('is always answered where there is no check', () => {
    expect(v4(THREE, { a: 'down' }, { check: '' })).toBe('a=5 b=1 c=1')
  })
})

describe('a member of weight 0', () => {
  it('stands by while anybody with a weight is up', () => {
    expect(v4(STANDBY)).toBe('a=1 b=1')
    expect(v4(STANDBY, { a: 'down' })).toBe('b=1')
  })

  it('is answered, as one of weight 1, once every other is out', () => {
    expect(v4(STANDBY, { a: 'down', b: 'down' })).toBe('s=1 t=1')
  })

  it('is not answered while it is down itself', () => {
    expect(v4(STANDBY, { a: 'down', b: 'down', s: 'down' })).toBe('t=1')
  })

  it('goes back as soon as one of the others is up again', () => {
    expect(v4(STANDBY, { a: 'down in doubt', b: 'up' })).toBe('b=1')
  })

  it('stands by even when all are down and all are answered', () => {
    const everyone: Beliefs = { a: 'down', b: 'down', s: 'down', t: 'down' }
    expect(v4(STANDBY, everyone)).toBe('a=1 b=1')
  })

  it('is answered where the pool has nobody else', () => {
    expect(v4('members: { s: { v4: 192.0.2.9, weight: 0 } }')).toBe('s=1')
  })
})

describe('min_healthy', () => {
  it.each([
    [2, ['1', '2'], '192.0.2.3=1 192.0.2.4=1'],
    [3, ['1'], '192.0.2.2=1 192.0.2.3=1 192.0.2.4=1'],
    [3, ['1', '2'], 'everybody'],
    ['50%', ['1', '2'], '192.0.2.3=1 192.0.2.4=1'],
    ['50%', ['1', '2', '3'], 'everybody'],
    ['51%', ['1', '2'], 'everybody'],
    ['100%', [], 'everybody'],
    ['100%', ['1'], 'everybody'],
    ['1%', ['1', '2', '3'], '192.0.2.4=1'],
  ] as const)('of %s with %j down answers %s', (minHealthy, down, expected) => {
    const beliefs = Object.fromEntries(down.map((last) => [`192.0.2.${last}`, 'down' as const]))
    const everybody = '192.0.2.1=1 192.0.2.2=1 192.0.2.3=1 192.0.2.4=1'
    const shown = v4(`${FOUR}, min_healthy: ${minHealthy}`, beliefs)
    expect(shown).toBe(expected === 'everybody' ? everybody : expected)
  })

  it.each([1, '1%'])('of %s means one: nobody is no answer', (minHealthy) => {
    const pool = `members: { a: 192.0.2.1, b: 192.0.2.2 }, min_healthy: ${minHealthy}`
    expect(v4(pool, { a: 'down', b: 'down' })).toBe('a=1 b=1')
  })

  it('is no more than a family has members', () => {
    const pool = `members: { a: { v4: 192.0.2.1, v6: "2001:db8::1" }, b: 192.0.2.2 }, min_healthy: 2`
    expect(v6(`${pool}, when_all_down: nodata`)).toBe('a=1')
  })

  it('counts those who stand by', () => {
    expect(v4(`${STANDBY}, min_healthy: 2, when_all_down: nodata`, { a: 'down', b: 'down' })).toBe(
      's=1 t=1',
    )
  })
})

describe('when_all_down', () => {
  const everyone: Beliefs = { a: 'down', b: 'down', c: 'down' }

  it('answers everybody unless told otherwise', () => {
    expect(v4(THREE, everyone)).toBe('a=5 b=1 c=1')
  })

  it('nodata answers nobody', () => {
    expect(v4(`${THREE}, when_all_down: nodata`, everyone)).toBe('')
  })

  it('nodata answers whoever comes back', () => {
    expect(v4(`${THREE}, when_all_down: nodata`, { ...everyone, c: 'up' })).toBe('c=1')
  })
})

describe('families', () => {
  it('of a member fail apart', () => {
    expect(both(DUAL, { 'a v6': 'down' })).toEqual(['a=1 b=1', 'b=1'])
    expect(both(DUAL, { 'b v4': 'down' })).toEqual(['a=1', 'a=1 b=1'])
  })

  it('of a pool fail apart', () => {
    const beliefs: Beliefs = { 'a v6': 'down', 'b v6': 'down', 'a v4': 'down' }
    expect(both(`${DUAL}, when_all_down: nodata`, beliefs)).toEqual(['b=1', ''])
  })

  it('hold those members alone that have an address in them', () => {
    const pool = 'members: { a: 192.0.2.1, b: { v6: "2001:db8::2" } }'
    expect(both(pool)).toEqual(['a=1', 'b=1'])
  })
})

describe('policy failover', () => {
  const LINE = 'policy: failover, members: { z: 192.0.2.3, a: 192.0.2.1, m: 192.0.2.2 }'

  it('answers the first in the order of the file', () => {
    expect(v4(LINE)).toBe('z=1')
  })

  it('answers the next while those before it are down', () => {
    expect(v4(LINE, { z: 'down' })).toBe('a=1')
    expect(v4(LINE, { z: 'down', a: 'down' })).toBe('m=1')
  })

  it('goes back to the first as soon as it is up', () => {
    expect(v4(LINE, { z: 'up', a: 'down' })).toBe('z=1')
  })

  it('stays with the first when all are down', () => {
    expect(v4(LINE, { z: 'down', a: 'down', m: 'down' })).toBe('z=1')
  })

  it('chooses in each family by itself', () => {
    expect(both(`policy: failover, ${DUAL}`, { 'a v6': 'down' })).toEqual(['a=1', 'b=1'])
  })
})

describe('the TTL', () => {
  it.each([
    [30, 'all are up', {}],
    [30, 'somebody is down and stays down', { a: 'down' }],
    [30, 'all are down and stay down', { a: 'down', b: 'down', c: 'down' }],
    [5, 'somebody has begun to fall', { a: 'up in doubt' }],
    [5, 'somebody has begun to rise', { a: 'down in doubt' }],
    [5, 'somebody is unknown', { a: 'unknown' }],
    [5, 'somebody has not been observed', { a: 'unseen' }],
  ] as const)('is %i s while %s', (expected, _, beliefs) => {
    expect(roster(THREE, beliefs).ttl).toBe(expected)
  })

  it('is short for both families while one is in doubt', () => {
    expect(roster(DUAL, { 'a v6': 'up in doubt' }).ttl).toBe(5)
  })

  it('is long where there is no check', () => {
    expect(roster(THREE, { a: 'unseen' }, { check: '' }).ttl).toBe(30)
  })

  it('stays where its most and least are the same', () => {
    expect(roster(THREE, { a: 'up in doubt' }, { ttl: '20' }).ttl).toBe(20)
  })
})

interface Setting {
  /** How the pool names its check; empty for none. */
  readonly check?: string
  readonly ttl?: string
}

/** A pool, given as the inside of its YAML map, with what is believed of its members. */
function believed(
  pool: string,
  beliefs: Beliefs = {},
  { check = 'check: web, ', ttl = '30/5' }: Setting = {},
): Scene {
  const shown = scene(`pool: { ${check}${pool} }`, { name: `ttl: ${ttl}` })
  for (const [who, belief] of Object.entries(beliefs)) shown.believe(who, belief)
  return shown
}

function roster(...given: Parameters<typeof believed>) {
  return believed(...given).decision.roster
}

function both(...given: Parameters<typeof believed>): string[] {
  const { v4, v6 } = believed(...given)
  return [v4, v6]
}

function v4(...given: Parameters<typeof believed>): string {
  return believed(...given).v4
}

function v6(...given: Parameters<typeof believed>): string {
  return believed(...given).v6
}
