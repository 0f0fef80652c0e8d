/**
 * Goal: a balanced name is answered in turns whose shares are exact for every resolver, in each
 * family by itself, however the records must be cut to fit.
 * Method: pools of a few members, asked many times in a row from one address or from several.
 */

import { describe, expect, it } from 'vitest'

import { createCursors, stepCursor } from '../../src/engine/cursors.ts'

import { addresses, authority, type Balanced, leads } from '../support/authority.ts'

/**
 * A client whose mixed hash is 2 ** 31 - 1, found by running the mixing backwards: the last place
 * from which 31 bits could count on.
 */
const HASH_OF_LAST_START = unmix(0x7fffffff) ^ 0x9e3779b9

const ZONE = `
$TTL 3600
@     SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60
@     NS  ns1.example.org.
www   A   203.0.113.99
www   TXT "beside the pool"
`
const NAME = 'www.example.test'
const RESOLVERS = ['198.51.100.7', '198.51.100.8', '203.0.113.1', '2001:db8:1::1', '::1']

const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
const WEIGHTED = {
  a: { v4: A, weight: 50 },
  b: { v4: B, weight: 30 },
  c: { v4: C, weight: 20 },
}

function serve(balanced: Balanced, name = NAME) {
  return authority({ 'example.test': ZONE }, { bindings: { [name]: balanced } })
}

function count<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

