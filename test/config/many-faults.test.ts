/**
 * Goal: no fault hides another, and none is echoed in other words.
 * Method: files with many faults, whose messages are counted; and files with next to nothing.
 */

import { describe, expect, it } from 'vitest'

import { messagesOf, withZone } from './support.ts'

describe('a file with many faults', () => {
  it('hears of all of them at once, in the order of its lines', () => {
    const yaml = `worker: 2
listen: { dns: ["127.0.0.1"] }
zones: { example.test: z }
checks:
  web: { http: { port: 0 }, timeout: 9s }
pools:
  web: { check: wob, policy: weigthed, members: { a: 192.0.2.300, b: { v4: 192.0.2.2, wieght: 2 } } }
names:
  www.example.test: { pool: wub, answers: 99 }
  www.example.org: { pool: web }
`
    expect(messagesOf(yaml)).toEqual([
      '1:1 unknown key "worker"; did you mean "workers"?',
      '2:17 listen: dns "127.0.0.1" has no port; write 127.0.0.1:53',
      '5:24 check "web": http: port 0 is outside 1–65535',
      '5:38 check "web": timeout 9s is longer than interval 5s (the default)',
      '7:17 pool "web": check "wob" is unknown; did you mean "web"?',
      '7:30 pool "web": policy "weigthed" is unknown; did you mean "weighted"?',
      '7:54 pool "web": member "a": "192.0.2.300" is not an IP address such as 192.0.2.1 or 2001:db8::1',
      '7:87 pool "web": member "b": unknown key "wieght"; did you mean "weight"?',
      '9:29 name "www.example.test": pool "wub" is unknown; did you mean "web"?',
      '9:43 name "www.example.test": answers 99 is outside 1–32',
      '10:3 name "www.example.org" is in no zone; the only zone is example.test',
    ])
  })

  it.each([
    [
      'a pool that cannot be read is still there to be named',
      'pools: { p: { policy: rotate } }\nnames: { a.example.test: { pool: p } }',
    ],
    [
      'a check whose probe is misspelt is not said to measure nothing',
      'checks: { web: { htpp: {} } }\nnames: { a.example.test: { check: web } }',
    ],
    [
      'an interval that cannot be read is not compared',
      'names: { a.example.test: { check: { http: , interval: 9, timeout: 9s } } }',
    ],
    [
      'a policy that cannot be read is not said to ignore weights',
      'pools: { p: { policy: wat, members: { a: { v4: 192.0.2.1, weight: 5 } } } }\nnames: { a.example.test: { pool: p } }',
    ],
    [
      'a pool whose name cannot be read is not said to be unused',
      'pools: { p: { members: [192.0.2.1] } }\nnames: { a.example.test: { pool: 5 } }',
    ],
    ['a number that breaks two limits breaks one', 'workers: 1e99'],
    [
      'a member that is dropped does not make the pool too small',
      'pools: { p: { min_healthy: 2, members: [192.0.2.1, x] } }\nnames: { a.example.test: { pool: p } }',
    ],
  ])('%s', (_, yaml) => {
    expect(messagesOf(withZone(yaml))).toHaveLength(1)
  })

  it('names one member too few for the defaults, and where they are', () => {
    const yaml = `zones: { example.test: z }
defaults: { min_healthy: 2 }
pools: { p: { members: [192.0.2.1] } }
names: { a.example.test: { pool: p } }`
    expect(messagesOf(yaml)).toEqual([
      '3:10 pool "p" has 1 member, fewer than min_healthy 2 (line 2)',
    ])
  })

  it('names a few of many pools', () => {
    const pools = 'abcdefghij'.split('').map((name) => `${name}x: { members: [192.0.2.1] }`)
    const yaml = withZone(
      `pools: { ${pools.join(', ')} }\nnames: { a.example.test: { pool: zzz } }`,
    )
    expect(messagesOf(yaml).at(-1)).toBe(
      '3:34 name "a.example.test": pool "zzz" is unknown; the pools are ax, bx, cx, dx, ex, fx, gx, hx and 2 more',
    )
  })

  it('quotes a long value by its beginning', () => {
    const [message] = messagesOf(withZone(`defaults: { ttl: ${'9'.repeat(500)}x }`))
    expect(message!.length).toBeLessThan(160)
  })
})

describe('a file in which everything is wrong', () => {
  it('hears of it all', () => {
    const count = 150_000 // More than a call may have arguments.
    const names = Array.from({ length: count }, (_, i) => `  n${i}.example.org: { pool: p }\n`)
    const messages = messagesOf(
      withZone(`pools: { p: { members: [192.0.2.1] } }\nnames:\n${names.join('')}`),
    )
    expect(messages).toHaveLength(count)
    expect(messages.at(-1)).toBe(
      '150003:3 name "n149999.example.org" is in no zone; the only zone is example.test',
    )
  })

  it('has the likely word for its first hundred lost words, and what there is for the rest', () => {
    const lost = Array.from({ length: 102 }, (_, i) => `poolabc${100 + i}`)
    const names = [...lost, lost[0]!].map((pool, i) => `n${i}.example.test: { pool: ${pool} }`)
    const pools = '{ poolabcdef: { members: [192.0.2.1] } }'
    const told = messagesOf(withZone(`pools: ${pools}\nnames: { ${names.join(', ')} }`))
    const advice = told.map((message) => message.split('; ')[1])
    const likely = 'did you mean "poolabcdef"?'
    expect(advice.slice(-4)).toEqual([
      likely,
      'the only pool is poolabcdef',
      'the only pool is poolabcdef',
      likely,
    ])
  })
})

describe('a file without what it needs', () => {
  it.each([
    [
      '',
      '1:1 a configuration must be a map with listen, tls, workers, state, server_id, zones, defaults, prober, explain, webhooks, maps, checks, pools, names, not nothing',
    ],
    [
      '- a',
      '1:1 a configuration must be a map with listen, tls, workers, state, server_id, zones, defaults, prober, explain, webhooks, maps, checks, pools, names, not a list',
    ],
    [
      'workers: 2',
      '1:1 there is no zone to answer for; write "zones:" with at least one apex and its file',
    ],
    [
      'workers: 2\nzones:',
      '2:1 there is no zone to answer for; write "zones:" with at least one apex and its file',
    ],
  ])('%j hears what that is', (yaml, line) => {
    expect(messagesOf(yaml)).toEqual([line])
  })

  it('is not taken apart by aliases that unfold without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`,
    )
    const [message] = messagesOf(['l0: &l0 x', ...levels].join('\n'))
    expect(message).toMatch(/not valid YAML: excessive alias count/)
  })
})
