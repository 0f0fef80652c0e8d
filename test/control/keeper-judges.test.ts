/**
 * Goal: decisions, reports and time are in the answers at once, and only what has changed is
 * published; what is kept for people is true.
 * Method: a keeper with a manual clock, backends that answer as told, and an engine that hears it.
 */

import { describe, expect, it } from 'vitest'

import type { PoolConfig } from '../../src/config/config.ts'
import { FLIPS_MAX } from '../../src/control/flips.ts'
import { type ConfigSource, load, type LoadResult } from '../../src/control/loading/load.ts'
import type { Decision } from '../../src/control/judgement/standing.ts'
import type { Report } from '../../src/health/check.ts'
import { checkWith } from '../support/check.ts'
import { keeperOf, registered } from './kept.ts'

const HEAD = `zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 80 } } }`
const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const
const WEB = `${HEAD}
pools: { web: { check: web, members: { a: ${A}, b: ${B} } } }
names: { www.example.test: { pool: web } }
`
const NESTED = `${HEAD}
pools:
  world: { members: { one: { pool: dc1 }, two: { pool: dc2 } } }
  dc1: { check: web, members: { a: ${A}, b: ${B} } }
  dc2: { check: web, members: { c: ${C} } }
names:
  www.example.test: { pool: world }
  dc1.example.test: { pool: dc1 }
  dc2.example.test: { pool: dc2 }
`

describe('pools in pools', () => {
  it('are told together, from the one that changed to all above it, and no others', async () => {
    const { clock, down, told } = await keeperOf(NESTED)
    down.add(A)
    await clock.advance(60_000)
    expect(told()).toEqual([
      ['0: one=1(a=1 b=1) two=1(c=1), ttl 5', '1: a=1 b=1, ttl 5'],
      ['0: one=1(b=1) two=1(c=1), ttl 30', '1: b=1, ttl 30'],
    ])
  })
})

describe('the end', () => {
  it('is the end of changes: what is still being answered stays as it was', async () => {
    const registering = WEB.replace(
      'check: web,',
      'check: web, register: { networks: [192.0.2.0/24] },',
    )
    const { keeper, clock, down, told } = await keeperOf(registering)
    down.add(A)
    await clock.advance(60_000)
    told()
    keeper.stop()
    keeper.rejudge('web')
    keeper.setRegistered('web', [registered('c', C)])
    expect(told()).toEqual([])
  })
})

describe('an override', () => {
  const decided = async (yaml: string) => {
    const overrides = new Map<string, Decision>()
    const overrideOf = (pool: string, member: string) => overrides.get(`${pool}/${member}`)
    return { overrides, ...(await keeperOf(yaml, { overrideOf })) }
  }

  it('is in the answers as soon as the keeper is told, and ends without being told', async () => {
    const { keeper, clock, overrides, told } = await decided(WEB)
    const untilWall = clock.wall() + 90_000
    overrides.set('web/a', { word: 'drain', reason: 'disk swap', author: 'ana', untilWall })
    keeper.rejudge('web')
    expect(told()).toEqual([['0: b=1, ttl 30']])
    await clock.advance(89_999)
    expect(told()).toEqual([])
    await clock.advance(1)
    expect(told()).toEqual([['0: a=1 b=1, ttl 30']])
  })

  it('of a pool that does not matter to a name tells it nothing', async () => {
    const { keeper, overrides, told } = await decided(NESTED)
    overrides.set('dc2/c', { word: 'up', reason: 'a test', author: 'ana' })
    keeper.rejudge('dc2')
    expect(told()).toEqual([])
  })

  it('far ahead is not forgotten', async () => {
    const { keeper, clock, overrides, told } = await decided(WEB)
    const untilWall = clock.wall() + 30 * 86_400_000
    overrides.set('web/a', { word: 'down', reason: 'a test', author: 'ana', untilWall })
    keeper.rejudge()
    told()
    clock.freeze(30 * 86_400_000)
    await clock.advance(60_000)
    expect(told().at(-1)).toEqual(['0: a=1 b=1, ttl 30'])
  })
})

