/**
 * Goal: a right file becomes the Config that it says, complete.
 * Method: the file of the design as a whole, then each default and each short form by itself.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../src/base/address.ts'
import { showName } from '../../src/config/values/names.ts'
import { readConfig } from '../../src/config/read.ts'
import { checkOf, configOf, FILE, messagesOf, withZone } from './support.ts'

const WHOLE = `listen:
  dns: ["127.0.0.1:5300", "[::1]:5300"]
  http: "127.0.0.1:8053"
workers: 2
state: ./state
server_id: lab-1
zones:
  example.test: example.test.zone
defaults: { ttl: 20/4, answers: 6, min_healthy: "50%", when_all_down: [nodata] }
checks:
  web: { http: { port: 8080, path: /healthz, expect: 200-299 }, interval: 2s, timeout: 1s, fall: 4 }
pools:
  web:
    check: web
    policy: weighted
    members:
      a: { v4: 192.0.2.1, weight: 5 }
      b: { v4: 192.0.2.2, v6: "2001:db8::2", weight: 3 }
      c: 192.0.2.3
names:
  www.example.test: { pool: web, answers: 1 }
  mail.example.test: { check: { tcp: { port: 25 } }, min_healthy: 2 }
`

const WEB = {
  name: 'web',
  probe: {
    kind: 'http',
    port: 8080,
    path: '/healthz',
    expect: [{ from: 200, to: 299 }],
    verify: true,
  },
  intervalMs: 2000,
  fastIntervalMs: 1000,
  timeoutMs: 1000,
  rise: 2,
  fall: 4,
}

describe('a whole file', () => {
  const config = configOf(WHOLE)

  it('says where to listen, what to keep and who it is', () => {
    expect(config).toMatchObject({
      file: FILE,
      listen: {
        dns: [
          { address: '127.0.0.1', port: 5300 },
          { address: '::1', port: 5300 },
        ],
        http: { address: '127.0.0.1', port: 8053 },
      },
      workers: 2,
      state: '/etc/rota/state',
      serverId: 'lab-1',
    })
  })

  it('finds zone files from the folder of the file', () => {
    const [zone] = config.zones
    expect(zone).toMatchObject({ source: { file: '/etc/rota/example.test.zone' } })
    expect(showName(zone!.apex)).toBe('example.test')
    expect(zone!.place).toEqual({ file: FILE, line: 8, column: 3, length: 12 })
  })

  it('puts the check itself into the pool that names it', () => {
    expect(config.checks).toEqual(new Map([['web', WEB]]))
    expect(checkOf(config.pools.get('web'))).toEqual(WEB)
  })

  it('has members with their octets and weights, each with its place', () => {
    const place = { file: FILE, line: 17, column: 7, length: 1 }
    expect(config.pools.get('web')).toMatchObject({
      policy: 'weighted',
      minHealthy: { percent: 50 },
      whenAllDown: [{ kind: 'nodata' }],
    })
    expect(config.pools.get('web')?.members).toEqual([
      { place, name: 'a', v4: parseAddress('192.0.2.1'), weight: 5 },
      {
        place: { ...place, line: 18 },
        name: 'b',
        v4: parseAddress('192.0.2.2'),
        v6: parseAddress('2001:db8::2'),
        weight: 3,
      },
      { place: { ...place, line: 19 }, name: 'c', v4: parseAddress('192.0.2.3'), weight: 1 },
    ])
  })

  it('has names with pools, and names whose members are in the zone file', () => {
    const [www, mail] = config.names
    expect(www).toMatchObject({ pool: 'web', answers: 1, ttl: { max: 20, min: 4 } })
    expect(www!.own).toBeUndefined()
    expect(mail).toMatchObject({
      own: {
        policy: 'rotate',
        minHealthy: { count: 2 },
        whenAllDown: [{ kind: 'nodata' }],
        condition: {
          check: { name: 'mail.example.test', probe: { kind: 'tcp', port: 25 }, intervalMs: 5000 },
        },
      },
      answers: 6,
    })
    expect(mail!.pool).toBeUndefined()
  })
})

describe('what is not said', () => {
  it('is the defaults', () => {
    const config = configOf(withZone('names: { www.example.test: }'))
    expect(config.listen).toEqual({
      dns: [
        { address: '0.0.0.0', port: 53 },
        { address: '::', port: 53 },
      ],
    })
    expect(config.workers).toBe('auto')
    expect(config.state).toBeUndefined()
    expect(config.names[0]).toMatchObject({
      own: { policy: 'rotate', minHealthy: { count: 1 }, whenAllDown: [{ kind: 'all' }] },
      answers: 8,
      ttl: { max: 30, min: 5 },
    })
    expect(checkOf(config.names[0]!.own)).toBeUndefined()
  })

  it.each([
    ['http: {}', { kind: 'http', port: 80, path: '/', expect: [{ from: 200, to: 299 }] }],
    ['http:', { kind: 'http', port: 80 }],
    ['https: { host: www.example.org }', { kind: 'https', port: 443, verify: true }],
    ['https: { verify: false }', { kind: 'https', verify: false }],
  ])('of a probe written `%s` is usual for its kind', (probe, expected) => {
    const yaml = withZone(`names: { www.example.test: { check: { ${probe} } } }`)
    expect(checkOf(configOf(yaml).names[0]!.own)!.probe).toMatchObject(expected)
  })

  it('of a check never conflicts with its interval', () => {
    const yaml = withZone('names: { a.example.test: { check: { http: {}, interval: 500ms } } }')
    expect(checkOf(configOf(yaml).names[0]!.own)).toMatchObject({
      intervalMs: 500,
      fastIntervalMs: 500,
      timeoutMs: 500,
    })
  })

  it('by a name is said by its pool, and by the defaults only then', () => {
    const config = configOf(`zones: { example.test: z }
defaults: { answers: 3, ttl: 9 }
pools: { p: { members: [192.0.2.1], answers: 2 } }
names: { a.example.test: { pool: p }, b.example.test: { pool: p, answers: 1, ttl: 7 } }
`)
    expect(config.names.map(({ answers, ttl }) => [answers, ttl.max, ttl.min])).toEqual([
      [2, 9, 9],
      [1, 7, 7],
    ])
  })
})

describe('short forms', () => {
  it('name the members of a list by their addresses', () => {
    const yaml = withZone(
      'pools: { p: { members: [192.0.2.1, "2001:DB8::0:1"] } }\nnames: { a.example.test: { pool: p } }',
    )
    const members = configOf(yaml).pools.get('p')!.members
    expect(members.map(({ name, v4, v6 }) => [name, v4?.length, v6?.length])).toEqual([
      ['192.0.2.1', 4, undefined],
      ['2001:db8::1', undefined, 16],
    ])
  })

  it('take a certificate and its key by paths beside the file', () => {
    const yaml = 'listen: { tls: "127.0.0.1:853" }\ntls: { certificate: a.crt, key: /etc/a.key }'
    const { listen, tls } = configOf(withZone(yaml))
    expect(listen.tls).toEqual([{ address: '127.0.0.1', port: 853 }])
    expect(tls).toMatchObject({
      certificate: { path: '/etc/rota/a.crt', place: { line: 3, column: 21 } },
      key: { path: '/etc/a.key', place: { line: 3 } },
    })
  })

  it('say that names are given of what is not served', () => {
    const idle = withZone('listen: { hosts: rota.example.org }')
    expect(messagesOf(idle)).toEqual([
      expect.stringMatching(/^2:11 warning: listen: hosts are names of listen.http, which is not/),
    ])
  })

  it('say that a certificate is shown by nobody', () => {
    const idle = withZone('tls: { certificate: a.crt, key: a.key }')
    expect(messagesOf(idle)).toEqual([
      expect.stringMatching(/^2:1 warning: tls is shown by nobody; add listen:/),
    ])
  })

  it('take one address to listen on without a list', () => {
    const { listen } = configOf(withZone('listen: { dns: "127.0.0.1:0" }'))
    expect(listen.dns).toEqual([{ address: '127.0.0.1', port: 0 }])
  })

  it('take one step of a ladder without a list', () => {
    const config = configOf(withZone('names: { a.example.test: { when_all_down: nodata } }'))
    expect(config.names[0]!.own!.whenAllDown).toEqual([{ kind: 'nodata' }])
  })

  it.each([
    ['204', [{ from: 204, to: 204 }]],
    ['"200-204"', [{ from: 200, to: 204 }]],
    [
      '[200, 300-399]',
      [
        { from: 200, to: 200 },
        { from: 300, to: 399 },
      ],
    ],
  ])('take the statuses %s', (expect_, ranges) => {
    const yaml = withZone(`names: { a.example.test: { check: { http: { expect: ${expect_} } } } }`)
    expect(checkOf(configOf(yaml).names[0]!.own)!.probe).toMatchObject({ expect: ranges })
  })
})

describe('names', () => {
  it('mean the same in any case, with a final dot or without', () => {
    const config = configOf('zones: { Example.TEST.: z }\nnames: { WWW.example.test.: {} }')
    expect(showName(config.zones[0]!.apex)).toBe('example.test')
    expect(showName(config.names[0]!.name)).toBe('www.example.test')
  })

  it('may be wildcards, apexes, and below the root zone', () => {
    const yaml = `zones: { ".": root, example.test: z }
names: { "*.app.example.test": {}, example.test: {}, www.example.org: {} }`
    expect(configOf(yaml).names.map(({ name }) => showName(name))).toEqual([
      '*.app.example.test',
      'example.test',
      'www.example.org',
    ])
  })
})

describe('YAML', () => {
  it('keeps the order of members, which failover follows, even of names that are numbers', () => {
    const yaml = withZone(`pools:
  p:
    policy: failover
    members: { 20: 192.0.2.20, b: 192.0.2.2, 10: 192.0.2.10 }
names: { a.example.test: { pool: p } }`)
    expect(
      configOf(yaml)
        .pools.get('p')!
        .members.map(({ name }) => name),
    ).toEqual(['20', 'b', '10'])
  })

  it('may say a thing once and stand for it elsewhere', () => {
    const yaml = withZone(`names:
  a.example.test: { check: &web { http: { port: 8080 } } }
  b.example.test: { check: *web }`)
    const probes = configOf(yaml).names.map(({ own }) => checkOf(own)!.probe)
    expect(probes).toMatchObject([{ port: 8080 }, { port: 8080 }])
  })
})

describe('the file of the quick start', () => {
  const folder = resolve(import.meta.dirname, '../../zones')
  const text = readFileSync(resolve(folder, 'rota.yaml'), 'utf8')
  const zone = readFileSync(resolve(folder, 'example.test.zone'), 'utf8')

  it('is right, without a warning', () => {
    expect(messagesOf(text)).toEqual([])
  })

  it('shows every policy that needs neither a map nor reports', () => {
    const pools = [...configOf(text).pools.values()]
    expect(new Set(pools.map(({ policy }) => policy))).toEqual(
      new Set(['weighted', 'rotate', 'random', 'failover', 'sticky', 'fastest']),
    )
  })

  it('balances no name whose full set the zone file would not serve without Rota', () => {
    const { names } = configOf(text)
    for (const { name } of names) {
      const owner = showName(name).replace('.example.test', '')
      const addresses = [...zone.matchAll(/^(\S+)\s+IN A\s+(\S+)$/gm)]
        .filter(([, label]) => label === owner)
        .map(([, , address]) => address)
      expect(addresses, owner).toEqual(['127.0.0.11', '127.0.0.12', '127.0.0.13'])
    }
  })

  it('is found from the folder that it is in', () => {
    const reading = readConfig(text, resolve(folder, 'rota.yaml'))
    expect(reading.config?.zones[0]?.source).toEqual({ file: resolve(folder, 'example.test.zone') })
  })
})
