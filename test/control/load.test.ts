/**
 * Goal: what an operator wrote comes out as a world, or as everything that is wrong with it, at once.
 * Method: real files in a temporary folder, and diagnostics as they are printed.
 */

import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { printAddress } from '../../src/base/address.ts'
import { headline } from '../../src/base/diagnostic.ts'
import { load } from '../../src/control/load.ts'
import { written, zoneText } from './configs.ts'

const SOUND = `
zones: { example.test: example.test.zone }
pools: { web: { members: [192.0.2.1] } }
names: { www.example.test: { pool: web } }
`

describe('load', () => {
  it('gives zones and bindings where all is sound', () => {
    const { loaded, diagnostics } = loading({ 'rota.yaml': SOUND })
    expect(diagnostics).toEqual([])
    expect(loaded!.zones).toHaveLength(1)
    expect(loaded!.bindings.map(({ label }) => label)).toEqual(['web'])
  })

  it('says every fault of the configuration at once, and does not look at zones yet', () => {
    const { told } = loading({
      'rota.yaml': SOUND.replace('192.0.2.1', '192.0.2.256').replace(
        '{ pool: web }',
        '{ pol: web }',
      ),
      'example.test.zone': 'not a zone',
    })
    expect(told).toHaveLength(2)
    expect(told[0]).toMatch(/^rota\.yaml:3:\d+: .*192\.0\.2\.256/)
    expect(told[1]).toMatch(/^rota\.yaml:4:\d+: .*did you mean "pool"/)
  })

  it('says every fault of every zone at once', () => {
    const { told } = loading({
      'rota.yaml': SOUND.replace('zones: {', 'zones: { example.org: example.org.zone, '),
      'example.test.zone': zoneText('example.test', 'a IN A 192.0.2', 'b IN MX ten mail'),
      'example.org.zone': zoneText('example.org', 'c IN AAAA 192.0.2.1'),
    })
    const places = told.map((line) => line.split(': ')[0])
    expect(places).toEqual([
      'example.org.zone:6:11',
      'example.test.zone:6:8',
      'example.test.zone:7:9',
    ])
  })

  it('names the place in the configuration where a zone file cannot be read', () => {
    const { told } = loading({ 'rota.yaml': SOUND, 'example.test.zone': undefined })
    expect(told).toEqual([
      expect.stringMatching(
        /^rota\.yaml:2:\d+: zone file .*example\.test\.zone cannot be read: there is no such file$/,
      ),
    ])
  })

  it('says why the configuration itself cannot be read', () => {
    const { file } = written({})
    const { loaded, diagnostics } = load({ file })
    expect(loaded).toBeUndefined()
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'the configuration cannot be read: there is no such file; give one by --config, or a pool by --name and --member',
    ])
  })

  it('says so where the configuration is a folder', () => {
    const { file } = written({})
    mkdirSync(file)
    expect(load({ file }).diagnostics[0]!.message).toContain('it is a folder, not a file')
  })

  it.skipIf(process.getuid?.() === 0)('says so where it may not be read', () => {
    const { file } = written({ 'rota.yaml': SOUND })
    chmodSync(file, 0)
    expect(load({ file }).diagnostics[0]!.message).toContain('permission denied')
  })

  it('keeps warnings of the configuration and of the zones with a world that is sound', () => {
    const { loaded, told } = loading({
      'rota.yaml': SOUND.replace('names:', 'checks: { idle: { tcp: { port: 80 } } }\nnames:'),
      'example.test.zone': zoneText('example.test', 'a IN A 192.0.2.1', 'a IN A 192.0.2.1'),
    })
    expect(loaded).toBeDefined()
    expect(told).toHaveLength(2)
    expect(told.every((line) => line.includes('warning'))).toBe(true)
  })

  it('reads a pool from flags, with a zone made on the spot', () => {
    const { loaded } = load({ flags: { name: ['www.example.test'], member: ['192.0.2.1'] } })
    expect(loaded!.bindings.map(({ label }) => label)).toEqual(['pool'])
    expect(loaded!.zones).toHaveLength(1)
  })
})

describe('a name that its zone cannot answer from a pool', () => {
  it.each([
    ['at a delegation', 'www IN NS ns.example.org.'],
    ['below a delegation', '@ IN A 192.0.2.1\nsub IN NS ns.example.org.'],
    ['below a DNAME', 'sub IN DNAME example.org.'],
  ])('is told: %s', (where, lines) => {
    const name = where === 'at a delegation' ? 'www.example.test' : 'www.sub.example.test'
    const { told } = loading({
      'rota.yaml': SOUND.replace('www.example.test', name),
      'example.test.zone': zoneText('example.test', lines),
    })
    expect(told).toEqual([
      `rota.yaml:4:10: name ${name}. is at or below a delegation or a DNAME of its zone file`,
    ])
  })

  it('is told: an alias already', () => {
    const { told } = loading({
      'rota.yaml': SOUND,
      'example.test.zone': zoneText('example.test', 'www IN CNAME ns1'),
    })
    expect(told).toEqual([
      'rota.yaml:4:10: name www.example.test. is a CNAME in its zone file; take out one or the other',
    ])
  })

  it('is every such name, each with its place', () => {
    const { told } = loading({
      'rota.yaml': `
zones: { example.test: example.test.zone }
pools: { web: { members: [192.0.2.1] } }
names:
  alias.example.test: { pool: web }
  fine.example.test: { pool: web }
  cut.example.test: { pool: web }
  bare.example.test:
`,
      'example.test.zone': zoneText(
        'example.test',
        'alias IN CNAME ns1',
        'cut IN NS ns.example.org.',
      ),
    })
    expect(told.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'rota.yaml:5:3: name alias.example.test.',
      'rota.yaml:7:3: name cut.example.test.',
      'rota.yaml:8:3: name bare.example.test.',
    ])
  })
})

describe('a name without a pool', () => {
  const OWN = `
zones: { example.test: example.test.zone }
names: { api.example.test: { policy: rotate }, '*.app.example.test': }
`

  it('has the A and AAAA of its zone file for members, in their order', () => {
    const { loaded } = loading({
      'rota.yaml': OWN,
      'example.test.zone': zoneText(
        'example.test',
        'api IN A 192.0.2.2\napi IN A 192.0.2.1\napi IN AAAA 2001:db8::1',
        '*.app IN A 192.0.2.9',
      ),
    })
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
    const { told } = loading({
      'rota.yaml': OWN,
      'example.test.zone': zoneText('example.test', 'api IN TXT none', '*.app IN A 192.0.2.9'),
    })
    expect(told).toEqual([
      'rota.yaml:3:10: name api.example.test. has no pool, and its zone file has no A or AAAA for it; give it one',
    ])
  })
})

/** Loads files, a plain zone among them unless told otherwise; places are relative to the folder. */
function loading(files: Readonly<Record<string, string | undefined>>) {
  const all = { 'example.test.zone': zoneText('example.test', ''), ...files }
  const present = Object.entries(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const { file } = written(Object.fromEntries(present))
  const result = load({ file })
  const folder = join(file, '..', '/')
  return { ...result, told: result.diagnostics.map((one) => headline(one).replaceAll(folder, '')) }
}
