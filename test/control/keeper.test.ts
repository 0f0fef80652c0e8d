/**
 * Goal: what is published follows what is observed: at once, only what has changed, and never a
 * roster before the world that it is for.
 * Method: a manual clock, backends that answer as told, real files, and a worker's listener that
 * takes all that is published; `told` shows it as lines.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { hasErrors, headline } from '../../src/base/diagnostic.ts'
import { zoneText } from './configs.ts'
import { kept, rostersAfter, settled, STATES } from './listened.ts'

/** Interval 5 s, in doubt 1 s, timeout 2 s, rise 2, fall 3; a probe takes no time unless it hangs. */
const CHECKS = 'checks: { web: { tcp: { port: 80 } } }'
const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
const ONE_POOL = `
zones: { example.test: example.test.zone }
${CHECKS}
pools: { web: { check: web, members: { a: ${A}, b: ${B} } } }
names: { www.example.test: { pool: web } }
`
/** Doubts change nothing here. */
const FIXED = ONE_POOL.replace('pool: web }', 'pool: web, ttl: 20 }')
const SHARED = `
zones: { example.test: example.test.zone }
${CHECKS}
pools:
  web: { check: web, members: { a: ${A}, b: ${B} } }
  shop: { check: web, policy: failover, members: { first: ${A}, second: ${C} } }
  other: { check: web, members: [${B}] }
names:
  www.example.test: { pool: web }
  one.example.test: { pool: web, answers: 1 }
  shop.example.test: { pool: shop }
  other.example.test: { pool: other }
`

describe('a world', () => {
  it('is published with everybody in it, under the least TTL, before anybody was probed', async () => {
    const { told } = await kept(ONE_POOL)
    expect(told()).toEqual(['world 1: [a b, ttl 5]'])
  })

  it('has the most TTL once the first round has found all up', async () => {
    const { keeper, clock, told } = await kept(ONE_POOL)
    told()
    const round = keeper.firstRound(5_000)
    await clock.advance(0)
    await round
    expect(told().at(-1)).toBe('0: [a b, ttl 30]')
  })

  it('has nobody in it who failed in the first round', async () => {
    const { keeper, clock, backends, told } = await kept(ONE_POOL)
    backends.set(A, 'down')
    const round = keeper.firstRound(5_000)
    await clock.advance(0)
    await round
    expect(told().at(-1)).toBe('0: [b, ttl 30]')
  })

  it('of many pools arrives whole', async () => {
    const pools = Array.from(
      { length: 1_000 },
      (_, i) => `  p${i}: { members: [192.0.2.${i % 200}] }`,
    )
    const names = pools.map((_, i) => `  n${i}.example.test: { pool: p${i} }`)
    const yaml = `zones: { example.test: example.test.zone }\npools:\n${pools.join('\n')}\nnames:\n${names.join('\n')}\n`
    const { rosters, keeper } = await kept(yaml)
    expect(rosters()).toHaveLength(1_000)
    expect(rosters()[999]).toBe('[192.0.2.199, ttl 30]')
    expect(keeper.briefing().length).toBeGreaterThan(2)
  })
})

describe('observations', () => {
  it('that change nothing are not published', async () => {
    const { clock, told } = await settled(ONE_POOL)
    await clock.advance(3_600_000)
    expect(told()).toEqual([])
  })

  it('shorten the TTL at the first failure, and take the member out at the third', async () => {
    const { clock, backends, told } = await settled(ONE_POOL)
    backends.set(A, 'down')
    await clock.advance(60_000)
    expect(told()).toEqual(['0: [a b, ttl 5]', '0: [b, ttl 30]'])
  })

  it('shorten the TTL at the first success, and bring the member back at the second', async () => {
    const { clock, backends, told } = await settled(ONE_POOL, { [A]: 'down' })
    backends.set(A, 'up')
    await clock.advance(60_000)
    expect(told()).toEqual(['0: [b, ttl 5]', '0: [a b, ttl 30]'])
  })

  it('of one lost probe shorten the TTL for as long as there is doubt', async () => {
    const { clock, told, losing } = await settled(ONE_POOL)
    losing(A, 1)
    await clock.advance(60_000)
    expect(told()).toEqual(['0: [a b, ttl 5]', '0: [a b, ttl 30]'])
  })

  it('take out a backend that hangs as one that refuses', async () => {
    const { clock, backends, told } = await settled(ONE_POOL)
    backends.set(A, 'hangs')
    await clock.advance(60_000)
    expect(told()).toEqual(['0: [a b, ttl 5]', '0: [b, ttl 30]'])
  })

  it('answer everybody when nobody is left', async () => {
    const { clock, backends, rosters } = await settled(ONE_POOL)
    backends.set(A, 'down').set(B, 'down')
    await clock.advance(60_000)
    expect(rosters()).toEqual(['[a b, ttl 30]'])
  })

  it('that leave a roster as it was are not published: a doubt under a fixed TTL', async () => {
    const { clock, backends, told } = await settled(FIXED)
    backends.set(A, 'down')
    await clock.advance(60_000)
    expect(told()).toEqual(['0: [b, ttl 20]'])
  })
})