describe('a failover pool that keeps its standby', () => {
  it('goes back when it is told', async () => {
    const yaml = WEB.replace('check: web,', 'check: web, policy: failover, fail_back: false,')
    const { keeper, clock, down, told } = await keeperOf(yaml)
    down.add(A)
    await clock.advance(30_000)
    down.clear()
    await clock.advance(30_000)
    expect(told().at(-1)).toEqual(['0: b=1, ttl 30'])
    expect(keeper.overview().pools[0]).toMatchObject({ pool: 'web', keepsStandby: true })
    expect(keeper.failBack('web')).toBe(true)
    expect(told()).toEqual([['0: a=1, ttl 30']])
    expect(keeper.failBack('nowhere')).toBe(false)
  })

  it('is the only one that can be told', async () => {
    const { keeper } = await keeperOf(WEB.replace('check: web,', 'check: web, policy: failover,'))
    expect(keeper.overview().pools[0]).not.toHaveProperty('keepsStandby')
    expect(keeper.failBack('web')).toBe(false)
  })
})

describe('what backends report', () => {
  const reporting = async (policy: string) => {
    const reports = new Map<string, Report>()
    const attempt = async ({ address }: { readonly address: string }) => {
      const report = reports.get(address)
      return { isSuccess: true, evidence: 'status 200', ...(report && { report }) }
    }
    const yaml = WEB.replace('check: web,', `check: web, policy: ${policy},`)
    return { reports, ...(await keeperOf(yaml, { attempt })) }
  }

  it('is in the answers after the probe that brought it', async () => {
    const { reports, clock, told } = await reporting('weighted')
    reports.set(A, { share: 50 })
    await clock.advance(6_000)
    expect(told()).toEqual([['0: a=1 b=2, ttl 30']])
    reports.set(A, { word: 'drain' })
    await clock.advance(6_000)
    expect(told()).toEqual([['0: b=1, ttl 30']])
  })

  it('of requests and errors moves least-load', async () => {
    const { reports, clock, told } = await reporting('least-load')
    const count = (a: number, b: number) => {
      reports.set(A, { requests: a, errors: 0 })
      reports.set(B, { requests: b, errors: 0 })
    }
    count(0, 0)
    await clock.advance(6_000)
    for (let round = 1; round <= 4; round++) {
      count(round * 1_000, round * 100)
      await clock.advance(6_000)
    }
    expect(told().at(-1)).toEqual(['0: b=1, ttl 30'])
  })

  it('is not published where no policy asks for it', async () => {
    const { reports, clock, told } = await reporting('rotate')
    for (let load = 0; load < 20; load++) {
      reports.set(A, { load })
      await clock.advance(5_000)
    }
    expect(told()).toEqual([])
  })
})

describe('a TTL that follows health', () => {
  it('falls with each failure in a row, and rises again', async () => {
    const yaml = WEB.replace('{ pool: web }', '{ pool: web, ttl: 30/1, ttl_mode: health }').replace(
      '{ port: 80 } }',
      '{ port: 80 }, fast_interval: 3s }',
    )
    const { clock, down, told, rosters } = await keeperOf(yaml)
    expect(rosters()).toEqual(['a=1 b=1, ttl 9'])
    down.add(A)
    await clock.advance(30_000)
    expect(told().flat()).toEqual(['0: a=1 b=1, ttl 5', '0: a=1 b=1, ttl 2', '0: b=1, ttl 7'])
  })
})

describe('every so many answers', () => {
  it('brings the next probe forward, and only for who led them', async () => {
    const turns = new Map<number, number>()
    const probes: string[] = []
    const { keeper, clock } = await keeperOf(WEB, {
      load: everyHundred,
      turnsOf: (cell) => turns.get(cell) ?? 0,
      attempt: async ({ address }) => {
        probes.push(address)
        return { isSuccess: true, evidence: 'connected' }
      },
    })
    const { cell } = keeper.status().find(({ member }) => member === 'b')!
    await clock.advance(250)
    probes.length = 0
    turns.set(cell, 99)
    await clock.advance(1_000)
    expect(probes.filter((address) => address === B)).toEqual([])
    turns.set(cell, 100)
    await clock.advance(250)
    expect(probes).toEqual([B])
    await clock.advance(1_000)
    expect(probes).toEqual([B])
    turns.set(cell, 200)
    await clock.advance(250)
    expect(probes).toEqual([B, B])
  })

  it('leaves no timer behind', async () => {
    const { keeper, clock } = await keeperOf(WEB, { load: everyHundred, turnsOf: () => 0 })
    keeper.stop()
    expect(clock.pendingCount).toBe(0)
  })
})

