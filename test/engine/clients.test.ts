/**
 * Goal: who asks, or from where, decides as the operator has said, and an answer says truthfully how
 * much of the client's address it depended on (RFC 7871 §7.2.1).
 * Method: pools by client, by place and by rule, asked with and without a client subnet.
 */

import { describe, expect, it } from 'vitest'

import { buildPrefixMap } from '../../src/base/prefix-map.ts'
import { parsePrefix } from '../../src/base/prefix.ts'
import type { Nearness } from '../../src/engine/world.ts'

import { addresses, authority, type Balanced, leads } from '../support/authority.ts'
import type { Manner } from '../support/request.ts'

const ZONE = '@ 60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60\n'
const NAME = 'www.example.test'
const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
const THREE = { a: { v4: A, v6: '2001:db8::1' }, b: { v4: B, v6: '2001:db8::2' }, c: C! }

function mapOf(values: Readonly<Record<string, number>>, otherwise: number) {
  const entries = Object.entries(values).map(([text, value]) => {
    return { prefix: parsePrefix(text)!, value }
  })
  return buildPrefixMap(entries, otherwise)
}

/** Place 1 is near to a, place 2 to b and c alike, place 3 to all; place 0 is nowhere. */
const NEARNESS: Nearness = {
  map: mapOf(
    {
      '198.51.100.0/24': 1,
      '198.51.101.0/24': 2,
      '198.51.102.0/24': 3,
      '198.51.103.0/24': 900,
      '2001:db8:1::/48': 1,
    },
    0,
  ),
  ranks: Uint8Array.from(
    [
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 0],
      [2, 2, 2],
    ].flat(),
  ),
  width: 3,
  places: 4,
}

function serve(balanced: Balanced, others: Readonly<Record<string, Balanced>> = {}) {
  const bindings = { [NAME]: balanced, ...others }
  return authority({ 'example.test': ZONE }, { bindings, nearness: [NEARNESS] })
}

function who(server: ReturnType<typeof serve>, manner: Manner, type = 'A'): string {
  return [...new Set(leads(server, `${NAME} ${type}`, 12, manner))].toSorted().join(' ')
}

/** The scope of an answer; undefined where it speaks of no subnet. */
function scopeOf(server: ReturnType<typeof serve>, manner: Manner, question = `${NAME} A`) {
  const options = server.ask(question, manner).message.edns?.options ?? []
  const option = options.find(({ kind }) => kind === 'subnet')
  return option?.kind === 'subnet' ? option.subnet?.scope : undefined
}

describe('nearest', () => {
  const near: Balanced = { policy: 'nearest', nearness: 0, members: THREE, answers: 1 }

  it.each([
    ['198.51.100.1', A],
    ['198.51.101.1', `${B} ${C}`],
    ['198.51.102.1', `${A} ${B} ${C}`],
    ['203.0.113.1', `${A} ${B} ${C}`],
    ['198.51.103.1', `${A} ${B} ${C}`],
  ])('gives a client at %s the members nearest to it: %s', (from, expected) => {
    expect(who(serve(near), { from })).toBe(expected)
  })

  it('goes on to the next nearest where the nearest is out', () => {
    const { a: _, ...others } = THREE
    expect(who(serve({ ...near, members: { z: A!, ...others } }), { from: '198.51.100.1' })).toBe(A)
    const server = serve({ ...near, members: { a: { v6: '2001:db8::1' }, ...others } })
    expect(who(server, { from: '198.51.100.1' })).toBe(`${B} ${C}`)
    expect(who(server, { from: '198.51.100.1' }, 'AAAA')).toBe('2001:db8::1')
  })

  it('shares by weight among those as near', () => {
    const members = { ...THREE, c: { v4: C!, weight: 3 } }
    const turns = leads(serve({ ...near, members }), `${NAME} A`, 8, { from: '198.51.101.1' })
    expect(turns.filter((one) => one === C)).toHaveLength(6)
  })

  it('is rotation where nobody has said who is near', () => {
    const { nearness: _, ...nowhere } = near
    expect(who(serve(nowhere), { from: '198.51.100.1' })).toBe(`${A} ${B} ${C}`)
    expect(scopeOf(serve(nowhere), { subnet: '198.51.100.0/24' })).toBe(0)
  })

  it('gives several answers from those as near, and no others', () => {
    const server = serve({ ...near, answers: 8 })
    expect(addresses(server.ask(`${NAME} A`, { from: '198.51.101.1' })).toSorted()).toEqual([B, C])
  })

  it('counts whoever came after the world was made as the farthest', () => {
    const members = { ...THREE, d: '192.0.2.4' }
    expect(who(serve({ ...near, members }), { from: '198.51.102.1' })).toBe(`${A} ${B} ${C}`)
  })

  it('may be among pools', () => {
    const members = {
      a: { pool: { members: { x: '203.0.113.1', y: '203.0.113.2' } } },
      b: { pool: { members: { z: '203.0.113.3' } } },
    }
    const server = serve({ ...near, members })
    expect(who(server, { from: '198.51.100.1' })).toBe('203.0.113.1 203.0.113.2')
    expect(who(server, { from: '198.51.101.1' })).toBe('203.0.113.3')
    server.change(NAME, { ...near, members: { a: members.a } })
    expect(who(server, { from: '198.51.101.1' })).toBe('203.0.113.1 203.0.113.2')
  })

  it('may be within a pool', () => {
    const server = serve({ members: { only: { pool: near } }, answers: 1 })
    expect(who(server, { from: '198.51.100.1' })).toBe(A)
    expect(who(server, { from: '198.51.101.1' })).toBe(`${B} ${C}`)
  })
})

