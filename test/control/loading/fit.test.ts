/**
 * Goal: names and their zones agree, or the operator is told where they do not.
 * Method: the lines of a zone beside the YAML that balances its names; judged as `rota check` does.
 */

import { describe, expect, it } from 'vitest'

import { printAddress } from '../../../src/base/address.ts'
import { headline } from '../../../src/base/diagnostic.ts'
import { loadZones } from '../../../src/control/loading/load.ts'
import { configOf, zoneText } from '../configs.ts'

describe('a name that its zone cannot answer from a pool', () => {
  it.each([
    ['at a delegation', 'www', 'www IN NS ns.example.org.'],
    ['below a delegation', 'www.sub', '@ IN A 192.0.2.1\nsub IN NS ns.example.org.'],
    ['below a DNAME', 'www.sub', 'sub IN DNAME example.org.'],
  ])('is told: %s', (_, name, lines) => {
    expect(told(`${name}.example.test: { pool: web }`, lines)).toEqual([
      `rota.yaml:4:10: name "${name}.example.test" is at or below a delegation or a DNAME of zone example.test`,
    ])
  })

  it('is told: an alias already', () => {
    expect(told('www.example.test: { pool: web }', 'www IN CNAME ns1')).toEqual([
      'rota.yaml:4:10: name "www.example.test" is a CNAME in zone example.test; take out one or the other',
    ])
  })

  it('is told once, even where it has no pool either', () => {
    const names = 'www.example.test: , sub.example.test: '
    const found = told(names, 'www IN CNAME ns1', 'sub IN NS ns.example.org.')
    expect(found).toHaveLength(2)
    expect(found.join()).not.toContain('has no pool')
  })

  it('is every such name, each with its place', () => {
    const found = told(
      `
  alias.example.test: { pool: web },
  fine.example.test: { pool: web },
  cut.example.test: { pool: web },
  bare.example.test: ,
`,
      'alias IN CNAME ns1',
      'cut IN NS ns.example.org.',
    )
    expect(found.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'rota.yaml:5:3: name "alias.example.test"',
      'rota.yaml:7:3: name "cut.example.test"',
      'rota.yaml:8:3: name "bare.example.test"',
    ])
  })

  it('may be a DNAME itself: what is below it is elsewhere, and it is here', () => {
    expect(told('www.example.test: { pool: web }', 'www IN DNAME example.org.')).toEqual([])
  })
})

describe('a name without a pool', () => {
  it('has the A and AAAA of its zone file for members, in their order', () => {
    const { loaded } = judged("api.example.test: { policy: rotate }, '*.app.example.test': ", [
      'api IN A 192.0.2.2\napi IN A 192.0.2.1\napi IN AAAA 2001:db8::1',
      '*.app IN A 192.0.2.9',
    ])
    const members = loaded!.bindings.map(({ pool }) =>
      pool.members.map(
        ({ name, v4, v6, weight }) => `${name} ${printAddress((v4 ?? v6)!)} ${weight}`,
      ),
    )
    expect(members).toEqual([
      ['192.0.2.2 192.0.2.2 1', '192.0.2.1 192.0.2.1 1', '2001:db8::1 2001:db8::1 1'],
      ['192.0.2.9 192.0.2.9 1'],
    ])
  })

  it('is told where its zone file has no address for it', () => {
    const names = 'www.example.test: , ns1.example.test: , txt.example.test: '
    expect(told(names, 'txt IN TXT "no address"')).toEqual([
      'rota.yaml:4:10: name "www.example.test" has no pool, and no A or AAAA in zone example.test to be its members',
      'rota.yaml:4:50: name "txt.example.test" has no pool, and no A or AAAA in zone example.test to be its members',
    ])
  })

  it('cannot need more healthy members than it has addresses', () => {
    const name = 'api.example.test: { min_healthy: 2 }'
    const addresses = 'api IN A 192.0.2.1\napi IN AAAA 2001:db8::1'
    expect(told(name, addresses)).toEqual([
      'rota.yaml:4:10: name "api.example.test" has 1 address of one family in zone example.test, fewer than min_healthy 2',
    ])
    expect(told(name, addresses, 'api IN A 192.0.2.2')).toEqual([])
  })

  it('is held to the min_healthy of the defaults too; a share can always be had', () => {
    const names = 'ns1.example.test: , txt.example.test: { min_healthy: 100% }'
    const { diagnostics } = judged(names, ['txt IN A 192.0.2.1'], '{ min_healthy: 2 }')
    expect(diagnostics.map(headline)).toEqual([
      'rota.yaml:4:10: name "ns1.example.test" has 1 address in zone example.test, fewer than min_healthy 2',
    ])
  })

  it('has no more members than a pool may have', () => {
    const addresses = Array.from({ length: 257 }, (_, i) => `api IN AAAA 2001:db8::${i}`)
    expect(told('api.example.test: ', ...addresses)).toEqual([
      'rota.yaml:4:10: name "api.example.test" has 257 addresses in zone example.test; without a pool it takes 1–256',
    ])
    expect(told('api.example.test: ', ...addresses.slice(1))).toEqual([])
  })
})

