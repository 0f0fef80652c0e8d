/**
 * Goal: whatever is wrong in a file is said in one message at its very key or value.
 * Method: a table of snippets in which «» stand around what the marker must cover, with the message.
 */

import { describe, expect, it } from 'vitest'

import type { Diagnostic } from '../../src/base/diagnostic.ts'
import { readConfig } from '../../src/config/read.ts'
import { FILE, flip, unmark } from './support.ts'

const WRONG: Record<string, readonly (readonly [yaml: string, message: string])[]> = {
  'that is not YAML': [
    [
      'a: [1, 2\n«b»: 3',
      'not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a: 1\n«\t»b: 2', 'not valid YAML: tabs are not allowed as indentation'],
    ['a: «*b»', 'alias "b" has no anchor before it'],
    ['a: &b [«*b»]', 'alias "b" stands for itself'],
    ['a: «!shell» x', 'not valid YAML: unresolved tag: !shell'],
    ['? «[a]»\n: 1', 'a key is a list or a map; keys are plain words'],
    ['zones: { «__proto__»: a, example.test: b }', 'key "__proto__" is not legal'],
    ['state: a\n«state»: b', 'key "state" is repeated; it stands on line 1'],
    [
      'a: 1\n«---»\nb: 2',
      'not valid YAML: a configuration is one document, and here a second begins',
    ],
  ],
  'with a key that is not known': [
    ['«worker»: 2', 'unknown key "worker"; did you mean "workers"?'],
    ['listen: { «htpp»: "127.0.0.1:8053" }', 'listen: unknown key "htpp"; did you mean "http"?'],
    [
      'names: { a.example.test: { check: { tcp: { port: 1, «pot»: 2 } } } }',
      'name "a.example.test": check: tcp: unknown key "pot"; did you mean "port"?',
    ],
    [
      'listen: { «colour»: 1 }',
      'listen: unknown key "colour"; the keys here are dns, http, hosts, tls and https',
    ],
    [
      'names: { a.example.test: { check: { http: { «verify»: false } } } }',
      'name "a.example.test": check: http: unknown key "verify"; the keys here are port, path, host, method, headers, expect, body and redirects',
    ],
    [
      'names: { a.example.test: { check: { redis: { port: 1, «retries»: 2 } } } }',
      'name "a.example.test": check: redis: unknown key "retries"; the only key here is port',
    ],
  ],
  'with a value of the wrong kind': [
    ['workers: «true»', 'workers must be auto, or a whole number (1–64), not true'],
    ['«listen»: [1]', 'listen must be a map with dns, http, hosts, tls, https, not a list'],
    [
      'pools: { p: «5» }',
      'pool "p" must be a map with check, policy, sticky, load_bound, map, fail_back, slow_start, min_healthy, min_serving, when_all_down, register, members, answers, ttl, ttl_mode, not 5',
    ],
    [
      'names: { a.example.test: { answers: «many» } }',
      'name "a.example.test": answers must be a whole number (1–32), not "many"',
    ],
    [
      'names: { a.example.test: { «answers»: } }',
      'name "a.example.test": answers must be a whole number (1–32), not nothing',
    ],
    [
      'names: { a.example.test: { check: «5» } }',
      'name "a.example.test": check must be the name of a check, a map with one of tcp, tls, http, https, dns, grpc, icmp, exec, file, redis, postgres, mysql, smtp or heartbeat, or a list of checks, not 5',
    ],
    [
      'names: { a.example.test: { check: { interval: «5», http: } } }',
      'name "a.example.test": check: interval must be a span of time with its unit, such as 5s or 250ms, not 5',
    ],
    [
      'names: { a.example.test: { when_all_down: [«5»] } }',
      'name "a.example.test": when_all_down must be a step: last_good, all, nodata or pool: NAME, each with "for 10m" if it has an end, not 5',
    ],
  ],
  'that tries to be more than data': [
    [
      'names: { a.example.test: { «policy»: [{ toString: false }] } }',
      'name "a.example.test": policy must be rotate, weighted, random, failover, sticky, nearest, fastest or least-load, not a list',
    ],
    [
      'names: { a.example.test: { «policy»: { toString: 1 } } }',
      'name "a.example.test": policy must be rotate, weighted, random, failover, sticky, nearest, fastest or least-load, not a map',
    ],
    [
      'listen: { «constructor»: 1 }',
      'listen: unknown key "constructor"; the keys here are dns, http, hosts, tls and https',
    ],
    [
      'names: { a.example.test: { pool: «toString» } }',
      'name "a.example.test": pool "toString" is unknown; there is no pools section that defines it',
    ],
    [
      'names: { a.example.test: { check: «constructor» } }',
      'name "a.example.test": check "constructor" is unknown; there is no checks section that defines it',
    ],
  ],
  'with a value out of its range': [
    [
      'defaults: { when_all_down: «alll» }',
      'defaults: when_all_down "alll" is unknown; did you mean "all"?',
    ],
    ['workers: «65»', 'workers 65 is outside 1–64'],
    ['server_id: «""»', 'server_id "" is outside 1–255 octets'],
    ['defaults: { answers: «0» }', 'defaults: answers 0 is outside 1–32'],
    ['defaults: { ttl: «90000» }', 'defaults: ttl 90000 is outside 0–86400 seconds'],
    [
      'defaults: { ttl: «5/30» }',
      'defaults: ttl "5/30" has a least (30) above its most (5); write 30/5',
    ],
    ['defaults: { ttl: «1500ms» }', 'defaults: ttl "1500ms" is not a whole number of seconds'],
    ['defaults: { min_healthy: «101%» }', 'defaults: min_healthy "101%" is outside 1%–100%'],
    ['defaults: { min_healthy: «0» }', 'defaults: min_healthy 0 is outside 1–256'],
    ['defaults: { min_healthy: «0%» }', 'defaults: min_healthy "0%" is outside 1%–100%'],
    [
      'defaults: { min_healthy: «-1» }',
      'defaults: min_healthy -1 is neither a whole number of members nor a share such as 50%',
    ],
    ['listen: { dns: [«"127.0.0.1"»] }', 'listen: dns "127.0.0.1" has no port; write 127.0.0.1:53'],
    ['listen: { http: «"::1"» }', 'listen: http "::1" has no port; write [::1]:53'],
    ['listen: { «dns»: [] }', 'listen: dns is empty; it takes 1–64'],
    [
      'listen: { http: "[::1]:53", hosts: [«"https://rota.example.org:443/"»] }',
      'listen: hosts "https://rota.example.org:443/" is more than a name; write rota.example.org',
    ],
    [
      'listen: { http: "[::1]:53", hosts: [«127.0.0.1»] }',
      'listen: hosts "127.0.0.1" may be asked in any case; leave it out',
    ],
    [
      'listen: { http: "[::1]:53", hosts: «"*.example.org"» }',
      'listen: hosts "*.example.org" is not a name such as rota.example.org',
    ],
  ],
  'with a check that cannot be': [
    [
      'names: { a.example.test: { check: { interval: «"1"», http: } } }',
      'name "a.example.test": check: interval "1" has no unit; write 1s or 1ms',
    ],
    [
      'names: { a.example.test: { check: { interval: «2h», http: } } }',
      'name "a.example.test": check: interval "2h" is outside 100ms–1h',
    ],
    [
      'names: { a.example.test: { check: { http: { port: «70000» } } } }',
      'name "a.example.test": check: http: port 70000 is outside 1–65535',
    ],
    [
      'names: { a.example.test: { check: { http: { path: «healthz» } } } }',
      'name "a.example.test": check: http: path "healthz" does not begin with a slash; write /healthz',
    ],
    [
      'names: { a.example.test: { check: { http: { path: «"/a\\r\\nb"» } } } }',
      'name "a.example.test": check: http: path "/a\\r\\nb" has a character that a request cannot carry',
    ],
    [
      'names: { a.example.test: { check: { http: { host: «"a b"» } } } }',
      'name "a.example.test": check: http: host "a b" is not a host such as www.example.org or [2001:db8::1], at most 255 characters',
    ],
    [
      'names: { a.example.test: { check: { http: { host: «"2001:db8::1"» } } } }',
      'name "a.example.test": check: http: host "2001:db8::1" is not a host such as www.example.org or [2001:db8::1], at most 255 characters',
    ],
    [
      'names: { a.example.test: { check: { http: { path: «"/a#b"» } } } }',
      'name "a.example.test": check: http: path "/a#b" has a character that a request cannot carry',
    ],
    [
      'names: { a.example.test: { check: { http: { expect: «299-200» } } } }',
      'name "a.example.test": check: http: expect "299-200" runs backwards; write 200-299',
    ],
    [
      'names: { a.example.test: { check: { «tcp»: {} } } }',
      'name "a.example.test": check: tcp: missing key "port", a whole number (1–65535)',
    ],
    [
      'names: { a.example.test: { «check»: { rise: 1 } } }',
      'name "a.example.test": check measures nothing; it takes one of tcp, tls, http, https, dns, grpc, icmp, exec, file, redis, postgres, mysql, smtp, heartbeat, all_of, any_of, at_least',
    ],
    [
      'names:\n  a.example.test:\n    check:\n      tcp: { port: 1 }\n      «http»: {}',
      'name "a.example.test": check: http stands beside tcp (line 5); a check measures one thing',
    ],
    [
      'names:\n  a.example.test:\n    check:\n      http:\n      interval: 1s\n      timeout: «3s»',
      'name "a.example.test": check: timeout 3s is longer than interval 1s (line 6)',
    ],
    [
      'names: { a.example.test: { check: { http: , timeout: «6s» } } }',
      'name "a.example.test": check: timeout 6s is longer than interval 5s (the default)',
    ],
    [
      'names: { a.example.test: { check: { http: , interval: 1s, fast_interval: «2s» } } }',
      'name "a.example.test": check: fast_interval 2s is longer than interval 1s (line 2)',
    ],
    [
      'names: { a.example.test: { check: «web» } }',
      'name "a.example.test": check "web" is unknown; there is no checks section that defines it',
    ],
    [
      'checks: { web: { http: } }\nnames: { a.example.test: { check: web }, b.example.test: { check: «mail» } }',
      'name "b.example.test": check "mail" is unknown; the only check is web',
    ],
    [
      'checks: { website: { http: } }\nnames: { a.example.test: { check: website }, b.example.test: { check: «wbsite» } }',
      'name "b.example.test": check "wbsite" is unknown; did you mean "website"?',
    ],
  ],
  'with a pool that cannot be': [
    [
      '«p»: { policy: rotate }',
      'pool "p": missing key "members", a map of members by name, or a list of addresses',
    ],
    [
      'p: { policy: «weigthed», members: [192.0.2.1] }',
      'pool "p": policy "weigthed" is unknown; did you mean "weighted"?',
    ],
    [
      'p: { policy: «best», members: [192.0.2.1] }',
      'pool "p": policy "best" is unknown; it takes rotate, weighted, random, failover, sticky, nearest, fastest or least-load',
    ],
    ['p: { «members»: [] }', 'pool "p": members is empty; a pool has 1–256 members'],
    [
      'p: { members: [192.0.2.1, «192.0.2.300»] }',
      'pool "p": members "192.0.2.300" is not an IP address such as 192.0.2.1 or 2001:db8::1',
    ],
    [
      'p: { members: [192.0.2.1, «192.0.2.1»] }',
      'pool "p": members 192.0.2.1 is repeated; see line 3',
    ],
    [
      'p: { members: { a: «192.0.2.1:80» } }',
      'pool "p": member "a": "192.0.2.1:80" has a port; a member is an address alone, and the port belongs to its check',
    ],
    [
      'p: { members: [192.0.2.1, «0.0.0.0»] }',
      'pool "p": members "0.0.0.0" is the unspecified address; a member is one host',
    ],
    [
      'p: { members: { a: { v6: «"ff02::1"» } } }',
      'pool "p": member "a": v6 "ff02::1" is a multicast address; a member is one host',
    ],
    [
      'p: { members: { a: { v4: «255.255.255.255» } } }',
      'pool "p": member "a": v4 "255.255.255.255" is the broadcast address; a member is one host',
    ],
    [
      'p: { members: { a: «5» } }',
      'pool "p": member "a" must be an IP address, or a map with v4, v6, cname or pool, not 5',
    ],
    [
      'p: { members: { a: { v4: «"::1"» } } }',
      'pool "p": member "a": v4 "::1" is an IPv6 address; it belongs under v6',
    ],
    [
      'p: { members: { a: { v6: «192.0.2.1» } } }',
      'pool "p": member "a": v6 "192.0.2.1" is an IPv4 address; it belongs under v4',
    ],
    [
      'p: { members: { «a»: { weight: 1 } } }',
      'pool "p": member "a" has no address; it takes v4, v6 or both, cname, or pool',
    ],
    [
      'p: { members: { a: { v4: 192.0.2.1, weight: «1001» } } }',
      'pool "p": member "a": weight 1001 is outside 0–1000',
    ],
    [
      'p: { members: { a: { v4: 192.0.2.1, weight: «1.5» } } }',
      'pool "p": member "a": weight must be a whole number (0–1000), not 1.5',
    ],
    [
      'p: { members: { «"a b"»: 192.0.2.1 } }',
      'pool "p": member "a b" is not a word of 1–63 letters, digits, dots, colons, dashes and underscores',
    ],
    [
      'p: { min_healthy: «3», members: [192.0.2.1, 192.0.2.2] }',
      'pool "p": min_healthy 3 is more than its 2 members',
    ],
    [
      'p: { min_healthy: «2», members: [192.0.2.1, "2001:db8::1"] }',
      'pool "p": min_healthy 2 is more than its 1 member of one family',
    ],
    [
      'p: { when_all_down: [nodata, «all»], members: [192.0.2.1] }',
      'pool "p": when_all_down never reaches "all": "nodata" always answers',
    ],
  ].map(([pool, message]) => [
    `pools:\n  ${pool}\nnames: { a.example.test: { pool: p } }`,
    message!,
  ]),
  'with a name that cannot be': [
    [
      'names: { a.example.test: { pool: «web» } }',
      'name "a.example.test": pool "web" is unknown; there is no pools section that defines it',
    ],
    ['names: { «a..example.test»: }', 'name "a..example.test" has an empty label'],
    ['names: { «"a b.example.test"»: }', 'name "a b.example.test" has white space in it'],
    [
      'names: { «bücher.example.test»: }',
      'name "bücher.example.test" is not ASCII; write xn--bcher-kva.example.test',
    ],
    [
      'names: { «a.*.example.test»: }',
      'name "a.*.example.test" has a * that is not its first label, so it is no wildcard',
    ],
    [
      'names: { «www.exmaple.test»: }',
      'name "www.exmaple.test" is in no zone; did you mean "www.example.test"?',
    ],
    [
      'names: { «www.example.org»: }',
      'name "www.example.org" is in no zone; the only zone is example.test',
    ],
    [
      'names:\n  a.example.test:\n  «A.example.test.»:',
      'name "A.example.test." is the same as "a.example.test" (line 3)',
    ],
    [
      'pools:\n  p: { members: [192.0.2.1] }\nnames: { a.example.test: { pool: p, «policy»: random } }',
      'name "a.example.test": policy is decided by pool "p" (line 3); set it there',
    ],
  ],
  'with sockets and zones that cannot be': [
    [
      'listen: { dns: ["[::1]:53", «"[0:0::1]:53"»] }',
      'listen: dns [::1]:53 is repeated; see line 2',
    ],
    [
      'listen: { dns: ["0.0.0.0:53", "[::]:53",\n «"127.0.0.1:53"»] }',
      'listen: dns 127.0.0.1:53 cannot be opened beside 0.0.0.0:53 (line 2): one of them is every address of its family',
    ],
    [
      'listen: { dns: ["[::1]:53",\n «"[::]:53"», "0.0.0.0:53", "0.0.0.0:5300"] }',
      'listen: dns [::]:53 cannot be opened beside [::1]:53 (line 2): one of them is every address of its family',
    ],
    [
      'listen:\n  dns: "0.0.0.0:53"\n  http: «"127.0.0.1:53"»',
      'listen: http 127.0.0.1:53 is taken by DNS over TCP (line 3)',
    ],
    [
      'listen:\n  dns: "127.0.0.1:53"\n  http: «"127.0.0.1:53"»',
      'listen: http 127.0.0.1:53 is taken by DNS over TCP (line 3)',
    ],
    [
      'listen: { tls: "127.0.0.1:853", https: ["127.0.0.1:443",\n «"127.0.0.1:443"»] }\ntls: { certificate: c, key: k }',
      'listen: https 127.0.0.1:443 is repeated; see line 2',
    ],
    [
      'listen:\n  dns: "127.0.0.1:853"\n  «tls»: "0.0.0.0:853"\ntls: { certificate: c, key: k }',
      'listen: tls 0.0.0.0:853 is taken by DNS over TCP (line 3)',
    ],
    [
      'listen:\n  http: "127.0.0.1:8053"\n  «https»: "127.0.0.1:8053"\ntls: { certificate: c, key: k }',
      'listen: https 127.0.0.1:8053 is taken by HTTP (line 3)',
    ],
    [
      'listen:\n  tls: "[::1]:443"\n  https: [«"[::]:443"»]\ntls: { certificate: c, key: k }',
      'listen: https [::]:443 is taken by DNS over TLS (line 3)',
    ],
    [
      'listen: { http: "[::1]:53",\n hosts: [rota,\n «ROTA.»] }',
      'listen: hosts rota is repeated; see line 3',
    ],
    [
      'listen: { «https»: "127.0.0.1:443" }',
      'listen: https has no certificate to show; write "tls: { certificate: server.crt, key: server.key }"',
    ],
    [
      'listen: { tls: "127.0.0.1:853" }\n«tls»: { certificate: c }',
      'tls: missing key "key", a path',
    ],
    [
      'zones: { example.test: a, «Example.test.»: b }',
      'zone "Example.test." is the same as "example.test" (line 1)',
    ],
    ['zones: { «a..b»: a }', 'zone "a..b" has an empty label'],
    ['zones: { example.test: «""» }', 'zone "example.test": "" is not a path'],
  ],
}