describe('a client rule', () => {
  const rules: Balanced = {
    members: { a: A! },
    clients: mapOf({ '198.51.100.0/24': 1, '2001:db8:1::/48': 1 }, 0),
  }
  const others = { 'inside.example.test': { members: { b: B! } } }

  it('leaves its clients to another binding', () => {
    const server = serve(rules, others)
    expect(who(server, { from: '198.51.100.9' })).toBe(B)
    expect(who(server, { from: '2001:db8:1::9' })).toBe(B)
    expect(who(server, { from: '198.51.101.9' })).toBe(A)
    expect(who(server, { from: '2001:db8:2::9' })).toBe(A)
  })

  it('asks for the client and not for the resolver, where the resolver tells', () => {
    const server = serve(rules, others)
    expect(who(server, { from: '203.0.113.1', subnet: '198.51.100.0/24' })).toBe(B)
    expect(who(server, { from: '198.51.100.9', subnet: '203.0.113.0/24' })).toBe(A)
    expect(who(server, { from: '198.51.100.9', subnet: '0.0.0.0/0' })).toBe(B)
  })

  it('holds for ANY too', () => {
    expect(addresses(serve(rules, others).ask(`${NAME} ANY`, { from: '198.51.100.9' }))).toEqual([
      B,
    ])
  })
})

