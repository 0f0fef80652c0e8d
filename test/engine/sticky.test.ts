/**
 * Goal: a client meets the same member for as long as that member takes part, whoever else comes or
 * goes; and with a bound on the load no single client can fill a member.
 * Method: twenty thousand subnets, asked before and after one member changes; one prefix that asks
 * for most of all turns; queries whose subnets are told, hidden, or none.
 */

import { describe, expect, it } from 'vitest'

import type { Stickiness } from '../../src/balance/roster.ts'

import { addresses, authority, type Balanced, type Member } from '../support/authority.ts'

const ZONE = '@ 60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60\n'
const NAME = 'www.example.test'
const SUBNETS = 20_000
const FIVE: Readonly<Record<string, Member>> = Object.fromEntries(
  [...'abcde'].map((name, index) => [
    name,
    { v4: `192.0.2.${index + 1}`, v6: `2001:db8::${index + 1}` },
  ]),
)

function serve(members: Readonly<Record<string, Member>>, more: Partial<Balanced> = {}) {
  const balanced: Balanced = { policy: 'sticky', answers: 1, members, ...more }
  return authority({ 'example.test': ZONE }, { bindings: { [NAME]: balanced } })
}

/** An address of each of many /24. */
const subnetOf = (subnet: number) => `10.${subnet >> 8}.${subnet & 255}.53`

/** The last digit of who leads, for each subnet. */
function homes(server: ReturnType<typeof serve>, type = 'A'): string[] {
  return Array.from({ length: SUBNETS }, (_, subnet) => {
    return addresses(server.ask(`${NAME} ${type}`, { from: subnetOf(subnet) }))[0]!.at(-1)!
  })
}

function shareOf(home: string, all: readonly string[]): number {
  return all.filter((other) => other === home).length / all.length
}

const { c: _, ...WITHOUT_C } = FIVE

describe('a client', () => {
  const before = homes(serve(FIVE))

  it('finds equal members equally often', () => {
    for (const home of '12345') expect(shareOf(home, before)).toBeCloseTo(0.2, 1)
  })

  it('moves only if its own member has gone, and then anywhere', () => {
    const after = homes(serve(WITHOUT_C))
    const moved = before.flatMap((home, subnet) => (home === after[subnet] ? [] : [subnet]))
    expect(moved).toEqual(before.flatMap((home, subnet) => (home === '3' ? [subnet] : [])))
    expect(moved.length / SUBNETS).toBeCloseTo(0.2, 1)
    for (const home of '1245') {
      expect(
        shareOf(
          home,
          moved.map((subnet) => after[subnet]!),
        ),
      ).toBeCloseTo(0.25, 1)
    }
  })

  it('moves only to a member that has come, if at all', () => {
    const fewer = homes(serve(WITHOUT_C))
    for (const [subnet, home] of before.entries()) {
      if (home !== fewer[subnet]) expect(home).toBe('3')
    }
  })

  it('stays where members change their order, or their addresses', () => {
    const turned = Object.fromEntries(Object.entries(FIVE).toReversed())
    expect(homes(serve(turned))).toEqual(before)
  })

  it('meets the same member first in both families', () => {
    expect(homes(serve(FIVE), 'AAAA')).toEqual(before)
  })

  it('stays, in the family that has its member, where another is missing in one', () => {
    const members = { ...FIVE, c: { v6: '2001:db8::3' } }
    const server = serve(members)
    expect(homes(server, 'AAAA')).toEqual(before)
    for (const [subnet, home] of homes(server).entries()) {
      if (before[subnet] !== '3') expect(home).toBe(before[subnet])
    }
  })

  it('finds members in proportion to their weights, and follows them as weights change', () => {
    const weigh = (weight: number) => ({ ...FIVE, a: { v4: '192.0.2.1', weight } })
    const heavy = homes(serve(weigh(4)))
    expect(shareOf('1', heavy)).toBeCloseTo(0.5, 1)
    for (const [subnet, home] of heavy.entries()) {
      if (home !== '1') expect(home).toBe(before[subnet])
    }
  })

  it('is its /24, or its /56, and no longer part of its address', () => {
    const server = serve(FIVE)
    const of = (from: string) => addresses(server.ask(`${NAME} A`, { from }))[0]
    for (let net = 0; net < 50; net++) {
      expect(of(`198.51.${net}.1`)).toBe(of(`198.51.${net}.254`))
      expect(of(`2001:db8:0:${net}00::1`)).toBe(of(`2001:db8:0:${net}ff:1::2`))
    }
    expect(new Set(Array.from({ length: 50 }, (_, net) => of(`198.51.${net}.1`))).size).toBe(5)
    expect(new Set(Array.from({ length: 50 }, (_, net) => of(`2001:db8:0:${net}00::1`))).size).toBe(
      5,
    )
  })

  it('has as much of its address as is asked for', () => {
    const server = serve(FIVE, { sticky: { v4Prefix: 32, v6Prefix: 128 } })
    const of = (from: string) => addresses(server.ask(`${NAME} A`, { from }))[0]
    const hosts = Array.from({ length: 60 }, (_, host) => host)
    expect(new Set(hosts.map((host) => of(`198.51.100.${host}`))).size).toBe(5)
    expect(new Set(hosts.map((host) => of(`2001:db8::${host}`))).size).toBe(5)
  })

  it('is shared by the members of a pool within a pool, though all be called alike', () => {
    const { a, b, c, d } = FIVE
    const half = (one: Member, other: Member): Member => ({
      pool: { policy: 'sticky', members: { a: one, b: other } },
    })
    const members = { a: half(a!, b!), b: half(c!, d!) }
    const inner = homes(serve(members))
    for (const home of '1234') expect(shareOf(home, inner)).toBeCloseTo(0.25, 1)
    expect(homes(serve(Object.fromEntries(Object.entries(members).toReversed())))).toEqual(inner)
  })

  it('gets the members that would follow, in their order, where it may have several', () => {
    const server = serve(FIVE, { answers: 3 })
    const less = serve(WITHOUT_C, { answers: 3 })
    for (let subnet = 0; subnet < 200; subnet++) {
      const manner = { from: subnetOf(subnet) }
      const turn = addresses(server.ask(`${NAME} A`, manner))
      expect(new Set(turn).size).toBe(3)
      const left = turn.filter((one) => one !== '192.0.2.3')
      expect(addresses(less.ask(`${NAME} A`, manner)).slice(0, left.length)).toEqual(left)
    }
  })
})

