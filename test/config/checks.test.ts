/**
 * Goal: a check in a file becomes the probe that it describes, and any slip is told at its place.
 * Method: tables of checks with the probe, or with the message, that they lead to.
 */

import { describe, expect, it } from 'vitest'

import type { Condition } from '../../src/health/check.ts'
import { TYPE } from '../../src/wire/registry.ts'
import { checkOf, configOf, messagesOf, withZone } from './support.ts'

const TLS = { verify: true }
const OK = [{ from: 200, to: 299 }]
const HTTP = { kind: 'http', port: 80, path: '/', expect: OK, ...TLS }

const PROBES: readonly (readonly [yaml: string, probe: object])[] = [
  ['tcp: { port: 7 }', { kind: 'tcp', port: 7 }],
  [
    'tcp: { port: 7, send: "a\\r\\n", expect: b }',
    { kind: 'tcp', port: 7, send: 'a\r\n', expect: 'b' },
  ],
  ['tcp: { port: 7 }, report: agent', { kind: 'tcp', port: 7, report: 'agent' }],
  ['tls:', { kind: 'tls', port: 443, ...TLS }],
  [
    'tls: { port: 1, host: a.example.test, verify: false, cert_warn: 14d }',
    { kind: 'tls', port: 1, host: 'a.example.test', verify: false, certWarnMs: 1_209_600_000 },
  ],
  ['http:', HTTP],
  ['http: { method: HEAD, redirects: 2 }', { ...HTTP, method: 'HEAD', redirects: 2 }],
  ['http: { redirects: 0 }', HTTP],
  ['http: { headers: { X-Key: a, x-n: 5 } }', { ...HTTP, headers: { 'x-key': 'a', 'x-n': '5' } }],
  ['http: { body: "/^o(k|n)$/im" }', { ...HTTP, body: { source: '^o(k|n)$', flags: 'im' } }],
  ['http: { body: /health }', { ...HTTP, body: '/health' }],
  ['http: , report: { header: X-Load }', { ...HTTP, report: { header: 'x-load' } }],
  ['http: , report: { body: json }', { ...HTTP, report: { body: 'json' } }],
  ['http: , report: two-numbers', { ...HTTP, report: { body: 'two-numbers' } }],
  [
    'https: { host: a.example.test, cert_warn: 2d }',
    { ...HTTP, kind: 'https', port: 443, host: 'a.example.test', certWarnMs: 172_800_000 },
  ],
  [
    'dns: { name: a.example.test }',
    { kind: 'dns', port: 53, name: 'a.example.test', type: 1, expect: { rcode: 0 }, isTcp: false },
  ],
  [
    'dns: { name: ., type: soa, expect: refused, tcp: true, port: 5 }',
    { kind: 'dns', port: 5, name: '.', type: TYPE.SOA, expect: { rcode: 5 }, isTcp: true },
  ],
  [
    'dns: { name: a, type: AAAA, expect: "2001:DB8::0" }',
    {
      ...{ kind: 'dns', port: 53, name: 'a', type: TYPE.AAAA },
      ...{ expect: { address: '2001:db8::' }, isTcp: false },
    },
  ],
  ['grpc: { port: 9 }', { kind: 'grpc', port: 9, service: '', isTls: false, ...TLS }],
  [
    'grpc: { port: 9, service: shop.Cart, tls: true, verify: false }',
    { kind: 'grpc', port: 9, service: 'shop.Cart', isTls: true, verify: false },
  ],
  ['icmp:', { kind: 'icmp' }],
  ['exec: { command: /bin/true }', { kind: 'exec', command: '/bin/true', args: [] }],
  [
    'exec: { command: /bin/c, args: [-H, "{address}", 5] }',
    { kind: 'exec', command: '/bin/c', args: ['-H', '{address}', '5'] },
  ],
  ['file: { path: state/web }', { kind: 'file', path: '/etc/rota/state/web' }],
  ['redis:', { kind: 'redis', port: 6379 }],
  ['postgres: { port: 1 }', { kind: 'postgres', port: 1 }],
  ['mysql:', { kind: 'mysql', port: 3306 }],
  ['smtp:', { kind: 'smtp', port: 25 }],
  ['heartbeat:', { kind: 'heartbeat' }],
]

describe('a check', () => {
  it.each(PROBES)('{ %s } is a probe', (yaml, probe) => {
    const [name] = configOf(withName(`{ ${yaml} }`)).names
    expect(checkOf(name!.own)!.probe).toEqual(probe)
  })

  it('may have an address of its own, and be due after so many answers', () => {
    const yaml = '{ icmp: , address: "2001:DB8::0:1", every: 1000 answers }'
    const check = checkOf(configOf(withName(yaml)).names[0]!.own)
    expect(check).toMatchObject({ address: '2001:db8::1', everyAnswers: 1000 })
    const named = checkOf(configOf(withName('{ icmp: , address: a.example.org }')).names[0]!.own)
    expect(named!.address).toBe('a.example.org')
  })

  it('of a heartbeat has no haste', () => {
    const check = checkOf(configOf(withName('{ heartbeat: , interval: 30s }')).names[0]!.own)
    expect(check).toMatchObject({ intervalMs: 30_000, fastIntervalMs: 30_000 })
  })
})

