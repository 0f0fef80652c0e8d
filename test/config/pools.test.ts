/**
 * Goal: what a pool, a member and a name may ask for is read as it is written.
 * Method: snippets of YAML beside the part of the Config that they become.
 */

import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../src/base/address.ts'
import { printPrefix } from '../../src/base/prefix.ts'
import { showName } from '../../src/config/values/names.ts'
import { configOf, messagesOf, withZone } from './support.ts'

const SORRY = 'sorry: { members: [192.0.2.99] }'

/** The pool `p` of a file that has these keys for it, and the pool `sorry`. */
function poolOf(keys: string, members = '[192.0.2.1, 192.0.2.2]') {
  return configOf(fileOf(keys, members)).pools.get('p')!
}

function fileOf(keys: string, members = '[192.0.2.1, 192.0.2.2]'): string {
  return withZone(`pools:
  p: { ${keys}${keys && ','} members: ${members} }
  ${SORRY}
names: { a.example.test: { pool: p }, b.example.test: { pool: sorry } }`)
}

function memberOf(keys: string) {
  return poolOf('', `{ a: { ${keys} }, b: 192.0.2.2 }`).members[0]!
}

describe('a ladder', () => {
  it.each([
    ['last_good', [{ kind: 'last-good' }]],
    [
      '[last_good for 10m, pool: sorry, all]',
      [{ kind: 'last-good', forMs: 600_000 }, { kind: 'pool', pool: 'sorry' }, { kind: 'all' }],
    ],
    [
      '[pool: sorry for 5m, all]',
      [{ kind: 'pool', pool: 'sorry', forMs: 300_000 }, { kind: 'all' }],
    ],
    [
      '[{ pool: sorry, for: 5m }, nodata]',
      [{ kind: 'pool', pool: 'sorry', forMs: 300_000 }, { kind: 'nodata' }],
    ],
    ['{ pool: sorry }', [{ kind: 'pool', pool: 'sorry' }]],
    ['[{ last_good: 10m }, all]', [{ kind: 'last-good', forMs: 600_000 }, { kind: 'all' }]],
    ['[nodata for 1m, all]', [{ kind: 'nodata', forMs: 60_000 }, { kind: 'all' }]],
    [
      '[{ nodata: 1m }, { all: 1m }, nodata]',
      [{ kind: 'nodata', forMs: 60_000 }, { kind: 'all', forMs: 60_000 }, { kind: 'nodata' }],
    ],
  ])('is read: %s', (written, steps) => {
    expect(poolOf(`when_all_down: ${written}`).whenAllDown).toEqual(steps)
  })

  it('of the defaults leads no pool of it to itself', () => {
    const { pools } = configOf(`zones: { example.test: z }
defaults: { when_all_down: [pool: sorry, all] }
pools:
  p: { members: [192.0.2.1] }
  sorry: { members: { a: { pool: backup } } }
  backup: { members: [192.0.2.9] }
names: { a.example.test: { pool: p } }`)
    const ladders = [...pools].map(([name, { whenAllDown }]) => [name, whenAllDown.length])
    expect(ladders).toEqual([
      ['p', 2],
      ['sorry', 1],
      ['backup', 1],
    ])
  })
})

describe('a pool', () => {
  it('has what concerns all of its members', () => {
    const keys = 'slow_start: 1m, min_serving: 1, check: { tcp: { port: 80 } }'
    expect(poolOf(keys)).toMatchObject({ slowStartMs: 60_000, minServing: 1 })
  })

  it('says who may register, with a lease and a number that are usual', () => {
    const { networks, ...rest } = poolOf('register: { networks: [192.0.2.0/24, "2001:db8::/32"] }')
      .registration!
    expect(networks.map(printPrefix)).toEqual(['192.0.2.0/24', '2001:db8::/32'])
    expect(rest).toEqual({ leaseMs: 30_000, membersMax: 32 })
    expect(
      poolOf('register: { networks: 192.0.2.0/24, lease: 1m, members: 8 }').registration,
    ).toMatchObject({ leaseMs: 60_000, membersMax: 8 })
  })

  it('may begin with nobody where members register', () => {
    expect(poolOf('register: { networks: 192.0.2.0/24 }', '{}').members).toEqual([])
  })
})

