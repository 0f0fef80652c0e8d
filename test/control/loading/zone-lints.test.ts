/**
 * Goal: slips between a configuration and its zones are told before they are an outage.
 * Method: YAML and the lines of a zone, judged as `rota check` judges them.
 */

import { describe, expect, it } from 'vitest'

import { headline } from '../../../src/base/diagnostic.ts'
import { loadZones } from '../../../src/control/loading/load.ts'
import { configOf, zoneText } from '../configs.ts'

const POOL = `checks: { c: { http: , interval: 2s, timeout: 1s } }
pools: { web: { check: c, ttl: 5, when_all_down: nodata, members: [192.0.2.1, 192.0.2.2] } }`

describe('a name', () => {
  it('that is a name server of its zone is told so', () => {
    expect(
      told(`${POOL}\nnames: { www.example.test: , ns1.example.test: { pool: web } }`, [
        'www A 192.0.2.1',
      ]),
    ).toEqual([
      'rota.yaml:4:30: warning: name "ns1.example.test" is a name server of zone example.test: its addresses would come and go with health, beside those that the parent zone has',
    ])
  })

  it('with one address, and a check that changes nothing, is told so', () => {
    const names =
      'names: { a.example.test: { check: { http: } }, b.example.test: { check: { http: } } }'
    expect(told(names, ['a A 192.0.2.1', 'b A 192.0.2.1', 'b A 192.0.2.2'])).toEqual([
      'rota.yaml:2:10: warning: name "a.example.test" has one address in its zone, and when_all_down answers it all the same: the check changes nothing; add an address, or write what is answered instead',
    ])
  })
})

describe('an answer without data', () => {
  const NAMES = 'names: { a.example.test: { pool: web }, b.example.test: { pool: web } }'

  it('that caches keep for longer than a failover takes is told of, once for the zone', () => {
    expect(told(`${POOL}\n${NAMES}`, [], 300)).toEqual([
      'rota.yaml:4:10: warning: name "a.example.test" may be answered nodata, which caches keep for 300 s by the SOA of zone example.test, longer than its failover of 10.5 s; lower MINIMUM, the SOA\'s last number',
    ])
  })

  it('that is soon forgotten, or never given, is not', () => {
    expect(told(`${POOL}\n${NAMES}`, [], 10)).toEqual([])
    expect(told(`${POOL.replace('nodata', '[all, nodata]')}\n${NAMES}`, [], 300)).toEqual([])
    expect(told(`${POOL.replace('nodata', 'all')}\n${NAMES}`, [], 300)).toEqual([])
  })
})

function told(yaml: string, lines: readonly string[], minimum = 10): string[] {
  const config = configOf(`zones: { example.test: example.test.zone }\n${yaml}`)
  const text = zoneText('example.test', ...lines).replace(
    '3600 600 604800 10',
    `3600 600 604800 ${minimum}`,
  )
  return loadZones({
    ...config,
    zones: config.zones.map((zone) => ({ ...zone, source: { text } })),
  }).diagnostics.map(headline)
}
