/**
 * Goal: a configuration and its zones agree, or are told where they do not.
 * Method: the zone is given as text beside the YAML; the real file of the quick start by its path.
 */

import { resolve } from 'node:path'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { headline } from '../../src/base/diagnostic.ts'
import { configFromFlags } from '../../src/config/command-line.ts'
import { readConfig } from '../../src/config/read.ts'
import { checkZones } from '../../src/config/zones.ts'
import { configOf, FILE, withZone } from './support.ts'

const APEX = `$TTL 30
@ IN SOA ns hostmaster 1 3600 600 604800 10
@ IN NS ns
ns IN A 192.0.2.53
`

describe('checkZones', () => {
  it('has nothing against the quick start', () => {
    const file = resolve(import.meta.dirname, '../../zones/rota.yaml')
    const { config } = readConfig(readFileSync(file, 'utf8'), file)
    expect(config && checkZones(config)).toEqual([])
  })

  it('has nothing against a zone that was made for flags', () => {
    const names = ['www.example.test', '*.app.example.test', 'example.test']
    const members = ['192.0.2.1', '2001:db8::1']
    const reading = configFromFlags({ name: names, zone: 'example.test', member: members })
    expect(reading.config && checkZones(reading.config)).toEqual([])
  })

  it('misses the members of a name that has neither a pool nor addresses', () => {
    expect(told('names: { www.example.test: , ns.example.test: , txt.example.test: }')).toEqual([
      `${FILE}:2:10: name "www.example.test" has no pool, and no A or AAAA in zone example.test to be its members`,
      `${FILE}:2:49: name "txt.example.test" has no pool, and no A or AAAA in zone example.test to be its members`,
    ])
  })

  it('does not ask addresses of a zone for a name that has a pool', () => {
    const yaml = 'pools: { p: { members: [192.0.2.1] } }\nnames: { www.example.test: { pool: p } }'
    expect(told(yaml)).toEqual([])
  })

  it('passes on what is wrong with a zone, and asks no more of it', () => {
    const found = told('names: { www.example.test: }', '@ IN SOA ns hostmaster 1 2 3\n')
    expect(found.length).toBeGreaterThan(0)
    expect(found.join()).not.toContain('has no pool')
  })

  it('shows a zone file that is not there where the configuration names it', () => {
    const config = configOf(withZone('workers: 1'))
    expect(checkZones(config).map(headline)).toEqual([
      `${FILE}:1:10: zone file /etc/rota/example.test.zone cannot be read: there is no such file`,
    ])
  })
})

/** The headlines for a configuration whose only zone is `text`. */
function told(yaml: string, text = `${APEX}txt IN TXT "no address"\n`): string[] {
  const config = configOf(withZone(yaml))
  const zones = config.zones.map((zone) => ({ ...zone, source: { text } }))
  return checkZones({ ...config, zones }).map(headline)
}
