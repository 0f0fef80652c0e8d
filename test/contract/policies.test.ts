/**
 * Goal: whatever the policy, a turn is a turn: of those who take part, nobody twice, no more than
 * was asked for, and somebody whenever there is somebody; shares are those of the weights, in each
 * family, whoever comes and goes; and both families begin with the same member where it has both.
 * Method: pools of random members, within each other too, asked through the engine, as a resolver
 * would. A policy is added to the list of policies and is held to all of this.
 *
 * What only one policy promises is tested beside the engine: who stays with whom (`sticky`), who is
 * near (`clients`), how fair dice are (`dice`).
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Contender } from '../../src/balance/contender.ts'
import { POLICIES, type PolicyName, policyNamed } from '../../src/balance/policy.ts'
import { LINEUP_DEPTH_MAX, type Lineup } from '../../src/balance/roster.ts'
import { smoothly } from '../../src/balance/schedule.ts'
import { inLowestTerms, sumOf } from '../../src/balance/weights.ts'

import { addresses, authority, type Balanced, type Member, rosterOf } from '../support/authority.ts'

const ZONE = '@ 60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60\n'
const NAME = 'www.example.test'

const WEIGHTS = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
  fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 }),
)
const ANSWERS = fc.integer({ min: 1, max: 12 })
const RUNS = { numRuns: 20 }

type Family = 'v4' | 'v6'
const FAMILIES: readonly Family[] = ['v4', 'v6']
const TYPES = { v4: 'A', v6: 'AAAA' }

/** A host in one family or in both; its number is the end of each of its addresses. */
interface Host {
  readonly weight: number
  readonly families: readonly Family[]
}

const HOST: fc.Arbitrary<Host> = fc.record({
  weight: fc.integer({ min: 1, max: 4 }),
  families: fc.constantFrom(['v4'], ['v6'], FAMILIES, FAMILIES, FAMILIES) as fc.Arbitrary<Family[]>,
})
const HOSTS = fc.array(HOST, { minLength: 1, maxLength: 5 })

