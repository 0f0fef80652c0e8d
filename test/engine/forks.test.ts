/**
 * Goal: a candidate may be another pool or an alias: each turn then comes from exactly one of them,
 * by the outer policy, and is drawn by its own; shares multiply down the tree, exactly.
 * Method: small trees of pools, asked by one resolver over whole cycles.
 */

import { describe, expect, it } from 'vitest'

import { buildPrefixMap } from '../../src/base/prefix-map.ts'
import { parsePrefix } from '../../src/base/prefix.ts'
import { LINEUP_DEPTH_MAX } from '../../src/balance/roster.ts'

import { addresses, authority, type Balanced, leads, type Member } from '../support/authority.ts'

const ZONE = `
$TTL 3600
@       SOA   ns1.example.org. hostmaster 1 7200 3600 1209600 60
www     TXT   "beside the pool"
real    A     203.0.113.1
real    A     203.0.113.2
real    MX    10 mail.example.org.
chain   CNAME real
far     CNAME www
`
const NAME = 'www.example.test'

function serve(balanced: Balanced, others: Readonly<Record<string, Balanced>> = {}) {
  return authority({ 'example.test': ZONE }, { bindings: { [NAME]: balanced, ...others } })
}

function poolOf(...hosts: number[]): Balanced {
  return {
    members: Object.fromEntries(
      hosts.map((host) => [`m${host}`, { v4: `192.0.2.${host}`, v6: `2001:db8::${host}` }]),
    ),
  }
}

function counts(items: readonly (string | undefined)[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const item of items) found[item ?? ''] = (found[item ?? ''] ?? 0) + 1
  return found
}

describe('a pool of pools', () => {
  const members = {
    near: { pool: poolOf(1, 2), weight: 3 },
    far: { pool: poolOf(3), weight: 1 },
  }

  it('has the shares of the outer weights, each shared by the inner', () => {
    const turns = leads(serve({ members }), `${NAME} A`, 16)
    expect(counts(turns)).toEqual({ '192.0.2.1': 6, '192.0.2.2': 6, '192.0.2.3': 4 })
  })

  it('answers each turn from one of them alone', () => {
    const server = serve({ members })
    for (let turn = 0; turn < 8; turn++) {
      expect([['192.0.2.1', '192.0.2.2'], ['192.0.2.3']]).toContainEqual(
        addresses(server.ask(`${NAME} A`)).toSorted(),
      )
    }
  })

  it('keeps both families in step', () => {
    const server = serve({ members, answers: 1 })
    for (let pair = 0; pair < 16; pair++) {
      const [v4, v6] = ['A', 'AAAA'].map((type) => addresses(server.ask(`${NAME} ${type}`))[0]!)
      expect(v4!.at(-1)).toBe(v6!.at(-1))
    }
  })

  it('keeps them in step where somebody is in one family alone', () => {
    const some: Record<string, Member> = {
      a: { v4: '192.0.2.1', v6: '2001:db8::1' },
      b: '192.0.2.2',
      p: { pool: poolOf(3) },
    }
    const server = serve({ members: some, answers: 1 })
    const together = Array.from({ length: 6 }, () => {
      const [v4, v6] = ['A', 'AAAA'].map((type) => addresses(server.ask(`${NAME} ${type}`))[0]!)
      return v4!.at(-1) === v6!.at(-1)
    })
    expect(together.filter(Boolean)).toHaveLength(4)
  })

  it('may hold a pool of each policy, and hosts beside them', () => {
    const mixed: Record<string, Member> = {
      dice: { pool: { ...poolOf(1, 2), policy: 'random' } },
      first: { pool: { ...poolOf(3, 4), policy: 'failover' } },
      same: { pool: { ...poolOf(5, 6), policy: 'sticky' } },
      host: '192.0.2.7',
    }
    const turns = leads(serve({ members: mixed, answers: 1 }), `${NAME} A`, 400)
    const found = counts(turns)
    expect(found['192.0.2.1']! + found['192.0.2.2']!).toBe(100)
    expect(found['192.0.2.3']).toBe(100)
    expect(found['192.0.2.5'] ?? found['192.0.2.6']).toBe(100)
    expect(found['192.0.2.7']).toBe(100)
  })

  it.each(['random', 'sticky'] as const)('may be drawn itself by %s', (policy) => {
    const server = serve({ members, policy, answers: 1 })
    const turns = Array.from({ length: 2000 }, (_, host) => {
      const from = `10.${host >> 8}.${host & 255}.1`
      return addresses(server.ask(`${NAME} A`, { from }))[0]
    })
    expect(counts(turns)['192.0.2.3']! / turns.length).toBeCloseTo(0.25, 1)
    expect(counts(turns)['192.0.2.1']! / turns.length).toBeCloseTo(0.375, 1)
  })

  it('passes over a pool that has nobody, in the family in which it has nobody', () => {
    const only6: Balanced = { members: { x: { v6: '2001:db8::9' } } }
    const server = serve({ members: { a: { pool: poolOf(1) }, b: { pool: only6 } }, answers: 1 })
    expect(counts(leads(server, `${NAME} A`, 4))).toEqual({ '192.0.2.1': 4 })
    expect(counts(leads(server, `${NAME} AAAA`, 4))).toEqual({ '2001:db8::1': 2, '2001:db8::9': 2 })
  })

  it('that has nobody at all is no data', () => {
    const server = serve({ members: { a: { pool: { members: {} } } } })
    expect(server.ask(`${NAME} A`)).toMatchObject({ rcode: 'NOERROR', answer: [] })
    expect(server.ask(`${NAME} A`).authority).toHaveLength(1)
  })

  it('may be ten deep', () => {
    let balanced = poolOf(1, 2)
    for (let depth = 1; depth < LINEUP_DEPTH_MAX; depth++) {
      balanced = { members: { down: { pool: balanced }, up: `198.51.100.${depth}` }, answers: 1 }
    }
    const turns = leads(serve(balanced), `${NAME} A`, 2 ** LINEUP_DEPTH_MAX)
    const found = counts(turns)
    for (let depth = 1; depth < LINEUP_DEPTH_MAX; depth++) {
      expect(found[`198.51.100.${depth}`]).toBe(2 ** depth)
    }
    expect([found['192.0.2.1'], found['192.0.2.2']]).toEqual([1, 1])
  })

  it('changes as one with its roster', () => {
    const server = serve({ members })
    leads(server, `${NAME} A`, 4)
    server.change(NAME, { members: { near: { pool: poolOf(9) } }, ttl: 5 })
    expect(server.ask(`${NAME} A`).answer).toEqual([`${NAME}. 5 IN A 192.0.2.9`])
  })
})

