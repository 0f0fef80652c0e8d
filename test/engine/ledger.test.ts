/**
 * Goal: whoever is in an answer is in the ledger, with the right time; and the number of networks
 * that may hold it is about right.
 * Method: random pools under every policy, pools in pools, and aliases that lead from one to the
 * next, asked at random moments. What the ledger says is compared with what the answers said. Then
 * seeded networks, a few and many.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createDice, roll } from '../../src/base/random.ts'
import type { Candidate, Lineup, Offer, Roster } from '../../src/balance/roster.ts'
import { answer } from '../../src/engine/answer.ts'
import { takeRoster } from '../../src/engine/engine.ts'
import { countResolvers, createLedger, readLedger } from '../../src/engine/ledger.ts'
import { createClient } from '../../src/engine/world.ts'
import { PAYLOAD_MAX } from '../../src/wire/edns.ts'
import { addresses, type Authority, authority, type Balanced } from '../support/authority.ts'
import type { Member } from '../support/authority.ts'
import { requestFor } from '../support/request.ts'

const TICK_MS = 250
const ZONE =
  '$TTL 60\n@ SOA ns1 hostmaster 1 7200 3600 1209600 60\n@ NS ns1\nns1 A 192.0.2.53\nc CNAME one'
const POLICIES = ['rotate', 'weighted', 'random', 'sticky'] as const
const NAMES = ['one', 'two', 'three']

describe('the ledger', () => {
  it('has everybody who is in an answer, until the last cache must let go', () => {
    fc.assert(
      fc.property(pools, fc.array(question, { minLength: 1, maxLength: 60 }), (bound, asked) => {
        const { site, cellOf, row } = siteOf(bound)
        const ttls = new Map(NAMES.map((name, index) => [name, bound[index]!.ttl!]))
        const lasts = new Map<number, number>()
        const untils = new Map<number, number>()
        let now = 1_000
        for (const { name, type, waitMs, from, change } of asked) {
          now += waitMs
          site.engine.moment[0] = now
          if (change !== undefined && NAMES.includes(name)) {
            const { roster } = numbered(site, name, cellOf)
            ttls.set(name, change)
            takeRoster(site.engine, NAMES.indexOf(name), { ...roster, ttl: change })
          }
          const { message } = site.ask(`${name}.example.test ${type}`, { from, edns: true })
          for (const { text, ttl } of message.answer) {
            const cell = cellOf.get(text)
            if (cell === undefined) continue
            lasts.set(cell, now)
            untils.set(cell, Math.max(untils.get(cell) ?? 0, now + ttl * 1_000))
          }
        }
        for (const cell of cellOf.values()) {
          const { lastMs, untilMs } = readLedger([row], cell)
          expect(lastMs - (lasts.get(cell) ?? 0)).toSatisfy(isRounding)
          expect(untilMs - (untils.get(cell) ?? 0)).toSatisfy(isRounding)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('goes by the longest TTL that was given, not by the last', () => {
    const { site, row, cellOf } = siteOf([{ members: { a: '192.0.2.1' }, ttl: 300 }])
    site.engine.moment[0] = 10_000
    site.ask('one.example.test A')
    const { roster } = numbered(site, 'one', cellOf)
    takeRoster(site.engine, 0, { ...roster, ttl: 5 })
    site.engine.moment[0] = 20_000
    site.ask('one.example.test A')
    expect(readLedger([row], 1)).toEqual({ lastMs: 20_000, untilMs: 310_000, ttlSeconds: 5 })
  })

  it('notes only those who fitted', () => {
    const members = Object.fromEntries(
      Array.from({ length: 60 }, (_, host) => [`m${host}`, `192.0.2.${host}`]),
    )
    const { site, row, cellOf } = siteOf([{ members, answers: 60, ttl: 30 }])
    site.engine.moment[0] = 1_000
    const told = addresses(site.ask('one.example.test A'))
    expect(told.length).toBeLessThan(60)
    const noted = [...cellOf].filter(([, cell]) => readLedger([row], cell).lastMs > 0)
    expect(noted.map(([address]) => address).sort()).toEqual(told.sort())
  })
})

describe('the networks that may hold an answer', () => {
  it('are one for all of a /24, or a /56', () => {
    const { site, row } = siteOf([{ members: { a: '192.0.2.1' }, ttl: 30 }])
    site.engine.moment[0] = 1_000
    for (let host = 0; host < 256; host++)
      site.ask('one.example.test A', { from: `203.0.113.${host}` })
    expect(countResolvers([row], 1, 1_000)).toBe(1)
    for (let host = 0; host < 64; host++) {
      site.ask('one.example.test A', { from: `2001:db8:0:${host.toString(16)}::1` })
    }
    expect(countResolvers([row], 1, 1_000)).toBe(2)
  })

  it('are forgotten when their time is over, without a sweep', () => {
    const { site, row } = siteOf([{ members: { a: '192.0.2.1' }, ttl: 30 }])
    site.engine.moment[0] = 1_000
    site.ask('one.example.test A', { from: '198.51.100.1' })
    site.engine.moment[0] = 11_000
    site.ask('one.example.test A', { from: '203.0.113.1' })
    expect(
      [11_000, 30_999, 31_000, 40_999, 41_000].map((now) => countResolvers([row], 1, now)),
    ).toEqual([2, 2, 1, 1, 0])
  })

  it('are one where several threads were asked', () => {
    const first = siteOf([{ members: { a: '192.0.2.1' }, ttl: 30 }])
    const second = siteOf([{ members: { a: '192.0.2.1' }, ttl: 60 }])
    for (const [number, { site }] of [first, second].entries()) {
      site.engine.moment[0] = 1_000 + number * 500
      site.ask('one.example.test A', { from: '198.51.100.1' })
    }
    const rows = [first.row, second.row]
    expect(readLedger(rows, 1)).toEqual({ lastMs: 1_500, untilMs: 61_500, ttlSeconds: 60 })
    expect(readLedger(rows.toReversed(), 1).untilMs).toBe(61_500)
    expect(countResolvers(rows, 1, 2_000)).toBe(1)
  })

  it('are counted exactly where they are few, mostly', () => {
    const right = Array.from({ length: 40 }, (_, seed) => estimateOf(3, seed))
    expect(right.filter((count) => count === 3).length).toBeGreaterThanOrEqual(34)
  })

  it.each([10, 41, 100, 300, 1_000, 4_000, 20_000, 100_000])('are about %i', (count) => {
    const trials = count > 10_000 ? 6 : 20
    const errors = Array.from({ length: trials }, (_, seed) => estimateOf(count, seed) / count - 1)
    const mean = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / trials)
    expect(mean).toBeLessThan(0.2)
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.5)
  })
})

const member: fc.Arbitrary<'host' | 'alias' | 'pool'> = fc.constantFrom(
  'host',
  'host',
  'alias',
  'pool',
)

/** Three pools, each with members of all kinds; aliases and pools lead from each to the next. */
const pools = fc
  .tuple(
    ...NAMES.map(() =>
      fc.record({
        policy: fc.constantFrom(...POLICIES),
        answers: fc.integer({ min: 1, max: 5 }),
        ttl: fc.integer({ min: 1, max: 90 }),
        kinds: fc.array(member, { minLength: 1, maxLength: 5 }),
        weights: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 5, maxLength: 5 }),
      }),
    ),
  )
  .map((drawn) =>
    drawn.map(({ kinds, weights, ...rest }, pool): Balanced => {
      const members = kinds.map((kind, place): [string, Member] => {
        const weight = weights[place]!
        const next = NAMES[pool + 1]
        if (kind === 'alias' && next)
          return [`m${place}`, { cname: `${next}.example.test`, weight }]
        const own = { v4: `192.0.${pool}.${place}`, v6: `2001:db8:${pool}::${place + 1}` }
        if (kind !== 'pool') return [`m${place}`, { ...own, weight }]
        const inner = { members: { x: own, y: `198.51.${pool}.${place}` }, policy: rest.policy }
        return [`m${place}`, { pool: inner, weight }]
      })
      return { ...rest, members: Object.fromEntries(members) }
    }),
  )