describe('a target that pools share', () => {
  it('is probed once for all of them', async () => {
    const { clock, probes } = await settled(SHARED)
    probes.length = 0
    await clock.advance(50_000)
    const asked = probes.filter((address) => address === A).length
    expect(asked).toBeGreaterThanOrEqual(9)
    expect(asked).toBeLessThanOrEqual(12)
  })

  it('flips them all in one breath, and no other', async () => {
    const { clock, backends, batches } = await settled(SHARED)
    backends.set(A, 'down')
    await clock.advance(60_000)
    expect(batches()).toEqual([
      ['0: [a b, ttl 5]', '1: [a b, ttl 5]', '2: [first, ttl 5]'],
      ['0: [b, ttl 30]', '1: [b, ttl 30]', '2: [second, ttl 30]'],
    ])
  })

  it('tells of its flip once, with every member that it is, after it was published', async () => {
    const { clock, backends, flips } = await settled(SHARED)
    flips.length = 0
    backends.set(A, 'down')
    await clock.advance(60_000)
    expect(flips).toEqual(['web/a shop/first: up -> down, after 2: [second, ttl 30]'])
  })
})

describe('a reload', () => {
  it('keeps what is believed: who was down is not answered for a moment', async () => {
    const { keeper, told } = await settled(ONE_POOL, { [A]: 'down' })
    await keeper.load()
    expect(told()).toEqual(['world 2: [b, ttl 30]'])
  })

  it('keeps what is believed when only the pace of probes is new', async () => {
    const { keeper, files, told } = await settled(ONE_POOL, { [A]: 'down' })
    files.rewrite('rota.yaml', ONE_POOL.replace('port: 80 }', 'port: 80 }, interval: 9s'))
    await keeper.load()
    expect(told()).toEqual(['world 2: [b, ttl 30]'])
  })

  it('believes nothing of a member that is new, and answers it', async () => {
    const { keeper, files, told, clock } = await settled(ONE_POOL, { [A]: 'down' })
    files.rewrite('rota.yaml', ONE_POOL.replace(`b: ${B}`, `b: ${B}, c: ${C}`))
    await keeper.load()
    expect(told()).toEqual(['world 2: [b c, ttl 5]'])
    await clock.advance(10_000)
    expect(told()).toEqual(['0: [b c, ttl 30]'])
  })

  it('asks no more of a member that has gone', async () => {
    const { keeper, files, probes, clock } = await settled(ONE_POOL)
    files.rewrite('rota.yaml', ONE_POOL.replace(`a: ${A}, `, ''))
    await keeper.load()
    probes.length = 0
    await clock.advance(60_000)
    expect(new Set(probes)).toEqual(new Set([B]))
  })

  it('gives a pool other bindings, and later news goes to those', async () => {
    const { keeper, files, told, clock, backends } = await settled(SHARED)
    files.rewrite('rota.yaml', SHARED.replace('  www.example.test: { pool: web }\n', ''))
    await keeper.load()
    told()
    backends.set(C, 'down').set(A, 'down')
    await clock.advance(60_000)
    expect(new Set(told())).toContain('1: [first, ttl 30]')
  })

  it('with faults changes nothing, and says them', async () => {
    const { keeper, files, told, clock, probes } = await settled(ONE_POOL)
    const before = keeper.settings
    files.rewrite('rota.yaml', ONE_POOL.replace('pool: web', 'pool: wob'))
    const diagnostics = await keeper.load()
    expect(diagnostics.map(headline).join()).toContain('did you mean "web"')
    expect(told()).toEqual([])
    expect(keeper.settings).toBe(before)
    expect(keeper.generation).toBe(1)
    probes.length = 0
    await clock.advance(20_000)
    expect(new Set(probes)).toEqual(new Set([A, B]))
  })

  it('with a zone file at fault changes nothing', async () => {
    const { keeper, files, told } = await settled(ONE_POOL)
    files.rewrite('example.test.zone', zoneText('example.test', 'bad IN A 192.0.2'))
    expect(hasErrors(await keeper.load())).toBe(true)
    expect(told()).toEqual([])
  })

  it('that was mended is taken', async () => {
    const { keeper, files, told } = await settled(ONE_POOL)
    files.rewrite('rota.yaml', 'zones')
    await keeper.load()
    files.rewrite('rota.yaml', ONE_POOL)
    await keeper.load()
    expect(told()).toEqual(['world 2: [a b, ttl 30]'])
  })

  it('goes on counting the turns of those who stay where it did', async () => {
    const { keeper, files } = await settled(ONE_POOL)
    const cellOf = (name: string) => keeper.status().find(({ member }) => member === name)?.cell
    const before = cellOf('b')
    files.rewrite('rota.yaml', ONE_POOL.replace(`a: ${A}`, `c: ${C}`))
    await keeper.load()
    expect(cellOf('b')).toBe(before)
    expect(cellOf('c')).not.toBe(before)
  })

  it('tells the world before the rosters, even where a probe ran out of time meanwhile', async () => {
    const { keeper, clock, backends, files, told, rosters } = await settled(ONE_POOL)
    backends.set(A, 'hangs').set(B, 'hangs')
    await clock.advance(4_900)
    // The process stands still while probes pass their deadline, and wakes up to a reload.
    clock.freeze(10_000)
    told()
    files.rewrite('rota.yaml', SHARED)
    await keeper.load()
    const news = told()
    expect(news).toHaveLength(1)
    expect(news[0]).toMatch(/^world 2: /)
    expect(rosters()).toEqual(rostersAfter(keeper.briefing()))
  })
})

