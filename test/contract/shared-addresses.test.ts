/**
 * Goal: an address that several members have is one record of an answer (RFC 2181 §5), with the sum
 * of their shares, whatever the policy, in each family, and in pools within a pool too.
 * Method: members whose addresses are drawn from a few, so that many are shared; asked through the
 * engine, as a resolver would.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { POLICIES, type PolicyName, policyNamed } from '../../src/balance/policy.ts'
import { sumOf } from '../../src/balance/weights.ts'
import { takeRoster } from '../../src/engine/engine.ts'

import { addresses, authority, type Balanced, rosterOf } from '../support/authority.ts'

const ZONE = '@ 60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60\n'
const NAME = 'www.example.test'
const TYPES = { v4: 'A', v6: 'AAAA' } as const
const FAMILIES = ['v4', 'v6'] as const

interface Host {
  readonly weight: number
  readonly v4: number | undefined
  readonly v6: number | undefined
}

const FEW = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined })
const HOSTS: fc.Arbitrary<Host[]> = fc.array(
  fc.record({ weight: fc.integer({ min: 1, max: 4 }), v4: FEW, v6: FEW }),
  { minLength: 1, maxLength: 7 },
)
const ANSWERS = fc.integer({ min: 1, max: 6 })
const RUNS = { numRuns: 30 }

describe.each(POLICIES)('%s', (policy) => {
  const { draw } = policyNamed(policy)

  it('answers no address twice, and as many as there are to answer', () => {
    fc.assert(
      fc.property(HOSTS, HOSTS, ANSWERS, fc.boolean(), (hosts, others, answers, isNested) => {
        const own = poolOf(hosts, policy)
        const members = { one: { pool: own }, other: { pool: poolOf(others, policy) } }
        const pool: Balanced = isNested ? { policy, members } : own
        const server = serve({ ...pool, answers })
        for (const family of FAMILIES) {
          for (let turn = 0; turn < 12; turn++) {
            const drawn = server.turn(family, `198.51.${turn}.7`)
            expect(new Set(drawn).size).toBe(drawn.length)
            if (!isNested && (draw === 'by-client' || isLevel(own, family))) {
              expect(drawn).toHaveLength(Math.min(answers, dueIn(own, family).size))
            }
          }
        }
      }),
      RUNS,
    )
  })

  it.skipIf(draw === 'by-dice' || draw === 'by-client')('gives each the sum of its shares', () => {
    fc.assert(
      fc.property(HOSTS, ANSWERS, (hosts, answers) => {
        const pool = poolOf(hosts, policy)
        const server = serve({ ...pool, answers })
        for (const family of FAMILIES) {
          const due = dueIn(pool, family)
          const total = sumOf([...due.values()])
          if (total === 0) continue
          // A cycle in which others stand in for who is absent may go around many times.
          const all = sumOf(rosterOf(pool).lineup.candidates.map(({ weight }) => weight))
          const turns = Array.from({ length: total * all }, () => server.turn(family))
          for (const [address, weight] of due) {
            const led = turns.filter(([lead]) => lead === address).length
            const shares = turns.map((turn) => (turn.includes(address) ? 1 / turn.length : 0))
            expect(led).toBe(weight * all)
            expect(sumOf(shares)).toBeCloseTo(weight * all, 6)
          }
        }
      }),
      { numRuns: 15 },
    )
  })
})

describe('turns of an address that several have', () => {
  const A = '192.0.2.1'
  const B = '192.0.2.2'
  const members = {
    a: { v4: A, weight: 1 },
    b: { v4: B, weight: 4 },
    c: { v4: A, weight: 2 },
    d: { v4: '192.0.2.3', weight: 3 },
    e: { v4: B, weight: 2 },
  }

  it.each(POLICIES.flatMap((policy) => [1, 2].map((answers) => [policy, answers] as const)))(
    'are counted for each as its weight says: %s, %i answers',
    (policy, answers) => {
      const { candidates, ask, countOf } = countedServer({ policy, members, answers })
      const led = new Map<string, number>()
      for (let net = 0; net < 600; net++) {
        const lead = ask(`10.${net >> 8}.${net & 255}.1`)
        led.set(lead, (led.get(lead) ?? 0) + 1)
      }
      for (const [address, turns] of led) {
        const sharers = candidates.filter((one) => one.address === address)
        const total = sumOf(sharers.map(({ weight }) => weight))
        expect(sumOf(sharers.map(countOf))).toBe(turns)
        for (const one of sharers) {
          expect(Math.abs(countOf(one) - (turns * one.weight) / total)).toBeLessThan(1)
        }
      }
    },
  )
})

describe('by dice and by client', () => {
  const members = {
    a: { v4: '192.0.2.1', weight: 1 },
    b: { v4: '192.0.2.1', weight: 2 },
    c: { v4: '192.0.2.3', weight: 3 },
  }

  it.each(['random', 'sticky'] as const)(
    'an address leads as often as its members: %s',
    (policy) => {
      const server = serve({ policy, members, answers: 2 })
      const drawn = Array.from({ length: 3000 }, (_, net) =>
        server.turn('v4', `10.${net >> 8}.${net & 255}.1`),
      )
      const led = drawn.filter(([lead]) => lead === '192.0.2.1').length
      expect(led / drawn.length).toBeCloseTo(0.5, 1)
    },
  )

  it('a client stays where it was when a member with the same address goes', () => {
    const { b, c } = members
    const [before, after] = [
      serve({ policy: 'sticky', members }),
      serve({ policy: 'sticky', members: { b, c } }),
    ]
    for (let net = 0; net < 256; net++) {
      const from = `10.0.${net}.1`
      const [was, is] = [before.turn('v4', from)[0], after.turn('v4', from)[0]]
      if (was === '192.0.2.3') expect(is).toBe(was)
    }
  })
})

function poolOf(hosts: readonly Host[], policy: PolicyName): Balanced {
  const members = hosts.map(({ weight, v4, v6 }, at) => [
    `m${at}`,
    {
      weight,
      ...(v4 !== undefined && { v4: `192.0.2.${v4}` }),
      ...(v6 !== undefined && { v6: `2001:db8::${v6}` }),
    },
  ])
  return { policy, members: Object.fromEntries(members) }
}

/** What each address of a family is due: the weights of those who have it and take part. */
function dueIn(pool: Balanced, family: 'v4' | 'v6'): Map<string, number> {
  const due = new Map<string, number>()
  for (const { weight, [family]: offer } of rosterOf(pool).lineup.candidates) {
    if (offer?.kind !== 'address') continue
    const address = family === 'v4' ? offer.octets.join('.') : `2001:db8::${offer.octets.at(-1)}`
    due.set(address, (due.get(address) ?? 0) + weight)
  }
  return due
}