describe('an alias', () => {
  it('is one CNAME, with the TTL of the roster, and its target is answered too', () => {
    const server = serve({ members: { a: { cname: 'real.example.test' } }, ttl: 7 })
    for (const from of ['198.51.100.7', '2001:db8::7']) {
      const { answer, flags } = server.ask(`${NAME} A`, { from })
      expect(flags).toBe('qr aa')
      expect(answer).toEqual([
        `${NAME}. 7 IN CNAME real.example.test.`,
        'real.example.test. 3600 IN A 203.0.113.1',
        'real.example.test. 3600 IN A 203.0.113.2',
      ])
    }
  })

  it('is followed along a chain, and to where there is no data', () => {
    const server = serve({ members: { a: { cname: 'chain.example.test' } } })
    expect(server.ask(`${NAME} A`).answer).toHaveLength(4)
    const none = server.ask(`${NAME} AAAA`)
    expect(none).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa' })
    expect([none.answer.length, none.authority.length]).toEqual([2, 1])
  })

  it('to a name of others is told and not followed', () => {
    const server = serve({ members: { a: { cname: 'cdn.example.org' } } })
    expect(server.ask(`${NAME} A`).answer).toEqual([`${NAME}. 30 IN CNAME cdn.example.org.`])
    expect(server.ask(`${NAME} ANY`).answer).toEqual([`${NAME}. 30 IN CNAME cdn.example.org.`])
  })

  it('to a name that there is not is a name error with the alias', () => {
    const server = serve({ members: { a: { cname: 'nowhere.example.test' } } })
    const reply = server.ask(`${NAME} A`)
    expect(reply).toMatchObject({ rcode: 'NXDOMAIN' })
    expect(reply.answer).toHaveLength(1)
  })

  it('to a balanced name gets a turn of it', () => {
    const server = serve(
      { members: { a: { cname: 'other.example.test' } } },
      { 'other.example.test': poolOf(5) },
    )
    expect(server.ask(`${NAME} A`).answer).toEqual([
      `${NAME}. 30 IN CNAME other.example.test.`,
      'other.example.test. 30 IN A 192.0.2.5',
    ])
  })

  it.each(['www', 'far'])('that leads back by %s ends where it began', (target) => {
    const server = serve({ members: { a: { cname: `${target}.example.test` } } })
    const { answer, rcode } = server.ask(`${NAME} A`)
    expect(rcode).toBe('NOERROR')
    expect(answer[0]).toBe(`${NAME}. 30 IN CNAME ${target}.example.test.`)
  })

  it('takes its share of turns among hosts, one record each, in both families', () => {
    const members: Record<string, Member> = {
      cdn: { cname: 'cdn.example.org', weight: 1 },
      a: { v4: '192.0.2.1', v6: '2001:db8::1', weight: 2 },
      b: { v4: '192.0.2.2', v6: '2001:db8::2', weight: 1 },
    }
    const server = serve({ members, answers: 8 })
    for (const type of ['A', 'AAAA']) {
      const turns = Array.from({ length: 8 }, () => addresses(server.ask(`${NAME} ${type}`)))
      expect(turns.every(({ length }) => length === 1)).toBe(true)
      expect(Object.values(counts(turns.flat())).toSorted()).toEqual([2, 2, 4])
    }
  })

  it('leaves the name its other types', () => {
    const server = serve({ members: { a: { cname: 'cdn.example.org' } } })
    expect(server.ask(`${NAME} TXT`).answer).toHaveLength(1)
  })

  it('stands for all types that the name has not, as caches take it to', () => {
    const server = serve({ members: { a: { cname: 'real.example.test' } }, ttl: 7 })
    const alias = `${NAME}. 7 IN CNAME real.example.test.`
    expect(server.ask(`${NAME} MX`).answer).toEqual([
      alias,
      'real.example.test. 3600 IN MX 10 mail.example.org.',
    ])
    const none = server.ask(`${NAME} HTTPS`)
    expect([none.rcode, none.answer, none.authority.length]).toEqual(['NOERROR', [alias], 1])
    const hosts = serve(poolOf(1)).ask(`${NAME} MX`)
    expect([hosts.rcode, hosts.answer, hosts.authority.length]).toEqual(['NOERROR', [], 1])
  })

  it('is told by itself to whoever asks for it', () => {
    const server = serve({ members: { a: { cname: 'real.example.test' } }, ttl: 7 })
    for (const name of [NAME, 'WWW.example.test']) {
      expect(server.ask(`${name} CNAME`).answer).toEqual([`${name}. 7 IN CNAME real.example.test.`])
    }
    const hosts = serve(poolOf(1)).ask(`${NAME} CNAME`)
    expect([hosts.rcode, hosts.answer, hosts.authority.length]).toEqual(['NOERROR', [], 1])
    const nobody = serve({ members: {} }).ask(`${NAME} CNAME`)
    expect([nobody.rcode, nobody.answer, nobody.authority.length]).toEqual(['NOERROR', [], 1])
  })

  it('among hosts is told in as many turns as it leads, and moves nobody on by that', () => {
    const members: Record<string, Member> = {
      cdn: { cname: 'cdn.example.org' },
      a: '192.0.2.1',
    }
    const server = serve({ members, answers: 1 })
    const alias = `${NAME}. 30 IN CNAME cdn.example.org.`
    const asked = Array.from({ length: 8 }, () => {
      const [told] = server.ask(`${NAME} CNAME`).answer
      return [told, server.ask(`${NAME} A`).answer[0]]
    })
    expect(asked.filter(([told]) => told === alias)).toHaveLength(4)
    expect(asked.filter(([told]) => told === undefined)).toHaveLength(4)
    expect(asked.filter(([, turn]) => turn === alias)).toHaveLength(4)
  })

  it('is told to those clients that the rules send to it', () => {
    const within: Balanced = { members: { b: { cname: 'cdn.example.org' } } }
    const clients = buildPrefixMap([{ prefix: parsePrefix('198.51.100.0/24')!, value: 1 }], 0)
    const server = serve({ ...poolOf(1), clients }, { 'other.example.test': within })
    const { answer, message } = server.ask(`${NAME} CNAME`, { subnet: '198.51.100.0/24' })
    expect(answer).toEqual([`${NAME}. 30 IN CNAME cdn.example.org.`])
    expect(message.edns?.options[0]).toMatchObject({ subnet: { scope: 24 } })
    expect(server.ask(`${NAME} CNAME`, { subnet: '203.0.113.0/24' }).answer).toEqual([])
  })

  it('at the end of a chain has that end for its owner', () => {
    const server = serve({ members: { a: { cname: 'real.example.test' } } })
    expect(server.ask('far.example.test A').answer.slice(0, 2)).toEqual([
      `far.example.test. 3600 IN CNAME ${NAME}.`,
      `${NAME}. 30 IN CNAME real.example.test.`,
    ])
  })

  it('that does not fit sets TC', () => {
    const owner = [63, 63, 63, 40].map((size) => 'x'.repeat(size)).join('.')
    const target = [63, 63, 63, 48].map((size) => 'y'.repeat(size)).join('.')
    const name = `${owner}.example.test`
    const long = authority(
      { 'example.test': ZONE },
      { bindings: { [name]: { members: { a: { cname: `${target}.example.org` } } } } },
    )
    expect(long.ask(`${name} A`)).toMatchObject({ flags: 'qr aa tc', answer: [] })
    expect(long.ask(`${name} A`, { tcp: true }).answer).toHaveLength(1)
  })
})
