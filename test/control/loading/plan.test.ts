/**
 * Goal: names share a binding where they may, never where they differ, and stand in the right zone.
 * Method: configurations as YAML; zone files are not looked at.
 */

import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../../src/base/address.ts'
import { findPrefix } from '../../../src/base/prefix-map.ts'
import { printName } from '../../../src/wire/name.ts'
import { planOf } from '../../../src/control/loading/plan.ts'
import { configOf } from '../configs.ts'

const POOLS = `
zones: { example.test: a.zone, sub.example.test: b.zone, example.org: c.zone }
pools:
  web: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 2 }, b: 192.0.2.2 } }
  www.example.test.: { members: [192.0.2.3] }
  cdn: { members: { far: { cname: www.example.net } } }
`

describe('bindings', () => {
  it('are shared by names with the same pool, answers and TTL, in whatever zone', () => {
    expect(
      bindingsOf(`
  www.example.test: { pool: web, answers: 1 }
  shop.example.org: { pool: web, answers: 1 }
  '*.app.example.test': { pool: web, answers: 1 }`),
    ).toEqual(['web weighted 1 30/5: www.example.test. shop.example.org. *.app.example.test.'])
  })

  it('are apart where answers or TTL differ', () => {
    expect(
      bindingsOf(`
  www.example.test: { pool: web }
  one.example.test: { pool: web, answers: 1 }
  short.example.test: { pool: web, ttl: 10/5 }
  shorter.example.test: { pool: web, ttl: 10/2 }`),
    ).toEqual([
      'web weighted 8 30/5: www.example.test.',
      'web weighted 1 30/5: one.example.test.',
      'web weighted 8 10/5: short.example.test.',
      'web weighted 8 10/2: shorter.example.test.',
    ])
  })

  it('are apart for names without a pool, each of which is its own', () => {
    const bindings = bindingsOf(`
  a.example.test: { policy: random }
  b.example.test: { policy: random }`)
    expect(bindings).toEqual([
      'a.example.test random 8 30/5: a.example.test.',
      'b.example.test random 8 30/5: b.example.test.',
    ])
  })

  it('of a pool that is called like a name are not those of the name', () => {
    expect(
      bindingsOf(`
  other.example.test: { pool: www.example.test. }
  www.example.test:`),
    ).toEqual([
      'www.example.test. rotate 8 30/5: other.example.test.',
      'www.example.test rotate 8 30/5: www.example.test.',
    ])
  })

  it('keep one pool in memory, however many of them draw from it', () => {
    const { bindings } = planned(`
  www.example.test: { pool: web }
  one.example.test: { pool: web, answers: 1 }`)
    expect(bindings[0]!.pool).toBe(bindings[1]!.pool)
  })
})

describe('clients', () => {
  const NAMES = `
  www.example.test:
    pool: web
    clients:
      - { subnet: 192.0.2.64/26, pool: www.example.test. }
      - { subnet: [192.0.2.0/24, "2001:db8::/32"], policy: random }
  plain.example.test: { pool: www.example.test. }
  same.example.org:
    pool: web
    clients:
      - { subnet: 192.0.2.64/26, pool: www.example.test. }
      - { subnet: [192.0.2.0/24, "2001:db8::/32"], policy: random }`

  it('of some networks have bindings of their own, which others share', () => {
    expect(bindingsOf(NAMES)).toEqual([
      'www.example.test. rotate 8 30/5: plain.example.test.',
      'web random 8 30/5: ',
      'web weighted 8 30/5: www.example.test. same.example.org.',
    ])
  })

  it('are found by the first rule that holds them, and else have that of the name', () => {
    const { bindings, bindingOfName } = planned(NAMES)
    const { clients } = bindings[bindingOfName[0]!]!
    const answering = (address: string) => {
      const octets = parseAddress(address)!
      return findPrefix(clients!, octets, octets.length === 16)
    }
    const addresses = ['192.0.2.65', '192.0.2.1', '192.0.3.1', '2001:db8::1', '::1']
    expect(addresses.map(answering)).toEqual([0, 1, 2, 1, 2])
  })

  it('may have their policy where the members are those of the zone file', () => {
    const { bindings } = planned(`
  api.example.test: { clients: [{ subnet: 192.0.2.0/24, policy: random }] }`)
    expect(bindings.map(({ policy }) => policy)).toEqual(['random', undefined])
    expect(bindings[0]!.pool).toBe(bindings[1]!.pool)
  })
})

describe('pools', () => {
  it('are those that names lead to, through members and ladders too', () => {
    const { pools } = planOf(
      configOf(`
zones: { example.test: a.zone }
pools:
  unused: { members: [192.0.2.9] }
  top: { when_all_down: [pool: sorry, all], members: { a: { pool: child } } }
  sorry: { members: [192.0.2.1] }
  child: { members: [192.0.2.2] }
names: { www.example.test: { pool: top } }`),
    )
    expect([...pools.keys()]).toEqual(['top', 'sorry', 'child'])
  })
})

describe('zones', () => {
  it('have the names that no zone below them has', () => {
    const { boundNames } = planned(`
  example.test: { pool: web }
  www.sub.example.test: { pool: web }
  sub.example.test: { pool: web }
  www.subs.example.test: { pool: web }
  www.example.org: { pool: web }`)
    expect(boundNames.map((names) => names.map(({ name }) => printName(name)))).toEqual([
      ['example.test.', 'www.subs.example.test.'],
      ['www.sub.example.test.', 'sub.example.test.'],
      ['www.example.org.'],
    ])
  })

  it('know their names by the number of the binding', () => {
    const { boundNames } = planned(`
  www.example.test: { pool: web }
  one.example.org: { pool: web, answers: 1 }
  www.example.org: { pool: web }`)
    const numbers = boundNames.map((names) => names.map(({ binding }) => binding))
    expect(numbers).toEqual([[0], [], [1, 0]])
  })
})

describe('a binding', () => {
  it('may answer an alias where its pool or one of its clients has one', () => {
    const { bindings, bindingOfName } = planned(`
  www.example.test: { pool: web }
  far.example.test: { pool: cdn }
  one.example.test: { pool: web, clients: [{ subnet: 192.0.2.0/24, pool: cdn }] }`)
    const may = bindingOfName.map((number) => bindings[number]!.mayAlias)
    expect(may).toEqual([undefined, true, true])
  })
})

function planned(names: string) {
  return planOf(configOf(`${POOLS}names:${names}\n`))
}

/** Each binding as `pool policy answers ttl: names`. */
function bindingsOf(names: string): string[] {
  const config = configOf(`${POOLS}names:${names}\n`)
  const { bindings, boundNames } = planOf(config)
  const order = config.names.map(({ name }) => printName(name))
  return bindings.map(({ label, pool, policy, answers, ttl }, number) => {
    const bound = boundNames.flat().filter(({ binding }) => binding === number)
    const texts = bound.map(({ name }) => printName(name))
    const sorted = texts.sort((a, b) => order.indexOf(a) - order.indexOf(b))
    return `${label} ${policy ?? pool.policy} ${answers} ${ttl.max}/${ttl.min}: ${sorted.join(' ')}`
  })
}