const WRONG: readonly (readonly [yaml: string, message: string])[] = [
  ['{ tls: { port: 0 } }', 'tls: port 0 is outside 1–65535'],
  ['{ tls: { verify: false, cert_warn: 1m } }', 'tls: cert_warn "1m" is outside 1h–365d'],
  ['{ http: { redirects: 6 } }', 'http: redirects 6 is outside 0–5'],
  ['{ http: { method: GTE } }', 'http: method "GTE" is unknown; did you mean "GET"?'],
  ['{ http: { body: "/(/" } }', 'http: body "/(/" is not a regular expression'],
  [
    '{ http: { body: "/a/gg" } }',
    'http: body "/a/gg" is a pattern whose flags are not some of i, m, s and u',
  ],
  [
    '{ http: { headers: { Host: a } } }',
    'http: headers: Host "a" is under a name that is a setting of its own; write host',
  ],
  [
    '{ http: { headers: { Connection: a } } }',
    'http: headers: Connection "a" is under a name that is decided by the probe',
  ],
  [
    '{ http: { headers: { X-A: "a\\nb" } } }',
    'http: headers: X-A "a\\nb" is not at most 1024 printable ASCII characters',
  ],
  ['{ dns: { name: a, type: MXX } }', 'dns: type "MXX" is not a type such as A, AAAA or SOA'],
  [
    '{ dns: { name: a..b } }',
    'dns: name "a..b" is not a name such as www.example.org, of labels up to 63 characters',
  ],
  [
    '{ dns: { name: a, expect: NXDOMIAN } }',
    'dns: expect "NXDOMIAN" is neither an address nor one of NOERROR, FORMERR, SERVFAIL, ' +
      'NXDOMAIN, NOTIMP, REFUSED, YXDOMAIN, YXRRSET, NXRRSET, NOTAUTH or NOTZONE',
  ],
  ['{ dns: {} }', 'dns: missing key "name", a name'],
  [
    '{ exec: { command: check_http } }',
    'exec: command "check_http" is not an absolute path; no shell looks for the program',
  ],
  ['{ icmp: , every: 5 answers }', 'every "5 answers" is outside 10–1000000000 answers'],
  ['{ icmp: , every: 100 }', 'every must be a number of answers, such as 1000 answers, not 100'],
  ['{ icmp: , address: "1.2.3" }', 'address "1.2.3" is neither an IP address nor a host name'],
  [
    '{ tcp: { port: 1 }, report: { header: X } }',
    'report means nothing beside tcp (line 2): only http and https have headers',
  ],
  [
    '{ icmp: , report: agent }',
    'report means nothing beside icmp (line 2): only tcp, http and https are read for a report',
  ],
  ['{ http: , report: { header: X, body: json } }', 'report takes one of header and body'],
  ['{ http: , report: {} }', 'report takes one of header and body'],
  ['{ http: , report: xml }', 'report "xml" is unknown; it takes two-numbers, json or agent'],
  [
    '{ http: { method: HEAD, body: a } }',
    'http: body means nothing beside method (line 2): HEAD is answered without a body',
  ],
  [
    '{ http: { method: HEAD }, report: json }',
    'report means nothing beside method (line 2): HEAD is answered without a body',
  ],
  [
    '{ grpc: { port: 1, verify: false } }',
    'grpc: verify means nothing beside grpc (line 2): write tls: true',
  ],
  [
    '{ heartbeat: , every: 100 answers }',
    'every means nothing beside heartbeat (line 2): nothing is sent that could have it',
  ],
  ['{ any_of: [] }', 'any_of is empty; it takes 1–64 checks'],
  ['[]', ' is empty; it takes 1–64 checks'],
  [
    '{ any_of: [{ icmp: }], interval: 1s }',
    'interval means nothing beside any_of (line 2): it belongs to the checks that are combined',
  ],
  [
    '{ all_of: [{ icmp: }], http: }',
    'all_of stands beside http (line 2); a check measures one thing',
  ],
  ['{ at_least: 2, of: [{ icmp: }] }', 'at_least 2 is more than the 1 check in "of" (line 2)'],
  ['{ at_least: 2 }', 'at_least needs "of", a list of the checks that it counts'],
  ['{ icmp: , of: [{ smtp: }] }', 'of needs at_least, which counts them'],
  ['{ all_of: [{ smpt: }] }', 'all_of: unknown key "smpt"; did you mean "smtp"?'],
  ['[{ http: { port: 0 } }]', 'http: port 0 is outside 1–65535'],
  [
    '{ all_of: [{ any_of: [nobody] }] }',
    'all_of: any_of "nobody" is unknown; there is no checks section that defines it',
  ],
  [`${'{ all_of: ['.repeat(5)}{ icmp: }${'] }'.repeat(5)}`, ' nests 5 combinations, at most 4'],
  [`${'['.repeat(5)}{ icmp: }${']'.repeat(5)}`, ' nests 5 combinations, at most 4'],
]

