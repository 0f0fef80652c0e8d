/**
 * Goal: each move of a pool along its ladder is told once, after the flip that led to it, whatever
 * brought it about: an observation, time, a reload or a restart.
 * Method: a keeper over told backends, whose flips and moves are noted as they come.
 */

import { describe, expect, it } from 'vitest'

import type { LadderMoved } from '../../../src/control/history/event.ts'
import type { KeeperOptions } from '../../../src/control/keeper-options.ts'
import { success } from '../../../src/health/probes/probe.ts'
import { keeperOf } from '../kept.ts'

const CHECK = 'checks: { web: { tcp: { port: 80 }, interval: 1s, rise: 1, fall: 1 } }'
const MEMBERS = '{ a: 192.0.2.1, b: 192.0.2.2 }'
const NAME = 'names: { www.example.test: { pool: web } }'

describe('a ladder that is walked', () => {
  it('is told step by step, after the flip, and when the pool has recovered', async () => {
    const { clock, down, told } = await watched('when_all_down: [last_good for 1m, all]')
    down.add('192.0.2.1').add('192.0.2.2')
    await clock.advance(3_000)
    expect(told()).toEqual([
      'flip 192.0.2.2 down',
      'flip 192.0.2.1 down',
      'web v4: last_good until 00:01:00, 0 of 1',
    ])
    await clock.advance(70_000)
    expect(told()).toEqual(['web v4: all, 0 of 1'])
    down.clear()
    await clock.advance(5_000)
    expect(told()).toEqual(['flip 192.0.2.1 up', 'web v4: recovered, 1 of 1', 'flip 192.0.2.2 up'])
  })

  it('is told of a pool that a reload has failed, and not of one that it took away', async () => {
    const { clock, keeper, down, told, reload } = await watched('')
    down.add('192.0.2.1')
    await clock.advance(3_000)
    told()
    await reload('min_healthy: 2')
    expect(told()).toEqual(['web v4: all, 1 of 2'])
    await reload('min_healthy: 2', 'other')
    await reload('', 'other')
    expect(told()).toEqual(['other v4: all, 1 of 2', 'other v4: recovered, 1 of 1'])
    await reload('', 'web')
    expect(told()).toEqual([])
    keeper.stop()
  })

  it('is told at the first world of who is failed, and of who had been and is not', async () => {
    const failed = { v4: { failedSinceWall: Date.UTC(2026, 0, 1) } }
    const { told } = await watched('', { recall: () => ({ pools: { web: failed } }) })
    expect(told()).toEqual(['web v4: recovered, 2 of 1'])
    const verdict = { verdict: 'down', sinceMs: 0, streak: 0, evidence: 'refused' } as const
    const recall = () => ({ pools: { web: failed }, verdicts: () => verdict })
    const other = await watched('', { recall, attempt: () => new Promise(() => {}) })
    expect(other.told()).toEqual(['web v4: all, 0 of 1'])
  })

  it('has not recovered before anybody has been probed', async () => {
    const recall = () => ({ pools: { web: { v4: { failedSinceWall: Date.UTC(2026, 0, 1) } } } })
    const order: string[] = []
    const attempt = async () => {
      order.push('probe')
      return success('connected')
    }
    await watched('', { recall, attempt, onLadderMove: () => order.push('recovered') })
    expect([order[0], order.filter((one) => one === 'recovered')]).toEqual(['probe', ['recovered']])
  })
})

async function watched(pool: string, rest: Partial<KeeperOptions> = {}) {
  const lines: string[] = []
  const yamlOf = (more: string, name = 'web') =>
    [
      'zones: { example.test: example.test.zone }',
      CHECK,
      `pools: { ${name}: { check: web, members: ${MEMBERS}, ${more} } }`,
      NAME.replace('web', name),
    ].join('\n')
  const kept = await keeperOf(yamlOf(pool), {
    onFlip: ({ target, state, previous }) => {
      if (previous.verdict !== 'unknown') lines.push(`flip ${target.address} ${state.verdict}`)
    },
    onLadderMove: (move) => lines.push(lineOf(move)),
    ...rest,
  })
  const reload = async (more: string, name?: string) => {
    kept.files.rewrite('rota.yaml', yamlOf(more, name))
    await kept.keeper.load()
  }
  return { ...kept, reload, told: () => lines.splice(0) }
}

function lineOf({ pool, family, step, until, healthy, needed }: LadderMoved): string {
  const end = until === undefined ? '' : ` until ${until.slice(11, 19)}`
  return `${pool} ${family}: ${step ?? 'recovered'}${end}, ${healthy} of ${needed}`
}