describe('a name with a pool', () => {
  it('is told where its zone file has addresses of a family that the pool lacks', () => {
    const { loaded, diagnostics } = judged('www.example.test: { pool: web }', [
      'www IN A 192.0.2.1\nwww IN AAAA 2001:db8::1',
    ])
    expect(loaded).toBeDefined()
    expect(diagnostics.map(headline)).toEqual([
      'rota.yaml:4:10: warning: name "www.example.test" has AAAA in zone example.test that will not be answered: pool "web" has no v6 members',
    ])
    expect(told('www.example.test: { pool: web }', 'www IN A 192.0.2.1')).toEqual([])
  })

  it('needs no address in its zone', () => {
    expect(told('www.example.test: { pool: web }')).toEqual([])
  })
})

describe('a pool with an alias', () => {
  it('cannot stand at the apex of a zone', () => {
    expect(told('example.test: { pool: cdn }')).toEqual([
      'rota.yaml:4:10: name "example.test" is the apex of its zone, which cannot be an alias: member "c" of pool "cdn" (line 2) is one',
    ])
  })

  it('cannot stand beside other data, wherever it comes from', () => {
    const names =
      'a.example.test: { pool: top }, b.example.test: { pool: web, clients: [{ subnet: 192.0.2.0/24, pool: cdn }] }'
    expect(told(names, 'a IN SRV 0 0 80 ns1', 'b IN TXT "b"')).toEqual([
      'rota.yaml:4:10: name "a.example.test" has SRV in zone example.test, and member "c" of pool "cdn" (line 2) is an alias; an alias has no other data',
      'rota.yaml:4:41: name "b.example.test" has TXT in zone example.test, and member "c" of pool "cdn" (line 2) is an alias; an alias has no other data',
    ])
  })

  it('stands in for addresses of both families', () => {
    expect(told('www.example.test: { pool: top }', 'www IN A 192.0.2.1\nwww IN AAAA ::1')).toEqual(
      [],
    )
  })
})

describe('a name without a pool, with other turns for some clients', () => {
  it('has the same members for them', () => {
    const { loaded } = judged(
      'api.example.test: { clients: [{ subnet: 192.0.2.0/24, policy: random }] }',
      ['api IN A 192.0.2.1'],
    )
    const { bindings } = loaded!
    expect(bindings.map(({ pool }) => pool.members.length)).toEqual([1, 1])
    expect(bindings[0]!.pool).toBe(bindings[1]!.pool)
  })
})

describe('a zone that cannot be read whole', () => {
  it('is asked for no members', () => {
    const found = told('api.example.test: ', 'broken IN MX ten mail')
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('rota.yaml:6:')
  })
})

/** The headlines for a zone of these lines in which `names` are balanced. */
function told(names: string, ...lines: string[]): string[] {
  return judged(names, lines).diagnostics.map(headline)
}

function judged(names: string, lines: readonly string[], defaults = '') {
  const config = configOf(`zones: { example.test: example.test.zone }
pools: { web: { members: [192.0.2.1, 192.0.2.2] }, cdn: { min_healthy: 1, members: { c: { cname: cdn.example.org } } }, top: { min_healthy: 1, members: { a: { pool: cdn } } } }
defaults: ${defaults}
names: { ${names} }
`)
  const text = zoneText('example.test', ...lines)
  return loadZones({
    ...config,
    zones: config.zones.map((zone) => ({ ...zone, source: { text } })),
  })
}