describe('the scope of an answer', () => {
  const sticky: Balanced = { policy: 'sticky', members: THREE }
  const near: Balanced = { policy: 'nearest', nearness: 0, members: THREE }

  it.each(['rotate', 'weighted', 'random', 'failover'] as const)('is 0 for %s', (policy) => {
    const server = serve({ policy, members: THREE })
    expect(scopeOf(server, { subnet: '198.51.100.0/24' })).toBe(0)
  })

  it('is the prefix that sticky tells clients apart by, even beyond what was told', () => {
    for (const subnet of ['198.51.100.0/24', '198.51.100.7/32', '198.51.0.0/16']) {
      expect(scopeOf(serve(sticky), { subnet })).toBe(24)
    }
    expect(scopeOf(serve(sticky), { subnet: '2001:db8::/48' })).toBe(56)
    const finer = { ...sticky, sticky: { v4Prefix: 28, v6Prefix: 64 } }
    expect(scopeOf(serve(finer), { subnet: '198.51.100.0/24' })).toBe(28)
    expect(scopeOf(serve(finer), { subnet: '2001:db8::/48' })).toBe(64)
  })

  it('makes a client out of a subnet, whoever brings it', () => {
    const server = serve({ ...sticky, answers: 1 })
    const of = (manner: Manner) => addresses(server.ask(`${NAME} A`, manner))[0]
    for (let net = 0; net < 30; net++) {
      const subnet = `198.51.${net}.0/24`
      expect(of({ subnet, from: '203.0.113.1' })).toBe(of({ subnet, from: '2001:db8::5' }))
      expect(of({ subnet, from: '203.0.113.1' })).toBe(of({ from: `198.51.${net}.9` }))
    }
  })

  it('is what the map knew the client by, for nearest and for rules', () => {
    expect(scopeOf(serve(near), { subnet: '198.51.100.0/24' })).toBe(24)
    expect(scopeOf(serve(near), { subnet: '2001:db8:1:2::/64' })).toBe(48)
    const rules: Balanced = { members: { a: A! }, clients: mapOf({ '198.51.100.0/22': 0 }, 1) }
    const server = serve(rules, { 'other.example.test': { members: { b: B! } } })
    expect(scopeOf(server, { subnet: '198.51.100.0/24' })).toBe(22)
  })

  it('is never 0 where a client decides, since that would be good for the other family too', () => {
    const rules: Balanced = { members: { a: A! }, clients: mapOf({ '198.51.100.0/24': 1 }, 0) }
    const server = serve(rules, { 'other.example.test': { members: { b: B! } } })
    expect(scopeOf(server, { subnet: '2001:db8::/48' })).toBe(1)
    const all: Balanced = { ...rules, clients: mapOf({ '0.0.0.0/0': 1 }, 0) }
    const halves = serve(all, { 'other.example.test': { members: { b: B! } } })
    expect(scopeOf(halves, { subnet: '198.51.100.0/24' })).toBe(1)
  })

  it('is the longest of those that decided', () => {
    const rules: Balanced = { ...sticky, clients: mapOf({ '198.51.100.0/28': 1 }, 0) }
    const server = serve(rules, { 'other.example.test': sticky })
    expect(scopeOf(server, { subnet: '198.51.100.0/24' })).toBe(28)
    expect(scopeOf(server, { subnet: '203.0.113.0/24' })).toBe(24)
    const within: Balanced = { members: { x: { pool: near }, y: { pool: near } }, answers: 1 }
    expect(scopeOf(serve(within), { subnet: '198.51.100.0/24' })).toBe(24)
  })

  it('is 0 where the subnet was hidden, and then the resolver is the client', () => {
    const server = serve({ ...sticky, answers: 1 })
    for (let host = 0; host < 30; host++) {
      const from = `198.51.${host}.1`
      const plain = addresses(server.ask(`${NAME} A`, { from }))
      expect(addresses(server.ask(`${NAME} A`, { from, subnet: '0.0.0.0/0' }))).toEqual(plain)
      expect(addresses(server.ask(`${NAME} A`, { from, subnet: '::/0' }))).toEqual(plain)
    }
    expect(scopeOf(server, { subnet: '0.0.0.0/0' })).toBe(0)
    expect(scopeOf(server, { subnet: '::/0' })).toBe(0)
  })

  it('is nothing where no subnet was told', () => {
    expect(scopeOf(serve(sticky), { edns: true })).toBeUndefined()
  })

  it('is 0 for what no client decides: other types, other names', () => {
    expect(scopeOf(serve(sticky), { subnet: '198.51.100.0/24' }, `${NAME} TXT`)).toBe(0)
    expect(scopeOf(serve(sticky), { subnet: '198.51.100.0/24' }, 'no.example.test A')).toBe(0)
    const rules: Balanced = { members: { a: A! }, clients: mapOf({ '198.51.100.0/24': 0 }, 0) }
    expect(scopeOf(serve(rules), { subnet: '198.51.100.0/24' }, `${NAME} MX`)).toBe(0)
  })

  it('is what decided that there is no data, too', () => {
    const rules: Balanced = { members: { a: A! }, clients: mapOf({ '198.51.100.0/24': 1 }, 0) }
    const server = serve(rules, { 'none.example.test': { members: {} } })
    const reply = server.ask(`${NAME} A`, { subnet: '198.51.100.0/24' })
    expect([reply.rcode, reply.answer]).toEqual(['NOERROR', []])
    expect(scopeOf(server, { subnet: '198.51.100.0/24' })).toBe(24)
  })

  it('of IPv4 that was told as IPv6 counts the bits before it', () => {
    const server = serve({ ...sticky, answers: 1 })
    const mapped = { subnet: '::ffff:198.51.100.0/120' }
    expect(scopeOf(server, mapped)).toBe(96 + 24)
    expect(addresses(server.ask(`${NAME} A`, mapped))).toEqual(
      addresses(server.ask(`${NAME} A`, { from: '198.51.100.1' })),
    )
  })
})