describe('flips', () => {
  it('tell how long a failure went unnoticed, and until when caches may hold what was', async () => {
    const { keeper, clock, down } = await keeperOf(WEB)
    await clock.advance(20_000)
    const [before] = keeper.overview().flips.slice(-1)
    expect(before!.failoverMs).toBeUndefined()
    down.add(A)
    await clock.advance(30_000)
    const flip = keeper.overview().flips.at(-1)!
    expect(flip).toMatchObject({
      ...{ members: ['web/a'], address: A, check: 'web' },
      ...{ verdict: 'down', previous: 'up', evidence: 'connection refused' },
    })
    // One interval and two in doubt, each at most a tenth longer.
    expect(flip.failoverMs).toBeGreaterThanOrEqual(6_300)
    expect(flip.failoverMs).toBeLessThanOrEqual(7_700)
    expect(flip.publishedWall! - flip.lastSuccessWall!).toBe(flip.failoverMs)
    // The first failure shortened the TTL: what was answered for 30 s before it outlasts the rest.
    const firstFailureWall = flip.lastCacheWall! - 30_000
    expect(firstFailureWall).toBeGreaterThan(flip.lastSuccessWall!)
    expect(firstFailureWall).toBeLessThan(flip.publishedWall!)
  })

  it('count what was answered before a reload, too', async () => {
    const { keeper, clock, down, files } = await keeperOf(WEB)
    await clock.advance(20_000)
    const reloadedWall = clock.wall()
    files.rewrite('rota.yaml', WEB.replace('pool: web', 'pool: web, ttl: 5'))
    await keeper.load()
    await keeper.load()
    down.add(A)
    await clock.advance(10_000)
    const flip = keeper.overview().flips.at(-1)!
    expect(flip).toMatchObject({ members: ['web/a'], verdict: 'down' })
    expect(flip.lastCacheWall).toBe(reloadedWall + 30_000)
  })

  it('tell no end in caches of who is still answered, though down', async () => {
    const ladder = 'when_all_down: [last_good for 1m, nodata]'
    const { keeper, clock, down, rosters } = await keeperOf(
      WEB.replace('check: web,', `check: web, ${ladder},`),
    )
    await clock.advance(20_000)
    down.add(A)
    await clock.advance(30_000)
    const [gone] = keeper.overview().flips.slice(-1)
    expect(gone).toMatchObject({ members: ['web/a'], lastCacheWall: expect.any(Number) })
    down.add(B)
    await clock.advance(15_000)
    expect(rosters()).toEqual(['b=1, ttl 30'])
    const [kept] = keeper.overview().flips.slice(-1)
    expect(kept).toMatchObject({ members: ['web/b'], publishedWall: expect.any(Number) })
    expect(kept!.lastCacheWall).toBeUndefined()
  })

  it('are the last hundred', async () => {
    const { keeper, clock, down } = await keeperOf(WEB)
    for (let round = 0; round < FLIPS_MAX; round++) {
      if (round % 2 === 0) down.add(A)
      else down.clear()
      await clock.advance(10_000)
    }
    expect(keeper.overview().flips).toHaveLength(FLIPS_MAX)
  })
})