describe('a member', () => {
  it('may be a host with all that is asked of it', () => {
    const keys =
      'v4: 192.0.2.1, weight: 5, shed: 20%, probe: 192.0.2.77, check: { tcp: { port: 25 } }'
    const { place: _, ...member } = memberOf(keys)
    expect(member).toEqual({
      name: 'a',
      v4: parseAddress('192.0.2.1'),
      weight: 5,
      shed: 20,
      probeAddress: '192.0.2.77',
      condition: { kind: 'check', check: expect.objectContaining({ name: 'p/a' }) },
    })
  })

  it('may be an alias', () => {
    expect(showName(memberOf('cname: CDN.example.org.').cname!)).toBe('cdn.example.org')
  })

  it('may be a pool, with what this parent asks of it', () => {
    expect(memberOf('pool: sorry, min_healthy: 1, weight: 2')).toMatchObject({
      pool: 'sorry',
      minHealthy: { count: 1 },
      weight: 2,
    })
  })
})

describe('a name', () => {
  it('has a budget and a way to choose its TTL, or those of its pool', () => {
    const { names } = configOf(
      withZone(`pools: { p: { check: { http: }, ttl_mode: health, members: [192.0.2.1] } }
names:
  a.example.test: { pool: p, failover_within: 20s }
  b.example.test: { pool: p, ttl_mode: fixed }`),
    )
    expect(names).toMatchObject([
      { ttlMode: 'health', failoverWithinMs: 20_000 },
      { ttlMode: 'fixed' },
    ])
  })

  it('has rules for some of its clients, in their order', () => {
    const [name] = configOf(
      withZone(`pools: { p: { members: [192.0.2.1] }, q: { members: [192.0.2.2] } }
names:
  a.example.test:
    pool: p
    clients:
      - { subnet: 192.0.2.0/24, pool: q }
      - { subnet: [198.51.100.0/24, "2001:db8::/32"], policy: random }`),
    ).names
    const told = name!.clients!.map(({ subnets, pool, policy, place }) => [
      subnets.map(printPrefix).join(),
      pool,
      policy,
      place.line,
    ])
    expect(told).toEqual([
      ['192.0.2.0/24', 'q', undefined, 7],
      ['198.51.100.0/24,2001:db8::/32', undefined, 'random', 8],
    ])
  })

  it('without a pool has what a pool has', () => {
    const [name] = configOf(
      withZone('names: { a.example.test: { min_serving: 1, when_all_down: [last_good, nodata] } }'),
    ).names
    expect(name!.own).toMatchObject({ minServing: 1, whenAllDown: [{ kind: 'last-good' }, {}] })
  })
})

describe('the server', () => {
  it('doubts itself as it is told, or as is usual', () => {
    expect(configOf(withZone('')).selfDoubt).toEqual({ suspectPercent: 60, freezeMs: 300_000 })
    const { selfDoubt } = configOf(
      withZone(`prober:
  anchors: { addresses: 192.0.2.1, check: gw }
  suspect_when: 80%
  freeze: 1m
checks: { gw: { tcp: { port: 22 } } }`),
    )
    expect(selfDoubt).toMatchObject({
      anchors: { addresses: ['192.0.2.1'], check: { name: 'gw' } },
      suspectPercent: 80,
      freezeMs: 60_000,
    })
  })

  it('explains itself to some', () => {
    const { explainTo } = configOf(withZone('explain: { allow: [192.0.2.0/24, "::1/128"] }'))
    expect(explainTo!.map(printPrefix)).toEqual(['192.0.2.0/24', '::1/128'])
  })

  it('serves HTTP and keeps a state without a word', () => {
    expect(messagesOf(withZone('listen: { http: "127.0.0.1:8053" }\nstate: ./state'))).toEqual([])
  })
})