describe.each(Object.entries(WRONG))('a file %s', (_, rows) => {
  it.each(rows.map(flip))('is told that %s', (message, marked) => {
    const { yaml, place } = unmark(marked)
    const reading = readConfig(yaml, FILE)
    expect(reading.config).toBeUndefined()
    expect('diagnostics' in reading && reading.diagnostics).toEqual([
      { severity: 'error', ...place, message } satisfies Diagnostic,
    ])
  })
})

const ODD: readonly (readonly [yaml: string, message: string])[] = [
  ['checks: { «web»: { http: } }', 'check "web" is used by no pool and no name'],
  ['pools: { «p»: { members: [192.0.2.1] } }', 'pool "p" is used by no name and no pool'],
  [
    'names: { a.example.test: { check: { «https»: { port: 8443 } } } }',
    'name "a.example.test": check: https has no host, so the certificate must be valid for the member\'s address; set host, or verify: false',
  ],
  [
    'names: { a.example.test: { pool: p } }\npools:\n  p:\n    members:\n      a: 192.0.2.1\n      «b»: 192.0.2.1',
    'pool "p": member "b" has the address 192.0.2.1 of member "a" (line 6), which is answered once, with the shares of both',
  ],
  [
    'names: { a.example.test: { pool: p } }\npools:\n  p:\n    policy: rotate\n    members: { a: { v4: 192.0.2.1, weight: «5» } }',
    'pool "p": member "a": weight 5 means nothing to policy rotate (line 5); shares follow weights under policy weighted',
  ],
  [
    'names: { a.example.test: { pool: p } }\npools:\n  p: { members: { a: { v4: 192.0.2.1, weight: «5» } } }',
    'pool "p": member "a": weight 5 means nothing to policy rotate (the default); shares follow weights under policy weighted',
  ],
  [
    'names: { a.example.test: { pool: p } }\npools: { «p»: { members: { a: { v4: 192.0.2.1, weight: 0 } } } }',
    'pool "p" has members of weight 0 alone, and nobody to stand by for',
  ],
]

describe('a file that is right, but odd', () => {
  it.each(ODD.map(flip))('is read, and told that %s', (message, marked) => {
    const { yaml, place } = unmark(marked)
    const reading = readConfig(yaml, FILE)
    expect(reading.config).toBeDefined()
    expect('warnings' in reading && reading.warnings).toEqual([
      { severity: 'warning', ...place, message } satisfies Diagnostic,
    ])
  })
})
