/**
 * Goal: what an operator wrote comes out as a world, or as everything that is wrong with it, at once.
 * Method: real files in a temporary folder, and diagnostics as they are printed.
 */

import { chmodSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../../src/base/address.ts'
import { headline } from '../../../src/base/diagnostic.ts'
import { findPrefix } from '../../../src/base/prefix-map.ts'
import { load } from '../../../src/control/loading/load.ts'
import { written, zoneText } from '../configs.ts'

const SOUND = `
zones: { example.test: example.test.zone }
pools: { web: { members: [192.0.2.1] } }
names: { www.example.test: { pool: web } }
`

const QUICK_START = '../../../zones/rota.yaml'

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
    const names = ['www.example.test', '*.app.example.test', 'example.test']
    const members = ['192.0.2.1', '2001:db8::1']
    const { loaded, diagnostics } = load({
      flags: { name: names, zone: 'example.test', member: members },
    })
    expect(diagnostics).toEqual([])
    expect(loaded!.bindings.map(({ label }) => label)).toEqual(['pool'])
    expect(loaded!.zones).toHaveLength(1)
  })

  it('has nothing against the quick start', () => {
    const { loaded, diagnostics } = load({ file: resolve(import.meta.dirname, QUICK_START) })
    expect(diagnostics).toEqual([])
    expect(loaded).toBeDefined()
  })
})

const NEAREST = `
zones: { example.test: example.test.zone }
maps: { offices: { file: offices.map } }
pools:
  web:
    policy: nearest
    map: offices
    members: { b: { v4: 192.0.2.1, near: berlin }, o: { v4: 192.0.2.2, near: oslo } }
names: { www.example.test: { pool: web } }
`

describe('maps', () => {
  it('say who is near to whom, for each pool that is drawn by place', () => {
    const { loaded, told } = loading({
      'rota.yaml': NEAREST,
      'offices.map': '198.51.100.0/24 berlin\n203.0.113.0/24 oslo\n',
    })
    expect(told).toEqual([])
    const { map, ranks, width } = loaded!.nearness[loaded!.nearnessOf.get('web')!]!
    const rowOf = (address: string) => {
      const at = findPrefix(map, parseAddress(address)!, false) * width
      return [...ranks.subarray(at, at + width)]
    }
    expect([rowOf('198.51.100.7'), rowOf('203.0.113.7')]).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('are read where some clients alone are drawn so', () => {
    const { loaded } = loading({
      'rota.yaml': NEAREST.replace('policy: nearest', 'policy: rotate').replace(
        '{ pool: web }',
        '{ pool: web, clients: [{ subnet: 192.0.2.0/24, policy: nearest }] }',
      ),
      'offices.map': '198.51.100.0/24 berlin\n203.0.113.0/24 oslo\n',
    })
    expect(loaded!.nearness).toHaveLength(1)
  })

  it('are told of where they cannot be read', () => {
    const { loaded, told } = loading({ 'rota.yaml': NEAREST })
    expect(loaded).toBeUndefined()
    expect(told).toEqual([
      expect.stringMatching(/^rota\.yaml:3:9: map .*offices\.map cannot be read/),
    ])
  })

  it('without a label that a member is near to are told of', () => {
    const { told } = loading({
      'rota.yaml': NEAREST.replace('near: oslo', 'near: olso'),
      'offices.map': '198.51.100.0/24 berlin\n203.0.113.0/24 oslo\n',
    })
    expect(told).toEqual([
      'rota.yaml:8:52: warning: pool "web": member "o" is near "olso", which no line of map "offices" has; did you mean "oslo"?',
    ])
  })
})

describe('the secret of a webhook', () => {
  const yaml = `${SOUND}webhooks: [{ url: "https://example.org/", secret_file: hook.secret }]\n`

  it('is there, and is long enough not to be guessed', () => {
    expect(loading({ 'rota.yaml': yaml, 'hook.secret': 'sixteen octets !\n' }).told).toEqual([])
    expect(loading({ 'rota.yaml': yaml }).told).toEqual([
      'rota.yaml:5:56: webhooks: secret_file: hook.secret cannot be read: there is no such file',
    ])
    expect(loading({ 'rota.yaml': yaml, 'hook.secret': 'fifteen octets!\r\n' }).told).toEqual([
      'rota.yaml:5:56: webhooks: secret_file: hook.secret has 15 octets; a secret has 16–4096',
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
