/**
 * Goal: the figures of a pool say what is answered, and nothing else.
 * Method: a keeper over real files; what was judged is compared with what an operator would count.
 */

import { describe, expect, it } from 'vitest'

import type { FamilyFigures } from '../../src/control/figures.ts'
import { keeperOf } from './kept.ts'

const HEAD = `
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 80 }, interval: 2s, fall: 1, rise: 1 } }
`

const YAML = `${HEAD}
pools:
  web:
    check: web
    policy: weighted
    min_healthy: 2
    when_all_down: [last_good for 10m, pool: sorry for 5m, last_good, nodata]
    members:
      a: { v4: 192.0.2.1, v6: "2001:db8::1", weight: 5 }
      b: { v4: 192.0.2.2, weight: 3 }
      c: { v4: 192.0.2.3, weight: 0 }
  sorry: { members: { s: 198.51.100.1 } }
names: { www.example.test: { pool: web } }
`

describe('the figures of a pool', () => {
  it('count the healthy and the needed in each family, and give each member its part', async () => {
    const { keeper } = await keeperOf(YAML, { turnsOf: () => 7 })
    const { families, ...pool } = figuresOf(keeper, 'web')
    expect(pool).toEqual({ pool: 'web', takesRegistrations: false })
    expect(families).toEqual([
      {
        ...{ family: 'v4', healthyCount: 3, neededCount: 2, hasFailed: false },
        steps: ['last_good', 'pool: sorry', 'nodata'],
        members: [
          { member: 'a', turns: 7, weight: 5, isUp: true },
          { member: 'b', turns: 7, weight: 3, isUp: true },
          { member: 'c', turns: 7, weight: 0, isUp: true },
        ],
      },
      expect.objectContaining({ family: 'v6', healthyCount: 1, neededCount: 1 }),
    ])
  })

  it('know nothing of a member without a check but that it takes part', async () => {
    const { keeper } = await keeperOf(YAML)
    expect(v4Of(keeper, 'sorry').members).toEqual([{ member: 's', turns: 0, weight: 1 }])
  })

  it('name the step in force, and leave no weight to members that another pool stands in for', async () => {
    const { keeper, clock, down } = await keeperOf(YAML)
    for (const address of ['192.0.2.1', '192.0.2.2']) down.add(address)
    await clock.advance(5_000)
    expect(v4Of(keeper, 'web')).toMatchObject({
      ...{ healthyCount: 1, hasFailed: true, step: 'last_good' },
      // The first that went down left enough, so only the others were good last.
      members: [
        { member: 'a', weight: 0, isUp: false },
        { member: 'b', weight: 3, isUp: false },
        { member: 'c', weight: 0, isUp: true },
      ],
    })
    await clock.advance(600_000)
    const { step, members } = v4Of(keeper, 'web')
    expect(step).toBe('pool: sorry')
    expect(members.map(({ weight }) => weight)).toEqual([0, 0, 0])
  })

  it('leave the turns of a pool within a pool to its own members', async () => {
    const { keeper } = await keeperOf(`${HEAD}
pools:
  all: { members: { near: { pool: one } } }
  one: { members: { a: 192.0.2.1 } }
names: { www.example.test: { pool: all } }
`)
    expect(v4Of(keeper, 'all').members).toEqual([{ member: 'near', weight: 1 }])
    expect(v4Of(keeper, 'one').members).toEqual([{ member: 'a', weight: 1, turns: 0 }])
  })

  it('are those of what was judged last, without judging anew', async () => {
    let leases = 0
    const leaseOf = () => {
      leases++
      return undefined
    }
    const { keeper } = await keeperOf(
      `${HEAD}
pools: { web: { register: { networks: [192.0.2.0/24] }, members: { a: 192.0.2.1 } } }
names: { www.example.test: { pool: web } }
`,
      { leaseOf },
    )
    const before = leases
    expect(figuresOf(keeper, 'web').takesRegistrations).toBe(true)
    expect(leases).toBe(before)
    keeper.overview()
    expect(leases).toBeGreaterThan(before)
  })
})

type Kept = Awaited<ReturnType<typeof keeperOf>>['keeper']

function figuresOf(keeper: Kept, pool: string) {
  return keeper.poolFigures().find((one) => one.pool === pool)!
}

function v4Of(keeper: Kept, pool: string): FamilyFigures {
  return figuresOf(keeper, pool).families.find(({ family }) => family === 'v4')!
}