describe('a bound on the load', () => {
  const { e: __, ...FOUR } = FIVE
  const BOUNDED: Stickiness = { v4Prefix: 24, v6Prefix: 56, loadBound: 1.25 }
  const TURNS = 30_000

  /** The share of each member where one prefix asks for 60 % of all turns. */
  function sharesWith(sticky: Stickiness, members: Readonly<Record<string, Member>> = FOUR) {
    const server = serve(members, { sticky })
    const counts = new Map<string, number>()
    for (let turn = 0; turn < TURNS; turn++) {
      const from = turn % 5 < 3 ? '203.0.113.9' : subnetOf(turn % 4001)
      const [lead] = addresses(server.ask(`${NAME} A`, { from }))
      counts.set(lead!, (counts.get(lead!) ?? 0) + 1)
    }
    return new Map([...counts].map(([lead, count]) => [lead.at(-1)!, count / TURNS]))
  }

  it('keeps every member below it, though one prefix asks for most of all turns', () => {
    const shares = sharesWith(BOUNDED)
    for (const share of shares.values()) expect(share).toBeLessThan(1.26 / 4)
    expect(Math.max(...shares.values())).toBeGreaterThan(1.2 / 4)
  })

  it('is what keeps them so', () => {
    const { loadBound: ___, ...unbounded } = BOUNDED
    expect(Math.max(...sharesWith(unbounded).values())).toBeGreaterThan(0.6)
  })

  it('is of the fair share that the weight gives', () => {
    const shares = sharesWith(BOUNDED, { ...FOUR, a: { v4: '192.0.2.1', weight: 5 } })
    expect(shares.get('1')).toBeLessThan((1.26 * 5) / 8)
    for (const other of '234') expect(shares.get(other)).toBeLessThan(1.26 / 8)
  })

  it('holds where more members must help than a ranking keeps', () => {
    const members = Object.fromEntries(
      Array.from({ length: 40 }, (_, host) => [`m${host}`, `192.0.2.${host + 100}`]),
    )
    const server = serve(members, { sticky: BOUNDED })
    const counts = new Map<string, number>()
    for (let turn = 0; turn < 20_000; turn++) {
      const [lead] = addresses(server.ask(`${NAME} A`))
      counts.set(lead!, (counts.get(lead!) ?? 0) + 1)
    }
    expect(Math.max(...counts.values())).toBeLessThan((1.27 * 20_000) / 40)
  })

  it('lets the rest of the clients be: most keep the member that they had', () => {
    const server = serve(FOUR, { sticky: { ...BOUNDED, loadBound: 2 } })
    const before = homes(serve(FOUR))
    const after = homes(server)
    const kept = after.filter((home, subnet) => home === before[subnet]).length
    expect(kept / SUBNETS).toBeGreaterThan(0.95)
  })

  it('is of the turns of late: who was spared for long does not make up for it at once', () => {
    const server = serve(FOUR, { sticky: BOUNDED })
    const lead = (from: string) => addresses(server.ask(`${NAME} A`, { from }))[0]!
    const long = Array.from({ length: 50_000 }, () => lead('10.0.0.1'))
    const times = (home: string, all: readonly string[]) => all.filter((one) => one === home).length
    const spared = [...new Set(long)].reduce((a, b) => (times(a, long) < times(b, long) ? a : b))
    const its = Array.from({ length: 99 }, (_, net) => `10.9.${net}.1`).find(
      (from) => addresses(serve(FOUR).ask(`${NAME} A`, { from }))[0] === spared,
    )!
    const after = Array.from({ length: 10_000 }, () => lead(its))
    expect(times(spared, after) / after.length).toBeLessThan(0.9)
  })
})