describe.each(POLICIES)('%s', (policy) => {
  const { draw, lineUp, summary } = policyNamed(policy)

  it('says what it does, for help and documentation', () => {
    expect(summary).toMatch(/^[a-z].{10,80}[^.]$/)
  })

  it('lines up some of the eligible, in their order, and somebody if there is anybody', () => {
    const figure = fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined })
    const eligible = fc.array(
      fc.record({ tier: fc.nat(3), timeMs: figure, loadFigure: figure, before: fc.boolean() }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(eligible, fc.boolean(), (given, failBack) => {
        const all = given.map(contenderOf)
        const previous = all.filter((_, index) => given[index]!.before).map(({ name }) => name)
        const places = lineUp(all, previous, { failBack }).map((one) => all.indexOf(one))
        expect(places.length).toBeGreaterThan(0)
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
        expect(places).not.toContain(-1)
      }),
      RUNS,
    )
    expect(lineUp([], ['gone'])).toEqual([])
  })

  it('answers those alone who take part, nobody twice, and no more than was asked for', () => {
    fc.assert(
      fc.property(WEIGHTS, ANSWERS, (weights, answers) => {
        const hosts = weights.map((weight) => ({ weight, families: FAMILIES }))
        const server = serve(poolOf(hosts, policy, answers))
        for (const family of FAMILIES) {
          const allowed = partakers(poolOf(hosts, policy, answers), family)
          for (let turn = 0; turn < 6; turn++) {
            const drawn = server.turn(family)
            expect(new Set(drawn).size).toBe(drawn.length)
            for (const host of drawn) expect(allowed).toContain(host)
            expect(drawn.length).toBeGreaterThanOrEqual(1)
            expect(drawn.length).toBeLessThanOrEqual(Math.min(answers, allowed.length))
          }
        }
      }),
      RUNS,
    )
  })

  it('answers nobody where nobody is eligible', () => {
    const server = serve({ policy, members: {} })
    expect(FAMILIES.map((family) => server.turn(family))).toEqual([[], []])
  })

  it('answers from within one pool at a time, however deep it is', () => {
    fc.assert(
      fc.property(treeOf(policy), fc.integer({ min: 1, max: 4 }), (tree, answers) => {
        const { balanced, hosts, poolOfHost } = planted(tree)
        const server = serve({ ...balanced, answers })
        for (const family of FAMILIES) {
          const allowed = [...hosts].filter(([, host]) => host.families.includes(family))
          for (let turn = 0; turn < 8; turn++) {
            const drawn = server.turn(family)
            expect(drawn.length > 0).toBe(allowed.length > 0)
            expect(drawn.length).toBeLessThanOrEqual(answers)
            expect(new Set(drawn).size).toBe(drawn.length)
            for (const host of drawn) expect(hosts.get(host)!.families).toContain(family)
            expect(new Set(drawn.map((host) => poolOfHost.get(host))).size).toBeLessThanOrEqual(1)
          }
        }
      }),
      RUNS,
    )
  })

  it('draws the same turns from the same dice', () => {
    const turns = () => {
      const { turn } = serve(poolOf([3, 2, 1].map(inBoth), policy, 2), 5)
      return Array.from({ length: 20 }, () => turn('v4'))
    }
    expect(turns()).toEqual(turns())
  })

  describe.skipIf(draw === 'by-dice' || draw === 'by-client')('over a cycle', () => {
    it('gives exactly the shares, in each family, whoever comes and goes', () => {
      fc.assert(
        fc.property(
          fc.array(HOSTS, { minLength: 1, maxLength: 3 }),
          ANSWERS,
          (rosters, answers) => {
            const server = serve({ policy, members: {}, answers })
            for (const [stray, hosts] of rosters.entries()) {
              const pool = poolOf(hosts, policy, answers)
              server.change(pool)
              for (const family of FAMILIES) {
                for (let turn = 0; turn < stray * 3; turn++) server.turn(family)
                const { cycle, due } = dueIn(rosterOf(pool).lineup, family)
                const turns = Array.from({ length: cycle }, () => server.turn(family))
                expect(counts(turns.map(([lead]) => lead!))).toEqual(due)
                expect(sharesOfAny(turns)).toEqual(due)
              }
            }
          },
        ),
        { numRuns: 20 },
      )
    })

    it('gives exactly the product of the shares, where pools are within a pool', () => {
      const outer = fc.array(
        fc.record({ weight: fc.integer({ min: 1, max: 3 }), inner: WEIGHTS_OF_FEW }),
        { minLength: 1, maxLength: 3 },
      )
      fc.assert(
        fc.property(outer, (pools) => {
          const members = Object.fromEntries(
            pools.map(({ weight, inner }, at) => {
              const hosts = inner.map(inBoth)
              return [`p${at}`, { weight, pool: poolOf(hosts, policy, 1, at * 10) }]
            }),
          )
          const balanced: Balanced = { policy, members, answers: 1 }
          const server = serve(balanced)
          const { cycle, due } = dueIn(rosterOf(balanced).lineup, 'v4')
          const rounds = Object.values(members).reduce((product, { pool }) => {
            const { candidates } = rosterOf(pool).lineup
            return product * sumOf(candidates.map(({ weight }) => weight))
          }, 1)
          const turns = Array.from({ length: cycle * rounds }, () => server.turn('v4')[0]!)
          expect(counts(turns)).toEqual(
            new Map([...due].map(([host, share]) => [host, rounded(share * rounds)] as const)),
          )
        }),
        { numRuns: 10 },
      )
    })

    it('leads both families with the same member as often as its weight has both', () => {
      fc.assert(
        fc.property(HOSTS, ANSWERS, (hosts, answers) => {
          const pool = poolOf(hosts, policy, answers)
          const server = serve(pool)
          const { candidates } = rosterOf(pool).lineup
          const weights = candidates.length > 0 ? candidates.map(({ weight }) => weight) : [1]
          const reduced = inLowestTerms(weights)
          const inBothFamilies = sumOf(
            candidates.map(({ v4, v6 }, i) => (v4 && v6 ? reduced[i]! : 0)),
          )
          let together = 0
          for (let pair = 0; pair < sumOf(reduced); pair++) {
            const [v4, v6] = FAMILIES.map((family) => server.turn(family)[0])
            if (v4 === v6) together++
          }
          expect(together).toBeGreaterThanOrEqual(inBothFamilies)
        }),
        RUNS,
      )
    })
  })

  it.runIf(draw === 'by-client')('leads both families with one member, where it has both', () => {
    fc.assert(
      fc.property(HOSTS, fc.nat(255), (hosts, net) => {
        const server = serve(poolOf(hosts, policy, 1))
        const [v4, v6] = FAMILIES.map((family) => server.turn(family, `198.51.${net}.7`)[0])
        const hasBoth = [v4, v6].every((one) => hosts[one ?? -1]?.families.length === 2)
        if (hasBoth) expect(v4).toBe(v6)
      }),
      { numRuns: 100 },
    )
  })
})

const WEIGHTS_OF_FEW = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 })

function contenderOf(
  given: Partial<Record<'timeMs' | 'loadFigure', number | undefined>> & { tier: number },
  index: number,
): Contender {
  const { tier, timeMs, loadFigure } = given
  return {
    ...{ name: `m${index}`, index, weight: 1, tier },
    ...(timeMs !== undefined && { timeMs }),
    ...(loadFigure !== undefined && { loadFigure }),
  }
}

function inBoth(weight: number): Host {
  return { weight, families: FAMILIES }
}

/** A pool of hosts, numbered from `first`. */
function poolOf(
  hosts: readonly Host[],
  policy: PolicyName,
  answers: number,
  first = 0,
): Balanced & { answers: number } {
  const members = Object.fromEntries(
    hosts.map(({ weight, families }, at) => [
      `m${first + at}`,
      memberOf(first + at, weight, families),
    ]),
  )
  return { policy, members, answers }
}