const question = fc.record({
  name: fc.constantFrom(...NAMES, 'c'),
  type: fc.constantFrom('A', 'A', 'AAAA', 'ANY', 'CNAME'),
  waitMs: fc.integer({ min: 0, max: 40_000 }),
  from: fc.constantFrom('198.51.100.1', '203.0.113.9', '2001:db8::1'),
  change: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
})

/** A site whose members have cells, and a row that they are noted in. */
function siteOf(bound: readonly Balanced[]) {
  const bindings = Object.fromEntries(
    bound.map((pool, index) => [`${NAMES[index]}.example.test`, pool]),
  )
  const site = authority({ 'example.test': ZONE }, { bindings })
  const row = createLedger(4_096)
  const engine = Object.assign(site.engine, { ledger: row })
  const cellOf = new Map<string, number>()
  for (const index of bound.keys()) {
    takeRoster(engine, index, numbered(site, NAMES[index]!, cellOf).roster)
  }
  return { site, row, cellOf }
}

/** The roster of a name, with a cell for each address and alias. */
function numbered(site: Authority, name: string, cellOf: Map<string, number>) {
  const cellFor = (text: string) => {
    if (!cellOf.has(text)) cellOf.set(text, cellOf.size + 1)
    return cellOf.get(text)!
  }
  const offer = (one: Offer): Offer => {
    if (one.kind === 'pool') return { ...one, lineup: lineup(one.lineup) }
    if (one.kind === 'alias') return { ...one, cell: 0 }
    return { ...one, cell: cellFor(textOf(one.octets)) }
  }
  const candidate = ({ v4, v6, ...rest }: Candidate): Candidate => ({
    ...{ ...rest, ...(v4 && { v4: offer(v4) }), ...(v6 && { v6: offer(v6) }) },
  })
  const lineup = (one: Lineup): Lineup => ({ ...one, candidates: one.candidates.map(candidate) })
  const before = site.engine.rosters[NAMES.indexOf(name)]!
  const roster: Roster = { ...before, lineup: lineup(before.lineup) }
  return { roster }
}

function textOf(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.')
  return `2001:db8${octets[5] === 0 ? '' : `:${octets[5]}`}::${octets[15]!.toString(16)}`
}

/** Times are noted in ticks, rounded up. */
function isRounding(difference: number): boolean {
  return difference >= 0 && difference < TICK_MS
}

/** What is made of so many networks, drawn with a seed. */
function estimateOf(count: number, seed: number): number {
  const { site, row } = siteOf([{ members: { a: '192.0.2.1' }, ttl: 30 }])
  site.engine.moment[0] = 1_000
  const dice = createDice(seed + 1)
  const seen = new Set<number>()
  const request = requestFor('one.example.test A')
  const client = createClient(false)
  const out = new Uint8Array(PAYLOAD_MAX)
  while (seen.size < count) {
    const network = roll(dice, 2 ** 24)
    if (seen.has(network)) continue
    seen.add(network)
    client.address.set([network >>> 16, (network >>> 8) & 0xff, network & 0xff, 53])
    answer(site.engine, request, request.length, client, out)
  }
  return countResolvers([row], 1, 1_000)
}
