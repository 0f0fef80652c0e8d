/**
 * Goal: what cannot be among pools, members, ladders and clients is said at its very place.
 * Method: snippets in which «» stand around what the marker must cover, with the message; each is
 * the only fault, or the only warning, of its file.
 */

import { describe, expect, it } from 'vitest'

import { readConfig } from '../../src/config/read.ts'
import { FILE, flip, messagesOf, unmark, withZone } from './support.ts'

type Row = readonly [yaml: string, message: string]

/** The pool `p` of a file, and `q` beside it. */
function inPool(rows: readonly Row[]): Row[] {
  const rest =
    '  q: { members: [192.0.2.9] }\nnames: { a.example.test: { pool: p }, b.example.test: { pool: q } }'
  return rows.map(([pool, message]) => [`pools:\n  p: ${pool}\n${rest}`, message])
}

/** The keys of a name that draws from `p`, and `q` beside it. */
function inName(rows: readonly Row[]): Row[] {
  const pools = 'pools: { p: { members: [192.0.2.1] }, q: { members: [192.0.2.9] } }'
  const names = 'names:\n  b.example.test: { pool: q }\n  a.example.test:\n    pool: p\n'
  return rows.map(([name, message]) => [`${pools}\n${names}${name}`, message])
}

const WRONG: Record<string, readonly Row[]> = {
  'a member that cannot be': inPool([
    [
      '{ members: { a: { v4: 192.0.2.1, «cname»: cdn.example.org } } }',
      'pool "p": member "a": cname stands beside v4 (line 3); a member is a host, an alias or a pool',
    ],
    [
      '{ members: { a: { cname: cdn.example.org, «pool»: q } } }',
      'pool "p": member "a": pool stands beside cname (line 3); a member is a host, an alias or a pool',
    ],
    [
      '{ members: { a: { cname: «"a b"» } } }',
      'pool "p": member "a": cname "a b" has white space in it',
    ],
    [
      '{ members: { a: { pool: «qq» } } }',
      'pool "p": member "a": pool "qq" is unknown; did you mean "q"?',
    ],
    [
      '{ members: { a: { pool: q, «probe»: 192.0.2.9 } } }',
      'pool "p": member "a": probe is decided by the members of pool "q" (line 3); set it there',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, «min_healthy»: 1 } } }',
      'pool "p": member "a": min_healthy is for a member that is a pool',
    ],
    [
      '{ members: { a: { pool: q, min_healthy: «2» } } }',
      'pool "p": member "a": min_healthy 2 is more than the 1 member of pool "q" (line 4)',
    ],
    [
      '{ policy: failover, members: { a: { v4: 192.0.2.1, tier: «0» } } }',
      'pool "p": member "a": tier 0 is outside 1–256',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, shed: «100%» } } }',
      'pool "p": member "a": shed "100%" is outside 0%–90%',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, shed: «20» } } }',
      'pool "p": member "a": shed 20 has no %; write 20%',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, at: «"91,0"» } } }',
      'pool "p": member "a": at "91,0" has a latitude outside -90–90',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, country: «Germany» } } }',
      'pool "p": member "a": country "Germany" is not a country of two letters such as DE (ISO 3166-1)',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, continent: «EUR» } } }',
      'pool "p": member "a": continent "EUR" is unknown; did you mean "EU"?',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, check: «web» } } }',
      'pool "p": member "a": check "web" is unknown; there is no checks section that defines it',
    ],
  ]),
  'a pool that cannot be': inPool([
    [
      '{ policy: sticky, load_bound: «1», members: [192.0.2.1] }',
      'pool "p": load_bound 1 is outside 1.05–10',
    ],
    [
      '{ policy: sticky, sticky: { v4: «33» }, members: [192.0.2.1] }',
      'pool "p": sticky: v4 33 is outside 8–32',
    ],
    [
      '{ slow_start: «2h», check: { http: }, members: [192.0.2.1] }',
      'pool "p": slow_start "2h" is outside 1s–1h',
    ],
    [
      '{ min_serving: «3», members: [192.0.2.1, 192.0.2.2] }',
      'pool "p": min_serving 3 is more than its 2 members, so no override could be made',
    ],
    [
      '{ register: { networks: «192.0.2.1/24» }, members: [192.0.2.1] }',
      'pool "p": register: networks "192.0.2.1/24" has bits set past its prefix; write 192.0.2.0/24',
    ],
    [
      '{ register: { networks: 192.0.2.0/24, members: «256» }, members: [192.0.2.1] }',
      'pool "p": register: members 256 and its 1 member (line 3) are more than 256',
    ],
    [
      '{ policy: «nearest», members: { a: { v4: 192.0.2.1, near: x } } }',
      'pool "p": policy nearest needs a map; set map to one',
    ],
    [
      '{ policy: nearest, map: «office», members: { a: { v4: 192.0.2.1, near: x } } }',
      'pool "p": map "office" is unknown; there is no maps section that defines it',
    ],
  ]),
  'a ladder that cannot be': inPool([
    [
      '{ when_all_down: [«last_god», all], members: [192.0.2.1] }',
      'pool "p": when_all_down "last_god" is unknown; did you mean "last_good"?',
    ],
    [
      '{ when_all_down: [«last_good for 5», all], members: [192.0.2.1] }',
      'pool "p": when_all_down "last_good for 5" for 5 has no unit; write 5s or 5ms',
    ],
    [
      '{ when_all_down: [{ pool: «qq» }, all], members: [192.0.2.1] }',
      'pool "p": when_all_down: pool "qq" is unknown; did you mean "q"?',
    ],
    [
      '{ when_all_down: [«{ pool: q, all: 1m }», all], members: [192.0.2.1] }',
      'pool "p": when_all_down takes exactly one of pool, last_good, all and nodata',
    ],
    [
      '{ when_all_down: [nodata, «{ pool: q }»], members: [192.0.2.1] }',
      'pool "p": when_all_down never reaches pool "q": "nodata" always answers',
    ],
    [
      '{ when_all_down: [«last_good for 10m»], members: [192.0.2.1] }',
      'pool "p": when_all_down ends with "last_good" for 10m, and nothing follows it; let it hold for good, or write what comes then, such as all',
    ],
  ]),
  'clients that cannot be': inName([
    [
      '    clients: [{ subnet: «192.0.2.1/24», pool: q }]',
      'name "a.example.test": clients: subnet "192.0.2.1/24" has bits set past its prefix; write 192.0.2.0/24',
    ],
    [
      '    clients: [{ subnet: 192.0.2.0/24, pool: «qq» }]',
      'name "a.example.test": clients: pool "qq" is unknown; did you mean "q"?',
    ],
    [
      '    clients: [{ subnet: [192.0.2.0/24, «192.0.2.0/24»], pool: q }]',
      'name "a.example.test": clients: subnet 192.0.2.0/24 is repeated; see line 7',
    ],
    [
      '    clients:\n      - { subnet: 192.0.2.0/24, pool: q }\n      - { subnet: [«192.0.2.128/25»], policy: random }',
      'name "a.example.test": clients: subnet 192.0.2.128/25 has no clients left: 192.0.2.0/24 (line 8) is before it',
    ],
    [
      '    clients:\n      - { subnet: [192.0.2.0/25, 192.0.2.128/25], pool: q }\n      - { subnet: [«192.0.2.0/24»], policy: random }',
      'name "a.example.test": clients: subnet 192.0.2.0/24 has no clients left: 192.0.2.0/25 (line 8) is before it',
    ],
    [
      '    clients: [{ subnet: 192.0.2.0/24, policy: «nearest» }]',
      'name "a.example.test": clients: policy nearest needs a map in pool "p" (line 2); set map to one',
    ],
    ['    failover_within: «2h»', 'name "a.example.test": failover_within "2h" is outside 1s–1h'],
    [
      '    «load_bound»: 2',
      'name "a.example.test": load_bound is decided by pool "p" (line 2); set it there',
    ],
  ]),
  'what else cannot be': [
    [
      'maps: { m: { file: a, «mmdb»: b } }',
      'map "m": mmdb stands beside file (line 2); a map is read from one of them',
    ],
    ['maps: { «m»: {} }', 'map "m" is empty; it takes file or mmdb'],
    [
      'names: { a.example.test: { policy: «nearest» } }',
      'name "a.example.test": policy nearest needs members that say where they are, and a zone file has none; give it a pool',
    ],
    [
      'pools:\n  A.example.test: { members: [192.0.2.1] }\nnames: { «a.example.test»: , b.example.test: { pool: A.example.test } }',
      'name "a.example.test" is a pool of its own, and pool "A.example.test" (line 3) is called the same; call that otherwise',
    ],
    [
      'pools:\n  «p»: { policy: nearest, map: m, members: { a: { v4: 192.0.2.1, at: "1,2" } } }\nnames: { a.example.test: { pool: p } }\nmaps: { m: { file: m } }',
      'pool "p" has no member that says where it is in the terms of map "m" (line 5); give each near',
    ],
    ['prober: { suspect_when: «5%» }', 'prober: suspect_when "5%" is outside 10%–100%'],
    [
      'explain: { allow: «all» }',
      'explain: allow "all" is not a network such as 192.0.2.0/24 or 2001:db8::/32',
    ],
  ],
  'pools that go in circles': [
    [
      'pools:\n  p: { members: { a: { pool: «p» } } }\nnames: { a.example.test: { pool: p } }',
      'pool "p": member "a": pool "p" leads to itself: p → p',
    ],
    [
      'pools:\n  p: { members: { a: { pool: q } } }\n  q: { when_all_down: [pool: r, all], members: [192.0.2.1] }\n  r: { members: { a: { pool: «q» } } }\nnames: { a.example.test: { pool: p } }',
      'pool "r": member "a": pool "q" leads to itself: q → r → q',
    ],
    [
      `pools:\n  «a1»: { members: { a: { pool: a2 } } }\n${[2, 3, 4, 5, 6, 7, 8, 9, 10]
        .map((at) => `  a${at}: { members: { a: { pool: a${at + 1} } } }\n`)
        .join('')}  a11: { members: [192.0.2.1] }\nnames: { a.example.test: { pool: a1 } }`,
      'pool "a1" has more than 9 levels of pools below it: a1 → a2 → a3 → a4 → a5 → a6 → a7 → a8 → a9 → a10 → a11',
    ],
  ],
}