describe('a file with a check', () => {
  it.each(WRONG)('%s is told', (yaml, message) => {
    const told = messagesOf(withName(yaml)).filter((line) => !line.includes('warning'))
    expect(told).toEqual([expect.stringMatching(/^\d+:\d+ name "a.example.test": check/)])
    expect(told[0]).toContain(message)
  })

  it.each(['tls:', 'https:', 'grpc: { port: 1, tls: true }'])(
    '{ %s } is warned that no certificate is for an address',
    (yaml) => {
      const told = messagesOf(withName(`{ ${yaml} }`))
      expect(told).toEqual([expect.stringContaining('has no host, so the certificate must be')])
      expect(messagesOf(withName(`{ ${yaml}, address: a.example.org }`))).toEqual([])
    },
  )

  it('hears of a circle with both its ends', () => {
    const yaml = `checks:
  a: { all_of: [b, c] }
  b: { any_of: [c, a] }
  c: { icmp: }
names: { x.example.test: { check: a } }`
    expect(messagesOf(withZone(yaml))).toEqual([
      '4:20 check "b": any_of "a" leads back to check "a" (line 3), so that would be made of itself',
    ])
    expect(
      messagesOf(
        withZone('checks: { a: { all_of: [a] } }\nnames: { x.example.test: { check: a } }'),
      ),
    ).toHaveLength(1)
  })

  it('hears of a check that is too large through its names, once', () => {
    const list = (name: string) => Array(64).fill(name).join(', ')
    const yaml = `checks:
  leaf: { icmp: }
  some: { all_of: [${list('leaf')}] }
  many: { all_of: [${list('some')}] }
names: { x.example.test: { check: many } }`
    expect(messagesOf(withZone(yaml))).toEqual([
      '5:3 check "many" asks for 4096 checks, at most 256',
    ])
  })

  it('hears of a chain of any length, and of a circle of any size', () => {
    const count = 20_000
    for (const last of ['{ icmp: }', '{ all_of: [c0] }']) {
      const chain = Array.from({ length: count }, (_, i) => `  c${i}: { all_of: [c${i + 1}] }\n`)
      const yaml = `checks:\n${chain.join('')}  c${count}: ${last}\nnames: { x.example.test: { check: c0 } }`
      expect(messagesOf(withZone(yaml)).length).toBeGreaterThan(0)
    }
  })

  it('hears that anchors pass one check', () => {
    const yaml = `prober: { anchors: { addresses: [192.0.2.1], check: both } }
checks: { both: { all_of: [{ icmp: }] } }
names: { x.example.test: }`
    expect(messagesOf(withZone(yaml))).toEqual([
      expect.stringContaining('check is more than one check'),
    ])
  })
})

describe('a combination', () => {
  it('is built of what it names and of what is written in its place', () => {
    const { checks, names } = configOf(
      withZone(`checks:
  both: { all_of: [web, db] }
  web: { http: }
  db: { postgres: }
names:
  a.example.test: { check: both }
  b.example.test: { check: [web, { any_of: [db, { icmp: }] }] }
  c.example.test: { check: { at_least: 2, of: [web, both, { smtp: }] } }`),
    )
    expect([...checks.keys()]).toEqual(['web', 'db'])
    const [web, db] = [...checks.values()].map((check): Condition => ({ kind: 'check', check }))
    const both = { kind: 'at-least', count: 2, of: [web, db] }
    expect(names[0]!.own?.condition).toEqual(both)
    expect(names[1]!.own?.condition).toMatchObject({
      count: 2,
      of: [web, { count: 1, of: [db, { check: { probe: { kind: 'icmp' } } }] }],
    })
    expect(names[2]!.own?.condition).toMatchObject({
      count: 2,
      of: [web, both, { check: { name: 'c.example.test', probe: { kind: 'smtp' } } }],
    })
  })

  it('shares the checks that it names with whoever else names them', () => {
    const { names } = configOf(
      withZone(`checks: { web: { http: } }
names: { a.example.test: { check: [web] }, b.example.test: { check: web } }`),
    )
    const [listed, alone] = names.map(({ own }) => own!.condition!)
    expect(listed!.kind === 'at-least' && listed.of[0]).toBe(alone)
  })

  it('uses its parts: only what nobody names is told of', () => {
    const told = messagesOf(
      withZone(`checks: { web: { http: }, db: { redis: }, old: { icmp: }, both: { all_of: [web, db] } }
names: { a.example.test: { check: both } }`),
    )
    expect(told).toEqual([expect.stringContaining('check "old" is used by no pool and no name')])
  })
})

function withName(check: string): string {
  return withZone(`names: { a.example.test: { check: ${check} } }`)
}