describe('the overview', () => {
  it('shows pools, members, the step of the ladder, and TTLs with their reasons', async () => {
    const yaml = WEB.replace('check: web,', 'check: web, when_all_down: [last_good for 10m, all],')
    const { keeper, clock, down } = await keeperOf(yaml)
    down.add(A)
    await clock.advance(30_000)
    const [pool] = keeper.overview().pools
    expect(pool).toMatchObject({ pool: 'web', policy: 'rotate', minServing: 0 })
    expect(pool!.v6).toBeUndefined()
    expect(pool!.v4).toMatchObject({ memberCount: 2, healthyCount: 1, neededCount: 1 })
    const [a, b] = pool!.v4!.members
    expect(a).toMatchObject({ name: 'a', isEligible: false, exclusion: 'down', verdict: 'down' })
    expect(a!.effectiveWeight).toBeUndefined()
    expect(b).toMatchObject({ name: 'b', isEligible: true, effectiveWeight: 1, turns: 0 })

    down.add(B)
    await clock.advance(30_000)
    const { pools, bindings, atWall } = keeper.overview()
    expect(pools[0]!.v4).toMatchObject({ healthyCount: 0, step: 'last_good' })
    expect(pools[0]!.v4!.stepUntilWall! - pools[0]!.v4!.failedSinceWall!).toBe(600_000)
    expect(atWall).toBe(clock.wall())
    expect(bindings).toEqual([
      {
        ...{ binding: 0, label: 'web', policy: 'rotate', answers: 8 },
        ...{ ttlSeconds: 30, ttlReason: 'nobody is in transition' },
      },
    ])
    expect(JSON.parse(JSON.stringify(keeper.overview()))).toEqual(keeper.overview())
  })

  it('of one pool is the same as among all', async () => {
    const { keeper, clock, down } = await keeperOf(NESTED)
    down.add(A)
    await clock.advance(30_000)
    const { pools } = keeper.overview()
    expect(keeper.poolNames()).toEqual(pools.map(({ pool }) => pool))
    expect(keeper.poolNames().map((name) => keeper.poolOverview(name))).toEqual(pools)
    expect(keeper.poolOverview('dc3')).toBeUndefined()
  })

  it('shows the evidence of the last probe, not of the last change', async () => {
    let evidence = 'connected'
    const { keeper, clock } = await keeperOf(WEB, {
      attempt: async () => ({ isSuccess: true, evidence }),
    })
    evidence = 'connected again'
    await clock.advance(10_000)
    const { members } = keeper.overview().pools[0]!.v4!
    expect(members[0]!.evidence).toMatch(/^connected again/)
  })
})

describe('a wall clock that is put back', () => {
  it('keeps a step of the ladder no longer than its time', async () => {
    const yaml = WEB.replace(
      'check: web,',
      'check: web, when_all_down: [last_good for 10m, nodata],',
    )
    const { rosters, clock, down } = await keeperOf(yaml)
    down.add(A).add(B)
    await clock.advance(60_000)
    expect(rosters()[0]).toMatch(/a=1|b=1/)
    clock.putWallBack(86_400_000)
    await clock.advance(599_000)
    expect(rosters()[0]).toMatch(/a=1|b=1/)
    await clock.advance(62_000)
    expect(rosters()[0]).toMatch(/^, ttl/)
  })
})

describe('what is remembered', () => {
  it('lets the next process go on where this one ended', async () => {
    const yaml = WEB.replace(
      'check: web,',
      'check: web, when_all_down: [last_good for 10m, nodata],',
    )
    const first = await keeperOf(yaml)
    first.down.add(A)
    await first.clock.advance(30_000)
    first.down.add(B)
    await first.clock.advance(30_000)
    expect(first.rosters()).toEqual(['b=1, ttl 30'])
    const pools = JSON.parse(JSON.stringify(first.keeper.memory()))
    const { prober } = first.keeper
    const verdicts = (key: string) => prober.state(key)

    const next = await keeperOf(yaml, { recall: () => ({ pools, verdicts }) })
    expect(next.rosters()).toEqual(['b=1, ttl 30'])
  })
})

/** What is loaded, with a check that asks for a probe every minute or every hundred answers. */
async function everyHundred(source: ConfigSource): Promise<LoadResult> {
  const { loaded, diagnostics } = load(source)
  const pool: PoolConfig = {
    ...loaded!.pools.get('web')!,
    condition: { kind: 'check', check: checkWith({ intervalMs: 60_000, everyAnswers: 100 }) },
  }
  const bindings = loaded!.bindings.map((planned) => ({ ...planned, pool }))
  return { loaded: { ...loaded!, bindings, pools: new Map([['web', pool]]) }, diagnostics }
}