describe('status', () => {
  it('shows each address of each member with what is believed of it', async () => {
    const { keeper } = await settled(
      ONE_POOL.replace(`b: ${B}`, `b: { v4: ${B}, v6: "2001:db8::2", weight: 3 }`),
      { '2001:db8::2': 'down' },
    )
    const lines = keeper
      .status()
      .map(({ pool, member, address, weight, state }) =>
        [`${pool}/${member}`, address, weight, state?.verdict, state?.evidence].join(' '),
      )
    expect(lines).toEqual([
      `web/a ${A} 1 up connected in 0.0 ms`,
      `web/b ${B} 3 up connected in 0.0 ms`,
      'web/b 2001:db8::2 3 down connection refused',
    ])
  })

  it('believes nothing of who is not checked', async () => {
    const { keeper } = await kept(ONE_POOL.replace('check: web, ', ''))
    expect(keeper.status().map(({ state }) => state)).toEqual([undefined, undefined])
  })
})

describe('stop', () => {
  it('leaves no timer and publishes nothing more', async () => {
    const { keeper, clock, backends, told } = await settled(ONE_POOL)
    keeper.stop()
    backends.set(A, 'down')
    await clock.advance(60_000)
    expect(clock.pendingCount).toBe(0)
    expect(told()).toEqual([])
  })

  it('while files are being read takes nothing of them', async () => {
    const { keeper, told } = await settled(ONE_POOL)
    const loading = keeper.load()
    keeper.stop()
    await loading
    expect(told()).toEqual([])
  })
})

describe('whoever heard everything', () => {
  it('knows what whoever is briefed now would know, and heard nothing twice', async () => {
    const step = fc.oneof(
      fc.record({ address: fc.constantFrom(A!, B!, C!), becomes: fc.constantFrom(...STATES) }),
      fc.record({ advanceMs: fc.integer({ min: 1, max: 9_000 }) }),
      fc.record({ freezeMs: fc.integer({ min: 1, max: 4_000 }) }),
      fc.record({ yaml: fc.constantFrom(ONE_POOL, SHARED, FIXED, 'a fault') }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { keeper, clock, backends, files, rosters, told } = await kept(SHARED)
        const last = new Map<string, string>()
        for (const move of steps) {
          if ('address' in move) backends.set(move.address, move.becomes)
          else if ('advanceMs' in move) await clock.advance(move.advanceMs)
          else if ('freezeMs' in move) clock.freeze(move.freezeMs)
          else {
            files.rewrite('rota.yaml', move.yaml)
            await keeper.load()
          }
          for (const line of told()) {
            const [binding = '', roster = ''] = line.split(': ')
            expect(last.get(binding)).not.toBe(roster)
            if (binding.startsWith('world')) last.clear()
            else last.set(binding, roster)
          }
        }
        expect(rosters()).toEqual(rostersAfter(keeper.briefing()))
        keeper.stop()
      }),
      { numRuns: 60, seed: 7 },
    )
  })
})