/** Whether all addresses are due the same: then every turn holds as many as there is room for. */
function isLevel(pool: Balanced, family: 'v4' | 'v6'): boolean {
  return new Set(dueIn(pool, family).values()).size === 1
}

/** The same with a cell for each member: whose turns are counted where. */
function countedServer(balanced: Balanced) {
  const server = authority({ 'example.test': ZONE }, { bindings: { [NAME]: balanced } })
  const { lineup, ttl } = rosterOf(balanced)
  const candidates = lineup.candidates.flatMap((candidate) => {
    const { index, v4 } = candidate
    if (v4?.kind !== 'address') return []
    return { ...candidate, v4: { ...v4, cell: index + 1 }, address: v4.octets.join('.') }
  })
  takeRoster(server.engine, 0, { lineup: { ...lineup, candidates }, ttl })
  return {
    candidates,
    ask: (from: string) => addresses(server.ask(`${NAME} A`, { from }))[0]!,
    countOf: ({ index }: { readonly index: number }) => server.engine.tally[index + 1],
  }
}

function serve(balanced: Balanced) {
  const server = authority({ 'example.test': ZONE }, { bindings: { [NAME]: balanced } })
  return {
    turn: (family: 'v4' | 'v6', from?: string) =>
      addresses(
        server.ask(`${NAME} ${TYPES[family]}`, { tcp: true, ...(from !== undefined && { from }) }),
      ),
  }
}