describe.each(Object.entries(WRONG))('%s', (_, rows) => {
  it.each(rows.map(flip))('is told that %s', (message, marked) => {
    const { yaml, place } = unmark(marked)
    const reading = readConfig(yaml, FILE)
    const found = 'diagnostics' in reading ? reading.diagnostics : reading.warnings
    const errors = found.filter(({ severity }) => severity === 'error')
    expect(errors).toEqual([{ severity: 'error', ...place, message }])
  })
})

const ODD: readonly Row[] = [
  ...inPool([
    [
      '{ «load_bound»: 2, members: [192.0.2.1, 192.0.2.2] }',
      'pool "p": load_bound means nothing to policy rotate (the default); it counts under policy sticky',
    ],
    [
      '{ policy: random, «fail_back»: false, members: [192.0.2.1, 192.0.2.2] }',
      'pool "p": fail_back means nothing to policy random (line 3); it counts under policy failover',
    ],
    [
      '{ members: { a: { v4: 192.0.2.1, «tier»: 1 }, b: { v4: 192.0.2.2, tier: 2 } } }',
      'pool "p": member "a": tier means nothing to policy rotate (the default); it counts under policy failover',
    ],
    [
      '{ «slow_start»: 1m, members: [192.0.2.1, 192.0.2.2] }',
      'pool "p": slow_start means nothing without a check: nobody is ever down',
    ],
  ]),
  [
    'pools:\n  p:\n    policy: nearest\n    map: m\n    members: { a: { v4: 192.0.2.1, near: x }, «b»: { v4: 192.0.2.2 } }\nnames: { a.example.test: { pool: p } }\nmaps: { m: { file: m } }',
    'pool "p": member "b" has no place in the terms of map "m" (line 8), and is nearest to nobody; give it near',
  ],
  ['maps: { «m»: { file: m } }', 'map "m" is used by no pool'],
  ...inName([
    [
      '    clients: [{ subnet: [192.0.2.0/24, «192.0.2.0/25»], pool: q }]',
      'name "a.example.test": clients: subnet 192.0.2.0/25 has no clients left: 192.0.2.0/24 (line 7) is before it',
    ],
  ]),
]