describe('a balanced name', () => {
  it('is answered with its pool’s members and TTL, not with the file’s addresses', () => {
    const { ask } = serve({ members: { a: A, b: B }, ttl: 5 })
    expect(ask(`${NAME} A`).answer.toSorted()).toEqual([
      `${NAME}. 5 IN A ${A}`,
      `${NAME}. 5 IN A ${B}`,
    ])
    expect(ask(`${NAME} A`)).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa', authority: [] })
  })

  it('keeps what else the file has for it', () => {
    const { ask } = serve({ members: { a: A } })
    expect(ask(`${NAME} TXT`).answer).toEqual([`${NAME}. 3600 IN TXT "beside the pool"`])
    expect(ask(`${NAME} MX`)).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it('need not be in the file', () => {
    const { ask } = serve({ members: { a: A } }, 'pool.only.example.test')
    expect(ask('pool.only.example.test A').answer).toEqual([`pool.only.example.test. 30 IN A ${A}`])
    expect(ask('only.example.test A')).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it('may be a wildcard, and is answered under the name asked', () => {
    const { ask } = serve({ members: { a: A } }, '*.apps.example.test')
    expect(ask('Shop.apps.example.test A').answer).toEqual([`Shop.apps.example.test. 30 IN A ${A}`])
    expect(ask('shop.apps.example.test AAAA')).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it('may be the apex', () => {
    expect(serve({ members: { a: A } }, 'example.test').ask('example.test A').answer).toEqual([
      `example.test. 30 IN A ${A}`,
    ])
  })

  it.each([0, 1, 2147483647])('has the TTL of its roster: %s', (ttl) => {
    const { ask } = serve({ members: { a: A }, ttl })
    expect(ask(`${NAME} A`).message.answer[0]!.ttl).toBe(ttl)
  })

  it('that nobody may be answered for is no data (never SERVFAIL, never NXDOMAIN)', () => {
    const { ask } = serve({ members: {} })
    for (const type of ['A', 'AAAA']) {
      const { flags, rcode, answer, message } = ask(`${NAME} ${type}`)
      expect({ flags, rcode, answer }).toEqual({ flags: 'qr aa', rcode: 'NOERROR', answer: [] })
      expect(message.authority[0]).toMatchObject({ name: 'example.test.', type: 6, ttl: 60 })
    }
  })

  it('is no data in a family that no member has, with the SOA', () => {
    const { ask } = serve({ members: { a: A } })
    expect(ask(`${NAME} AAAA`)).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa', answer: [] })
    expect(ask(`${NAME} AAAA`).authority).toHaveLength(1)
  })
})

describe('news of health', () => {
  it('is in the very next answer', () => {
    const server = serve({ members: { a: A, b: B } })
    expect(addresses(server.ask(`${NAME} A`))).toHaveLength(2)
    expect(addresses(server.ask(`${NAME} AAAA`))).toEqual([])
    server.change(NAME, { members: { b: B }, ttl: 7 })
    expect(server.ask(`${NAME} A`).answer).toEqual([`${NAME}. 7 IN A ${B}`])
    server.change(NAME, { members: {} })
    expect(server.ask(`${NAME} A`).answer).toEqual([])
    server.change(NAME, { members: { a: { v6: '2001:db8::1' } } })
    expect(addresses(server.ask(`${NAME} AAAA`))).toEqual(['2001:db8::1'])
  })
})

describe('how many records a turn has', () => {
  const members = Object.fromEntries(
    Array.from({ length: 12 }, (_, host) => [`m${host}`, `192.0.2.${host + 1}`]),
  )

  it.each([
    [undefined, 8],
    [1, 1],
    [3, 3],
    [12, 12],
    [100, 12],
  ])('is at most `answers` and never more than there are: %s of 12 gives %i', (answers, given) => {
    const { ask } = serve({ members, ...(answers && { answers }) })
    for (let turn = 0; turn < 24; turn++) {
      const drawn = addresses(ask(`${NAME} A`))
      expect([drawn.length, new Set(drawn).size]).toEqual([given, given])
    }
  })
})

describe.each(RESOLVERS)('for the resolver %s', (from) => {
  it('any ten turns in a row have 5, 3 and 2 of weights 50, 30, 20', () => {
    const turns = leads(serve({ members: WEIGHTED, answers: 1 }), `${NAME} A`, 40, { from })
    for (let at = 0; at + 10 <= turns.length; at++) {
      expect(count(turns.slice(at, at + 10))).toEqual(
        new Map([
          [A, 5],
          [B, 3],
          [C, 2],
        ]),
      )
    }
  })

  it('three answers keep the shares: the first is a 5 times in 10, and any is', () => {
    const server = serve({ members: WEIGHTED, answers: 3 })
    const replies = Array.from({ length: 10 }, () => addresses(server.ask(`${NAME} A`, { from })))
    expect(count(replies.map(([first]) => first))).toEqual(count([...A5, ...B3, ...C2]))
    const any = new Map<string, number>()
    for (const reply of replies) {
      for (const one of reply) any.set(one, (any.get(one) ?? 0) + 1 / reply.length)
    }
    expect([A, B, C].map((one) => Math.round(any.get(one)! * 1e9) / 1e9)).toEqual([5, 3, 2])
  })

  it('rotation leads with each as often as any other, whatever the weights', () => {
    const turns = leads(serve({ members: WEIGHTED, policy: 'rotate' }), `${NAME} A`, 30, { from })
    for (let at = 0; at + 3 <= turns.length; at++) {
      expect(new Set(turns.slice(at, at + 3)).size).toBe(3)
    }
  })

  it('failover gives the first alone', () => {
    const { ask } = serve({ members: WEIGHTED, policy: 'failover' })
    expect(addresses(ask(`${NAME} A`, { from }))).toEqual([A])
  })
})

const A5 = new Array<string>(5).fill(A!)
const B3 = new Array<string>(3).fill(B!)
const C2 = new Array<string>(2).fill(C!)

describe('two resolvers', () => {
  it('do not disturb each other: each walks the wheel as if alone', () => {
    const alone = leads(serve({ members: WEIGHTED, answers: 1 }), `${NAME} A`, 20)
    const server = serve({ members: WEIGHTED, answers: 1 })
    const together = Array.from({ length: 20 }, (_, turn) => {
      for (let other = 0; other < turn % 3; other++)
        server.ask(`${NAME} A`, { from: '203.0.113.9' })
      return addresses(server.ask(`${NAME} A`))[0]
    })
    expect(together).toEqual(alone)
  })

  it('do not all start with the same member', () => {
    const server = serve({ members: { a: A, b: B, c: C }, answers: 1 })
    const first = Array.from({ length: 300 }, (_, host) => {
      const from = `198.51.${100 + (host >> 8)}.${host & 255}`
      return addresses(server.ask(`${NAME} A`, { from }))[0]!
    })
    const counts = count(first)
    // One third each is 100; 60 is five standard deviations away, and nothing here is random.
    for (const one of [A, B, C]) expect(counts.get(one!)).toBeGreaterThan(60)
  })

  it('of one /64 are one: a host changes its address there as it likes', () => {
    const server = serve({ members: { a: A, b: B }, answers: 1 })
    const turns = Array.from({ length: 10 }, (_, host) =>
      addresses(server.ask(`${NAME} A`, { from: `2001:db8:1:2::${host + 1}` })),
    )
    expect(count(turns.flat())).toEqual(count([...A5, ...new Array<string>(5).fill(B!)]))
  })
})

describe('A and AAAA', () => {
  const members = {
    a: { v4: A!, v6: '2001:db8::1' },
    b: { v4: B!, v6: '2001:db8::2' },
    c: { v4: C!, v6: '2001:db8::3' },
  }
  const hostOf = (address: string) => address.at(-1)

  it.each(RESOLVERS)('asked in pairs lead with the same member: %s', (from) => {
    const server = serve({ members, policy: 'rotate' })
    for (let pair = 0; pair < 12; pair++) {
      const order = pair % 2 === 0 ? ['A', 'AAAA'] : ['AAAA', 'A']
      const [one, other] = order.map(
        (type) => addresses(server.ask(`${NAME} ${type}`, { from }))[0]!,
      )
      expect(hostOf(one!)).toBe(hostOf(other!))
    }
  })

  it('never share a counter: with two members, pairs reach both', () => {
    const { a, b } = members
    const server = serve({ members: { a, b }, policy: 'rotate', answers: 1 })
    const seen = { A: [] as string[], AAAA: [] as string[] }
    for (let pair = 0; pair < 4; pair++) {
      for (const type of ['A', 'AAAA'] as const) {
        seen[type].push(hostOf(addresses(server.ask(`${NAME} ${type}`))[0]!)!)
      }
    }
    for (const hosts of Object.values(seen)) {
      expect(count(hosts)).toEqual(
        new Map([
          ['1', 2],
          ['2', 2],
        ]),
      )
    }
  })
})

describe('a turn that does not fit', () => {
  const members = Object.fromEntries(
    Array.from({ length: 40 }, (_, host) => [`m${host}`, `192.0.2.${host + 1}`]),
  )

  it.each(['rotate', 'weighted', 'random'] as const)(
    'has fewer records, and no TC: %s',
    (policy) => {
      const { ask } = serve({ members, answers: 40, policy })
      const { flags, octets, answer } = ask(`${NAME} A`)
      expect(flags).toBe('qr aa')
      expect(new Set(answer).size).toBe(answer.length)
      // Every record is 16 octets: one more would not have fit.
      expect(octets.length).toBeGreaterThan(512 - 16)
      expect(ask(`${NAME} A`, { tcp: true }).answer).toHaveLength(40)
    },
  )

  it('still leads with each member as often as any other', () => {
    const server = serve({ members, answers: 40, policy: 'rotate' })
    expect(new Set(leads(server, `${NAME} A`, 40)).size).toBe(40)
  })

  it('at the end of a chain has fewer records too', () => {
    const { ask } = authority(
      { 'example.test': `${ZONE}\nalias CNAME www\n` },
      { bindings: { [NAME]: { members, answers: 40 } } },
    )
    const { flags, answer } = ask('alias.example.test A')
    expect(flags).toBe('qr aa')
    expect(answer.length).toBeGreaterThan(20)
  })

  it('not even by one record sets TC', () => {
    const owner = [63, 63, 63, 48].map((size) => 'x'.repeat(size)).join('.')
    const v6 = Object.fromEntries(
      Array.from({ length: 9 }, (_, host) => [`m${host}`, { v6: `2001:db8::${host + 1}` }]),
    )
    const name = `${owner}.example.test`
    const long = authority(
      { 'example.test': `${ZONE}\nalias CNAME ${owner}\n` },
      { bindings: { [name]: { members: v6 } }, serverId: 'n'.repeat(180) },
    )
    const manner = { nsid: true, subnet: '2001:db8::1/128', payload: 512 }
    expect(long.ask(`${name} AAAA`, manner)).toMatchObject({ flags: 'qr aa tc', answer: [] })
    expect(long.ask(`${name} AAAA`, { ...manner, tcp: true }).answer).toHaveLength(8)
  })
})

describe('a policy of dice', () => {
  it('uses the dice it was given: the same seed rolls the same turns', () => {
    const roll = (seed: number) =>
      leads(
        authority(
          { 'example.test': ZONE },
          { bindings: { [NAME]: { members: WEIGHTED, policy: 'random' } }, seed },
        ),
        `${NAME} A`,
        50,
      )
    expect(roll(7)).toEqual(roll(7))
    expect(roll(7)).not.toEqual(roll(8))
  })
})

describe('a cursor', () => {
  it('walks on without a jump, wherever its resolver starts', () => {
    const cycle = 10
    for (const hash of [0, 1, -1, 0x7fffffff, HASH_OF_LAST_START]) {
      const cursors = createCursors()
      const turns = Array.from({ length: 30 }, () => stepCursor(cursors, 0, false, hash, cycle))
      expect(turns).toEqual(turns.map((_, step) => (turns[0]! + step) % cycle))
    }
  })

  it('stays within its cycle after any number of turns', () => {
    const cursors = createCursors()
    for (const turns of [2 ** 31 - 2, -(2 ** 31), -3]) {
      cursors.fill(turns)
      for (let step = 0; step < 8; step++) {
        const turn = stepCursor(cursors, 3, true, 12_345, 7)
        expect(turn).toBeGreaterThanOrEqual(0)
        expect(turn).toBeLessThan(7)
      }
    }
  })
})

/** The finaliser of MurmurHash3 undone; the factors are the inverses of its own modulo 2 ** 32. */
function unmix(value: number): number {
  let x = value ^ (value >>> 16)
  x = Math.imul(x, 0x7ed1b41d)
  x ^= (x >>> 13) ^ (x >>> 26)
  x = Math.imul(x, 0xa5cb9243)
  return x ^ (x >>> 16)
}
