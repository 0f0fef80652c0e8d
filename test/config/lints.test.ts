/**
 * Goal: slips that only show in an outage are told beforehand, and nothing that is meant.
 * Method: snippets in which «» stand around the place that is told, with the message; and their
 * neighbours, which are told nothing.
 */

import { describe, expect, it } from 'vitest'

import { readConfig } from '../../src/config/read.ts'
import { FILE, flip, messagesOf, unmark, withZone } from './support.ts'

const CHECKED = `checks: { web: { http: , interval: 10s } }
pools: { p: { check: web, members: [192.0.2.1, 192.0.2.2] } }
`
const ASKED = 'names: { a.example.test: { pool: p } }'

const SLIPS: readonly (readonly [yaml: string, message: string])[] = [
  [
    `${CHECKED}names: { a.example.test: { pool: p, ttl: «5» } }`,
    'name "a.example.test": ttl 5 is shorter than interval 10s of check "web": caches ask more often than health can change; write 10 or more, or a shorter interval',
  ],
  [
    `defaults: { ttl: «5» }\n${CHECKED}${ASKED}`,
    'defaults: ttl 5 is shorter than interval 10s of check "web": caches ask more often than health can change; write 10 or more, or a shorter interval',
  ],
  [
    `pools: { «p»: { check: { http: }, members: [192.0.2.1] } }\n${ASKED}`,
    'pool "p" has one member under a check, and when_all_down answers it all the same: the check changes nothing; add a member, or write what is answered instead',
  ],
  [
    `pools: { p: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 9 }, b: 192.0.2.2 } } }
names: { a.example.test: { pool: p, answers: «2» } }`,
    'name "a.example.test": answers 2 gives 1.2 records on average: 80% of the turns hold the heaviest member of pool "p" alone, so that shares stay exact; weights that are nearer to each other give more',
  ],
  [
    `pools: { p: { policy: «fastest», members: [192.0.2.1, 192.0.2.2] } }\n${ASKED}`,
    'pool "p": policy fastest has no check, so nobody has a time; add a check',
  ],
  [
    `pools: { p: { check: { http: }, policy: «least-load», members: [192.0.2.1, 192.0.2.2] } }\n${ASKED}`,
    'pool "p": policy least-load has no check with report, so nobody has a load; add report to a check',
  ],
  [
    `pools: { p: { members: { a: 192.0.2.1, b: { cname: «www.example.org» } } } }\n${ASKED}`,
    'pool "p": member "b": cname is drawn beside addresses: caches use it for all types while they hold it, so shares bend towards it; give it weight 0, or use policy failover',
  ],
]

describe('a slip', () => {
  it.each(SLIPS.map(flip))('is told: %s', (message, marked) => {
    const { yaml, place } = unmark(marked)
    const reading = readConfig(yaml, FILE)
    expect(reading.config && reading.warnings).toEqual([{ severity: 'warning', ...place, message }])
  })

  it('that many names share is told once, where it is written', () => {
    const names = 'a.example.test: { pool: p }, b.example.test: { pool: p }'
    const told = messagesOf(withZone(`defaults: { ttl: 5 }\n${CHECKED}names: { ${names} }`))
    expect(told).toHaveLength(1)
  })
})

describe('no slip', () => {
  it.each([
    [
      'a load that backends report, and a time that checks take',
      `pools:
  p: { check: { http: , report: json }, policy: least-load, members: [192.0.2.1, 192.0.2.2] }
  q: { check: { http: }, policy: fastest, members: [192.0.2.1, 192.0.2.2] }
names: { a.example.test: { pool: p }, b.example.test: { pool: q } }`,
    ],
    [
      'an alias that waits until the addresses are out',
      `pools:
  p: { policy: failover, members: { a: 192.0.2.1, b: { cname: www.example.org } } }
  q: { members: { a: 192.0.2.1, b: { cname: www.example.org, weight: 0 } } }
names: { a.example.test: { pool: p }, b.example.test: { pool: q } }`,
    ],
    [
      'a pool of one that says what stands in for it',
      `pools: { p: { when_all_down: nodata, check: { http: }, members: [192.0.2.1] } }\n${ASKED}`,
    ],
    [
      'a pool of one in a pool that has others',
      `pools:
  p: { members: { a: { pool: q }, b: { pool: r } } }
  q: { check: { http: }, members: [192.0.2.1] }
  r: { check: { http: { port: 81 } }, members: [192.0.2.2] }
${ASKED}`,
    ],
    ['a pool of one that nothing is asked of', `pools: { p: { members: [192.0.2.1] } }\n${ASKED}`],
    [
      'a TTL that follows from a budget',
      `pools: { p: { check: { http: }, members: [192.0.2.1, 192.0.2.2] } }
names: { a.example.test: { pool: p, failover_within: 20s } }`,
    ],
    [
      'skewed weights where nobody asked for several records',
      `pools: { p: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 9 }, b: 192.0.2.2 } } }\n${ASKED}`,
    ],
    [
      'weights that leave several records in most turns',
      `pools: { p: { policy: weighted, answers: 2, members: { a: { v4: 192.0.2.1, weight: 3 }, b: 192.0.2.2 } } }\n${ASKED}`,
    ],
  ])('is %s', (_, yaml) => {
    expect(messagesOf(withZone(yaml))).toEqual([])
  })
})
