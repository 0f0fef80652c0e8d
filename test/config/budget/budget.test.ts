/**
 * Goal: the worst case that is told is the sum of what really happens, and a budget that is set is
 * kept, or said to be impossible with the whole sum.
 * Method: timings beside their sums; YAML with budgets; and a property: whatever is written or left
 * open, what is derived keeps the budget unless an error says that it cannot.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  failoverOf,
  printSeconds,
  printTerms,
  type Timing,
} from '../../../src/config/budget/budget.ts'
import type { TtlMode, TtlRange } from '../../../src/config/config.ts'
import { failoversOf } from '../../../src/config/budget/failover.ts'
import { readConfig } from '../../../src/config/read.ts'
import { checkOf, configOf, FILE, messagesOf, withZone } from '../support.ts'

const USUAL: Timing = {
  intervalMs: 2000,
  fastIntervalMs: 500,
  timeoutMs: 1000,
  fall: 3,
  isHeartbeat: false,
}

function told(
  timing: Timing,
  ttl: TtlRange,
  mode: TtlMode = 'step',
  death = 'black hole' as const,
) {
  const failover = failoverOf(timing, ttl, mode, death)
  return `${printSeconds(failover.totalMs)} = ${printTerms(failover)}`
}

describe('the worst case', () => {
  it('is an answer of the last moment, where the most of the TTL is short', () => {
    expect(told(USUAL, { max: 6, min: 5 })).toBe(
      '10.3 s = 3.2 s until a probe fails + 2.0 s until it is believed + 0.1 s to publish + 5 s TTL',
    )
  })

  it('is an answer of the moment before the first failure, where it is long', () => {
    expect(told(USUAL, { max: 30, min: 5 })).toBe(
      '33.3 s = 3.2 s until a probe fails + 0.1 s to publish + 30 s TTL',
    )
  })

  it('has no timeouts where the dead refuse', () => {
    const failover = failoverOf(USUAL, { max: 1, min: 1 }, 'step', 'refused')
    expect(printTerms(failover)).toBe(
      '2.2 s until a probe fails + 1.1 s until it is believed + 0.1 s to publish + 1 s TTL',
    )
  })

  it('is the most of a TTL that is fixed, after all the rest', () => {
    expect(told(USUAL, { max: 30, min: 5 }, 'fixed')).toBe(
      '35.3 s = 3.2 s until a probe fails + 2.0 s until it is believed + 0.1 s to publish + 30 s TTL',
    )
  })

  it('is no longer than the earliest flip where the TTL follows health', () => {
    expect(told({ ...USUAL, fall: 2 }, { max: 30, min: 1 }, 'health')).toBe(
      '6.3 s = 3.2 s until a probe fails + 0.1 s to publish + 3 s TTL',
    )
  })

  it('has the TTL of one failure more where it follows health and haste takes long', () => {
    expect(told({ ...USUAL, fastIntervalMs: 2000 }, { max: 30, min: 1 }, 'health')).toBe(
      '9.7 s = 3.2 s until a probe fails + 4.4 s until it is believed + 0.1 s to publish + 2 s TTL',
    )
  })

  it('of a heartbeat is a silence, and who looks for it', () => {
    expect(told({ ...USUAL, isHeartbeat: true }, { max: 1, min: 1 })).toBe(
      '6.6 s = 4.4 s until a probe fails + 1.1 s until it is believed + 0.1 s to publish + 1 s TTL',
    )
  })

  it('of one failure alone is believed at once', () => {
    expect(told({ ...USUAL, fall: 1 }, { max: 1, min: 1 })).toBe(
      '4.3 s = 3.2 s until a probe fails + 0.1 s to publish + 1 s TTL',
    )
  })
})

describe('a name', () => {
  const POOLS = `checks:
  quick: { tcp: { port: 1 }, interval: 1s }
  slow: { tcp: { port: 2 }, interval: 10s }
pools:
  top: { members: { a: { pool: quick }, b: { pool: slow } } }
  quick: { check: quick, ttl: 1, members: [192.0.2.1] }
  slow: { check: slow, members: [192.0.2.2] }
  bare: { members: [192.0.2.3] }
  half: { members: { a: { v4: 192.0.2.4, check: quick }, b: 192.0.2.5 } }
  mixed: { members: { a: { pool: quick }, b: { pool: bare } } }
`
  const totalsOf = (names: string) =>
    failoversOf(configOf(withZone(`${POOLS}names: ${names}`))).map(
      ({ blackHole, never }) => never ?? printSeconds(blackHole!.totalMs),
    )

  it('is as slow as the slowest check below it', () => {
    expect(
      totalsOf('{ a.example.test: { pool: top, ttl: 1 }, b.example.test: { pool: quick } }'),
    ).toEqual(['18.1 s', '5.4 s'])
  })

  it('is as slow as the pools of its clients', () => {
    const clients = 'clients: [{ subnet: 192.0.2.0/24, pool: slow }]'
    expect(totalsOf(`{ a.example.test: { pool: quick, ${clients} } }`)).toEqual(['18.1 s'])
  })

  it('is as slow as the longest lease of those who register unchecked', () => {
    const yaml = withZone(`pools:
  top: { members: { a: { pool: web }, b: { pool: checked } } }
  web: { register: { networks: [192.0.2.0/24], lease: 45s }, members: {} }
  checked: { check: { tcp: { port: 1 } }, members: [192.0.2.9] }
names:
  a.example.test: { pool: top, ttl: 8/2, ttl_mode: health }
  b.example.test: { pool: checked, ttl: 8/2 }`)
    const [leased, checked] = failoversOf(configOf(yaml))
    expect([leased!.blackHole, leased!.refused].map((sum) => printTerms(sum!))).toEqual([
      '45.0 s until its lease ends + 0.1 s to publish + 8 s TTL',
      '45.0 s until its lease ends + 0.1 s to publish + 8 s TTL',
    ])
    expect(checked!.blackHole!.totalMs).toBeLessThan(45_000)
  })

  it('may never fail over, and why is said', () => {
    expect(
      totalsOf(
        '{ a.example.test: { pool: bare }, b.example.test: { pool: half }, c.example.test: }',
      ),
    ).toEqual(['no check', 'member "b" of pool "half" has no check', 'no check'])
  })

  it('may never fail over for the one pool of several that has no check, which is named', () => {
    const clients = 'clients: [{ subnet: 192.0.2.0/24, pool: bare }]'
    expect(
      totalsOf(`{ a.example.test: { pool: mixed }, b.example.test: { pool: quick, ${clients} } }`),
    ).toEqual(['pool "bare" has no check', 'pool "bare" has no check'])
  })
})

describe('a budget', () => {
  const settled = (keys: string, check: string) => {
    const config = configOf(
      withZone(`checks: { web: { http: { port: 80 }${check} } }
pools: { web: { check: web, members: [192.0.2.1, 192.0.2.2] } }
names: { a.example.test: { pool: web, ${keys} } }`),
    )
    const { ttl } = config.names[0]!
    const { intervalMs, fastIntervalMs, timeoutMs, fall } = checkOf(config.pools.get('web'))!
    return { ttl, timing: [intervalMs, fastIntervalMs, timeoutMs, fall] }
  }

  it('is shared among probes and TTL', () => {
    expect(settled('failover_within: 20s', '')).toEqual({
      ttl: { max: 8, min: 2 },
      timing: [9000, 1000, 2000, 3],
    })
    expect(settled('failover_within: 5s', '')).toEqual({
      ttl: { max: 2, min: 1 },
      timing: [2100, 250, 500, 3],
    })
  })

  it('of heartbeats waits for the next beat before it believes', () => {
    const config = configOf(
      withZone(`pools: { p: { check: { heartbeat: }, members: [192.0.2.1, 192.0.2.2] } }
names: { a.example.test: { pool: p, failover_within: 20s } }`),
    )
    expect(checkOf(config.pools.get('p'))).toMatchObject({
      intervalMs: 4000,
      fastIntervalMs: 4000,
      fall: 3,
    })
  })

  it('leaves what is written', () => {
    expect(settled('failover_within: 20s, ttl: 4', ', interval: 3s, fall: 5')).toEqual({
      ttl: { max: 4, min: 4 },
      timing: [3000, 1000, 2000, 5],
    })
  })

  it('believes fewer failures before it gives up', () => {
    expect(settled('failover_within: 4s', ', interval: 1s, timeout: 700ms').timing).toEqual([
      1000, 200, 700, 2,
    ])
  })

  it('shares a check with tighter budgets, each with a TTL of its own', () => {
    const { names, checks } = configOf(
      withZone(`checks: { web: { http: } }
pools: { web: { check: web, members: [192.0.2.1, 192.0.2.2] } }
names:
  a.example.test: { pool: web, failover_within: 40s }
  b.example.test: { pool: web, failover_within: 10s }
  c.example.test: { pool: web }`),
    )
    expect(names.map(({ ttl }) => ttl.max)).toEqual([16, 4, 30])
    expect(checks.get('web')!.intervalMs).toBe(4400)
  })

  it('leaves a check at most at its default for those who have no budget', () => {
    const checkWith = (names: string, more = '', fall = '') =>
      configOf(
        withZone(`${more}checks: { web: { http: ${fall} } }
pools:
  web: { check: web, members: [192.0.2.1, 192.0.2.2] }
  top: { members: { a: { pool: web }, b: { v4: 192.0.2.3, check: web } } }
names: { a.example.test: { pool: web, failover_within: 10m }${names} }`),
      ).checks.get('web')!
    const read = (names: string, more = '') => checkWith(names, more).intervalMs
    expect(read('')).toBe(516_000)
    expect(read(', b.example.test: { pool: web }')).toBe(5000)
    expect(read(', b.example.test: { pool: top }')).toBe(5000)
    expect(read(', b.example.test: { check: web }')).toBe(5000)
    expect(read('', 'prober: { anchors: { addresses: [192.0.2.9], check: web } }\n')).toBe(5000)
    expect(checkWith(', b.example.test: { pool: web }', '', ', fall: 5').fall).toBe(5)
  })

  it('counts the TTL of its own pool, wherever those of its clients stand', () => {
    const yaml = (ttl: string) =>
      withZone(`checks: { web: { http: } }
pools:
  near: { check: web, ttl: 2/1, members: [192.0.2.9, 192.0.2.8] }
  web: { check: web${ttl}, members: [192.0.2.1, 192.0.2.2] }
names:
  a.example.test:
    pool: web
    failover_within: 20s
    clients: [{ subnet: 192.0.2.0/24, pool: near }]`)
    expect(configOf(yaml('')).names[0]!.ttl).toEqual({ max: 8, min: 2 })
    expect(messagesOf(yaml(', ttl: 300')).join()).toMatch(/cannot be kept: .* 300 s TTL/)
  })

  it('holds for those who register, too', () => {
    const yaml = withZone(`checks: { own: { http: }, web: { tcp: { port: 1 }, interval: 60s } }
pools:
  web:
    check: web
    register: { networks: [192.0.2.0/24] }
    members: { a: { v4: 192.0.2.1, check: own } }
names: { a.example.test: { pool: web, failover_within: 20s } }`)
    expect(messagesOf(yaml)[0]).toMatch(/cannot be kept: .*interval, line 2/)
  })

  it.each([
    ['', '38.1 s = 30.0 s', '39s'],
    [', lease: 25s', '33.1 s = 25.0 s', '34s'],
  ])('counts the lease of those who register unchecked%s', (lease, sum, allowed) => {
    const yaml = withZone(`pools:
  web: { register: { networks: [192.0.2.0/24]${lease} }, members: {} }
names: { a.example.test: { pool: web, failover_within: 20s } }`)
    expect(messagesOf(yaml)).toEqual([
      `4:56 name "a.example.test": failover_within 20s cannot be kept: ${sum} until its lease ends (lease, line 3) + 0.1 s to publish + 8 s TTL; shorten pool "web": register: lease (line 3), or allow ${allowed}`,
    ])
    expect(configOf(yaml.replace('20s', '60s')).names[0]!.ttl).toEqual({ max: 24, min: 5 })
  })

  it('that cannot be kept is told with the whole sum, and what to change', () => {
    const yaml = withZone(`checks:
  web:
    http:
    interval: 30s
    timeout: 3s
pools: { web: { check: web, ttl: 10, members: [192.0.2.1] } }
names:
  a.example.test: { pool: web, failover_within: 20s }`)
    expect(messagesOf(yaml)).toEqual([
      '9:49 name "a.example.test": failover_within 20s cannot be kept: 49.1 s = 36.0 s until a probe fails (interval, line 5; timeout, line 6) + 3.0 s until it is believed + 0.1 s to publish + 10 s TTL (ttl, line 7); shorten check "web": interval (line 5), or allow 50s',
    ])
  })

  it('is told of all that is too long, where to shorten the longest is not enough', () => {
    const yaml = withZone(`checks: { web: { http: , interval: 15s } }
pools: { web: { check: web, ttl: 20, members: [192.0.2.1] } }
names:
  a.example.test: { pool: web, failover_within: 12s }`)
    expect(messagesOf(yaml)[0]).toMatch(
      /; shorten pool "web": ttl \(line 3\) and check "web": interval \(line 2\), or allow \d+s$/,
    )
  })

  it('is judged beside other faults, unless it may hang on them', () => {
    const yaml = (web: string, other: string) =>
      withZone(`checks: { web: { http: , interval: 30s } }
pools:
  web: { check: web, ${web} members: [192.0.2.1] }
  other: { check: web, ${other} members: [192.0.2.2] }
names:
  a.example.test: { pool: web, failover_within: 20s }
  b.example.test: { pool: other }`)
    const [sound, beside, within] = [
      messagesOf(yaml('', '')),
      messagesOf(yaml('', 'tll: 5,')),
      messagesOf(yaml('tll: 5,', '')),
    ]
    expect(sound).toEqual([expect.stringMatching(/cannot be kept/)])
    expect(beside).toEqual([expect.stringMatching(/tll/), sound[0]])
    expect(within).toEqual([expect.stringMatching(/tll/)])
  })

  it('is judged where pools and checks lead back to themselves', () => {
    const yaml = withZone(`checks: { web: { all_of: [one, web] }, one: { http: } }
pools: { p: { check: web, members: { a: { pool: p }, b: 192.0.2.1 } } }
names: { a.example.test: { pool: p, failover_within: 20s } }`)
    expect(messagesOf(yaml).join()).toMatch(
      /check "web": all_of .*, so that would be made of itself.*pool .* leads to itself/s,
    )
  })

  it('needs a check of everybody', () => {
    const yaml = withZone(`checks: { web: { http: } }
pools:
  web: { members: { a: { v4: 192.0.2.1, check: web }, b: 192.0.2.2 } }
names:
  a.example.test: { pool: web, failover_within: 20s }
  b.example.test: { failover_within: 20s }`)
    expect(messagesOf(yaml)).toEqual([
      '6:49 name "a.example.test": failover_within needs a check of every member, and pool "web": member "b" (line 4) has none',
      '7:38 name "b.example.test": failover_within needs a check of its members',
    ])
  })

  it('is kept by whatever is derived, unless an error says that it is not', () => {
    const span = (...values: number[]) => fc.option(fc.constantFrom(...values))
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3600 }),
        fc.record({
          interval: span(500, 2000, 10_000),
          fast_interval: span(100, 500),
          timeout: span(100, 500),
          fall: fc.option(fc.integer({ min: 1, max: 5 })),
        }),
        fc.option(fc.constantFrom('1', '3', '30/5', '60/1')),
        fc.constantFrom('step', 'health', 'fixed'),
        fc.constantFrom('http: { port: 80 }', 'heartbeat:'),
        (seconds, written, ttl, mode, probe) => {
          const keys = Object.entries(written).flatMap(([key, value]) =>
            value === null || (key === 'timeout' && probe === 'heartbeat:')
              ? []
              : [`, ${key}: ${value}${key === 'fall' ? '' : 'ms'}`],
          )
          const reading = readConfig(
            withZone(`checks: { web: { ${probe}${keys.join('')} } }
pools: { web: { check: web, members: [192.0.2.1, 192.0.2.2] } }
names: { a.example.test: { pool: web, ttl_mode: ${mode}, failover_within: ${seconds}s${ttl ? `, ttl: ${ttl}` : ''} } }`),
            FILE,
          )
          if (!reading.config) {
            expect(reading.diagnostics.map(({ message }) => message).join()).toMatch(
              /cannot be kept/,
            )
            return
          }
          const [failover] = failoversOf(reading.config)
          expect(failover!.blackHole!.totalMs).toBeLessThanOrEqual(seconds * 1000)
        },
      ),
    )
  })
})