describe('what is right, but odd', () => {
  it.each(ODD.map(flip))('is told that %s', (message, marked) => {
    const { yaml, place } = unmark(marked)
    const reading = readConfig(yaml, FILE)
    expect(reading.config && reading.warnings).toEqual([{ severity: 'warning', ...place, message }])
  })
})

describe('what is right', () => {
  it.each([
    [
      'a policy for some clients makes settings count',
      `pools: { p: { load_bound: 2, members: [192.0.2.1, 192.0.2.2] } }
names:
  a.example.test: { pool: p, clients: [{ subnet: 192.0.2.0/24, policy: sticky }] }`,
    ],
    [
      'a narrow subnet before a wide one takes its part',
      `pools: { p: { members: [192.0.2.1] }, q: { members: [192.0.2.2] } }
names:
  a.example.test:
    pool: p
    clients:
      - { subnet: 192.0.2.0/25, pool: q }
      - { subnet: 192.0.2.0/24, policy: random }`,
    ],
    [
      'pools in pools, an alias, and a pool of last resort',
      `pools:
  top:
    policy: failover
    fail_back: false
    when_all_down: [last_good for 10m, pool: sorry, all]
    members:
      dc1: { pool: dc1, min_healthy: 2, tier: 1 }
      cdn: { cname: cdn.example.org, tier: 2 }
  dc1: { members: [192.0.2.1, 192.0.2.2] }
  sorry: { members: [192.0.2.99] }
names: { a.example.test: { pool: top } }`,
    ],
  ])('is said nothing of: %s', (_, yaml) => {
    expect(messagesOf(withZone(yaml))).toEqual([])
  })
})