function memberOf(host: number, weight: number, families: readonly Family[]): Member {
  return {
    weight,
    ...(families.includes('v4') && { v4: `192.0.${host >> 8}.${host & 255}` }),
    ...(families.includes('v6') && { v6: `2001:db8::${host.toString(16)}` }),
  }
}

/** The number of the host that has an address. */
function hostOf(address: string): number {
  if (address.includes(':')) return Number.parseInt(address.split('::')[1] || '0', 16)
  const [high, low] = address.split('.').slice(2).map(Number)
  return high! * 256 + low!
}

/** An authority for one pool; turns are numbers of hosts. */
function serve(balanced: Balanced, seed = 1) {
  const server = authority({ 'example.test': ZONE }, { bindings: { [NAME]: balanced }, seed })
  return {
    turn(this: void, family: Family, from?: string): number[] {
      const manner = { tcp: true, ...(from !== undefined && { from }) }
      return addresses(server.ask(`${NAME} ${TYPES[family]}`, manner)).map(hostOf)
    },
    change: (to: Balanced) => server.change(NAME, to),
  }
}

/** The hosts that take part in a family. */
function partakers(balanced: Balanced, family: Family): number[] {
  return [...hostsWithin(rosterOf(balanced).lineup, family).keys()]
}

/** How many turns a cycle of a family has, and how many of them each host is due. */
function dueIn({ candidates }: Lineup, family: Family) {
  const other = family === 'v4' ? 'v6' : 'v4'
  const either = candidates.filter((one) => one[family] ?? one[other])
  const present = [...either.keys()].filter((place) => either[place]![family])
  const due = new Map<number, number>()
  if (present.length === 0) return { cycle: 0, due }
  const weights = either.map(({ weight }) => weight)
  const cycle = smoothly(weights, present).startOf.length
  const total = sumOf(present.map((place) => weights[place]!))
  for (const place of present) {
    const offer = either[place]![family]!
    const share = (cycle * weights[place]!) / total
    if (offer.kind === 'address') due.set(lastOf(offer.octets), share)
    else if (offer.kind === 'pool') {
      for (const [host, part] of hostsWithin(offer.lineup, family)) due.set(host, share * part)
    }
  }
  return { cycle, due }
}

/** The hosts of a lineup with the part of its turns that each is due. */
function hostsWithin({ candidates }: Lineup, family: Family): Map<number, number> {
  const present = candidates.flatMap(({ weight, [family]: offer }) =>
    offer?.kind === 'address' ? [{ weight, host: lastOf(offer.octets) }] : [],
  )
  const total = sumOf(present.map(({ weight }) => weight))
  return new Map(present.map(({ weight, host }) => [host, weight / total]))
}

function lastOf(octets: Uint8Array): number {
  return octets.at(-2)! * 256 + octets.at(-1)!
}

function counts(hosts: readonly number[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const host of hosts) found.set(host, (found.get(host) ?? 0) + 1)
  return sorted(found)
}

/** How many turns' worth of records each host has, a record of a turn of k being 1/k. */
function sharesOfAny(turns: readonly (readonly number[])[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const turn of turns) {
    for (const host of turn) found.set(host, (found.get(host) ?? 0) + 1 / turn.length)
  }
  return sorted(new Map([...found].map(([host, share]) => [host, rounded(share)])))
}

/** Without what sums of fractions are off by. */
function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6
}

function sorted(map: Map<number, number>): Map<number, number> {
  return new Map([...map].sort(([a], [b]) => a - b))
}

/** A pool whose members are hosts or pools. */
interface Tree {
  readonly policy: PolicyName
  readonly members: readonly (Host | Tree)[]
}

/** Trees whose outermost pool has this policy, up to the greatest depth. */
function treeOf(policy: PolicyName): fc.Arbitrary<Tree> {
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.record(
      {
        policy: fc.constantFrom(...POLICIES),
        members: fc.array(
          fc.oneof({ depthIdentifier: 'pools', maxDepth: LINEUP_DEPTH_MAX - 1 }, HOST, tie('tree')),
          { minLength: 1, maxLength: 3 },
        ),
      },
      { noNullPrototype: true },
    ),
  }))
  return tree.map((made) => ({ ...made, policy }))
}

/** A tree as a pool, with who may be drawn from it and which pool each of them is directly in. */
function planted(tree: Tree) {
  const hosts = new Map<number, Host>()
  const poolOfHost = new Map<number, Tree>()
  const plant = (pool: Tree): Balanced => {
    const members: Record<string, Member> = {}
    for (const [at, member] of pool.members.entries()) {
      if ('members' in member) members[`m${at}`] = { pool: plant(member) }
      else {
        const host = hosts.size
        hosts.set(host, member)
        poolOfHost.set(host, pool)
        members[`m${at}`] = memberOf(host, member.weight, member.families)
      }
    }
    return { policy: pool.policy, members }
  }
  return { balanced: plant(tree), hosts, poolOfHost }
}
