/** How pools and their members stand, and what operators and backends have asked for. */

import { OVERRIDE_WORDS } from '../../control/books/overrides.ts'

import type { MemberRow, PoolRow } from './excerpt.ts'
import { alone, counter, gauge, labelText, type Metric, sample } from './metric.ts'

const POOL = ['pool', 'family']
const MEMBER = ['pool', 'member', 'family']

/** Overrides with a series of their own; there may be ten thousand. */
export const OVERRIDES_MAX = 500

export const POOL_METRICS: readonly Metric[] = [
  gauge(
    'rota_pool_healthy_members',
    'Members that may be answered.',
    POOL,
    eachPool(({ healthyCount }) => healthyCount),
  ),
  gauge(
    'rota_pool_needed_members',
    'Fewer healthy than these, and the pool has failed.',
    POOL,
    eachPool(({ neededCount }) => neededCount),
  ),
  gauge(
    'rota_pool_serving_members',
    'Members that take part in answers, also by the ladder of a pool that has failed.',
    POOL,
    eachPool(({ members }) => members.filter(({ weight }) => weight > 0).length),
  ),
  gauge(
    'rota_pool_failed',
    '1 while the pool has failed and answers by its ladder.',
    POOL,
    eachPool(({ hasFailed }) => hasFailed),
  ),
  gauge(
    'rota_pool_step',
    '1 for the step of when_all_down that is in force, 0 for the others.',
    [...POOL, 'step'],
    ({ pools }) =>
      pools.pools.flatMap(({ labels, steps, step }) =>
        steps.map((one) => sample(`${labels},${labelText({ step: one })}`, one === step)),
      ),
  ),
  counter(
    'rota_pool_flips_total',
    'Verdicts of members that changed, by what they changed to.',
    ['pool', 'to'],
    ({ pools, events }) =>
      uniquePools(pools.pools).flatMap(({ pool }) => {
        const flips = events.flipsOf(pool)
        return (['up', 'down'] as const).map((to) => sample(labelText({ pool, to }), flips[to]))
      }),
  ),
  gauge(
    'rota_pool_registrations',
    'Members that have registered, of pools that take registrations.',
    ['pool'],
    ({ pools, registrations }) => {
      const counts = new Map<string, number>()
      for (const { pool } of registrations) counts.set(pool, (counts.get(pool) ?? 0) + 1)
      return uniquePools(pools.pools)
        .filter(({ takesRegistrations }) => takesRegistrations)
        .map(({ pool }) => sample(labelText({ pool }), counts.get(pool) ?? 0))
    },
  ),
  gauge(
    'rota_pools',
    'Families of pools, by whether they have failed.',
    ['state'],
    ({ pools: { totals } }) => [
      sample('state="healthy"', totals.healthyPools),
      sample('state="failed"', totals.failedPools),
    ],
  ),
  gauge(
    'rota_members',
    'Members in each family, by whether they take part in answers.',
    ['state'],
    ({ pools: { totals } }) => [
      sample('state="serving"', totals.servingMembers),
      sample('state="idle"', totals.idleMembers),
    ],
  ),
  gauge(
    'rota_member_up',
    '1 while its checks say up, 0 while they say down; absent while they say nothing.',
    MEMBER,
    eachMember(({ isUp }) => isUp),
  ),
  gauge(
    'rota_member_weight',
    'The weight by which it takes part in answers now; 0 while it does not.',
    MEMBER,
    eachMember(({ weight }) => weight),
  ),
  counter(
    'rota_member_turns_total',
    'Answers that it led; absent of a member that is a pool.',
    MEMBER,
    eachMember(({ turns }) => turns),
  ),
  gauge('rota_overrides', 'Overrides in force, by their word.', ['word'], ({ overrides }) =>
    OVERRIDE_WORDS.map((word) =>
      sample(labelText({ word }), overrides.filter((one) => one.word === word).length),
    ),
  ),
  gauge(
    'rota_override_start_timestamp_seconds',
    'Since when an override is in force.',
    ['pool', 'member', 'word'],
    ({ overrides }) =>
      overrides
        .slice(0, OVERRIDES_MAX)
        .map(({ pool, member, word, sinceWall }) =>
          sample(labelText({ pool, member, word }), sinceWall / 1000),
        ),
  ),
  gauge('rota_registrations', 'Members that have registered, of all pools.', [], (figures) =>
    alone(figures.registrations.length),
  ),
]

function eachPool(figureOf: (row: PoolRow) => number | boolean): Metric['read'] {
  return ({ pools }) => pools.pools.map((row) => sample(row.labels, figureOf(row)))
}

function eachMember(figureOf: (row: MemberRow) => number | boolean | undefined): Metric['read'] {
  return ({ pools }) =>
    pools.members.flatMap((row) => {
      const value = figureOf(row)
      return value === undefined ? [] : [sample(row.labels, value)]
    })
}

/** Each pool once, though it serves both families. */
function uniquePools(rows: readonly PoolRow[]): PoolRow[] {
  return rows.filter(({ pool }, index) => rows[index - 1]?.pool !== pool)
}
