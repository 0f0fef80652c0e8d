/**
 * What is right, works, and is a slip nevertheless: each row is what people have found out in an
 * outage. They look at a configuration as it was built, so only one without fault is told.
 */

import type { Diagnostic } from '../../base/diagnostic.ts'
import { printDuration } from '../../base/duration.ts'

import type { PolicyName } from '../../balance/policy.ts'
import type { Check } from '../../health/check.ts'
import { checksOf } from '../../health/condition.ts'

import type { Config, NameConfig, PoolConfig } from '../config.ts'
import type { Facts, NameFacts } from '../facts/facts.ts'
import type { Path } from '../facts/origin.ts'
import { warning } from './report.ts'

export interface Lint {
  /** What is true of a configuration that nobody will be sorry for. */
  readonly says: string
  find(facts: Facts, config: Config): Iterable<Diagnostic>
}

export const LINTS: readonly Lint[] = [
  { says: 'caches do not ask more often than health can change', find: hastyTtls },
  { says: 'whoever fails has somebody to fail over to', find: lonelyMembers },
  { says: 'who asks for several records gets several', find: skewedWeights },
  { says: 'what a policy compares is measured', find: unmeasuredPolicies },
  { says: 'an alias does not drive out the addresses beside it', find: sharedAliases },
]

/** A setting that a name takes from wherever it is written, and where that is. */
function writtenAt(
  key: 'ttl' | 'answers',
  { path, draft }: NameFacts,
  { draft: whole }: Facts,
): Path | undefined {
  if (draft[key] !== undefined) return [...path, key]
  if (draft.pool !== undefined && whole.pools?.[draft.pool]?.[key] !== undefined) {
    return ['pools', draft.pool, key]
  }
  return whole.defaults?.[key] === undefined ? undefined : ['defaults', key]
}

/** Each name with its facts and its pool; a name of its own has what a pool has but members. */
function* everyName({ names: facts }: Facts, { names, pools }: Config) {
  for (const [index, name] of names.entries()) {
    const pool = name.own ?? pools.get(name.pool ?? '')
    if (pool) yield { name, facts: facts[index]!, pool }
  }
}

/** Tells each written setting once, however many names it is for. */
function* oncePerPath(
  key: 'ttl' | 'answers',
  facts: Facts,
  config: Config,
  claimOf: (name: NameConfig, pool: Drawn) => string | undefined,
): Iterable<Diagnostic> {
  const told = new Set<string>()
  const { origin } = facts
  for (const { name, facts: one, pool } of everyName(facts, config)) {
    const path = writtenAt(key, one, facts)
    if (!path || told.has(path.join('/'))) continue
    const claim = claimOf(name, pool)
    if (claim === undefined) continue
    told.add(path.join('/'))
    yield warning(origin.valueAt(path), `${origin.words(path)} ${claim}`)
  }
}

type Drawn = NonNullable<NameConfig['own']> | PoolConfig

/** With a budget the TTL is a share of it, and the interval is as long as may be. */
function* hastyTtls(facts: Facts, config: Config) {
  yield* oncePerPath('ttl', facts, config, ({ ttl, failoverWithinMs }, pool) => {
    const checks = failoverWithinMs === undefined ? checksOfPool(pool) : []
    const [first, ...others] = checks
    if (!first) return undefined
    const quickest = others.reduce((a, b) => (b.intervalMs < a.intervalMs ? b : a), first)
    if (ttl.max * 1000 >= quickest.intervalMs) return undefined
    const interval = `interval ${printDuration(quickest.intervalMs)} of check "${quickest.name}"`
    const seconds = Math.ceil(quickest.intervalMs / 1000)
    return (
      `${ttl.max} is shorter than ${interval}: caches ask more often than health can change; ` +
      `write ${seconds} or more, or a shorter interval`
    )
  })
}

function checksOfPool(pool: Drawn): Check[] {
  const members = 'members' in pool ? pool.members : []
  const conditions = members.map((member) => member.condition ?? pool.condition)
  const all = [...conditions, pool.condition].flatMap((one) => (one ? checksOf(one) : []))
  return [...new Set(all)]
}

/** Not where it is part of another pool, which fails over in its stead. */
function* lonelyMembers({ pools: facts, nameDrafts, origin }: Facts, { pools }: Config) {
  const asked = new Set(
    nameDrafts.flatMap(({ draft }) => [
      draft.pool,
      ...(draft.clients ?? []).map((one) => one.pool),
    ]),
  )
  for (const { path, name } of facts) {
    const pool = pools.get(name)!
    const [member, second] = pool.members
    if (!member || second || pool.registration || !asked.has(name)) continue
    const isChecked = (member.condition ?? pool.condition) !== undefined
    // Any other ladder makes a difference, and so somebody wants it.
    const isAnswered = pool.whenAllDown.every(({ kind }) => kind === 'all' || kind === 'last-good')
    if (!isChecked || !isAnswered || member.pool !== undefined) continue
    const claim =
      `has one member under a check, and when_all_down answers it all the same: the check ` +
      'changes nothing; add a member, or write what is answered instead'
    yield warning(origin.keyAt(path), `${origin.words(path)} ${claim}`)
  }
}

/** Shares are exact because turns leave out who has had enough; see balance/schedule.ts. */
function* skewedWeights(facts: Facts, config: Config) {
  yield* oncePerPath('answers', facts, config, ({ answers }, pool) => {
    const isLayered = pool.policy === 'weighted' || pool.policy === 'random'
    if (answers === 1 || !isLayered || !('members' in pool)) return undefined
    const weights = pool.members.map(({ weight }) => weight).filter((weight) => weight > 0)
    const { single, mean } = turnsOf(weights, answers)
    if (weights.length < 2 || single <= 0.5) return undefined
    const percent = Math.round(single * 100)
    return (
      `${answers} gives ${mean.toFixed(1)} records on average: ${percent}% of the turns hold the ` +
      `heaviest member of pool "${pool.name}" alone, so that shares stay exact; ` +
      'weights that are nearer to each other give more'
    )
  })
}

/** Of the turns of a cycle: how many hold one record, and how many records they hold on average. */
function turnsOf(weights: readonly number[], answers: number) {
  const ascending = [...weights].sort((a, b) => a - b)
  const total = ascending.reduce((sum, weight) => sum + weight, 0)
  let single = 0
  let records = 0
  let below = 0
  for (const [rank, weight] of ascending.entries()) {
    const size = ascending.length - rank
    const turns = (weight - below) * size
    below = weight
    records += turns * Math.min(size, answers)
    if (size === 1) single += turns
  }
  return { single: single / total, mean: records / total }
}

/** Members that are pools have the figures of their own members. */
function* unmeasuredPolicies({ pools: facts, origin }: Facts, { pools }: Config) {
  for (const { path, name } of facts) {
    const pool = pools.get(name)!
    const { policy } = pool
    if (policy !== 'fastest' && policy !== 'least-load') continue
    if (pool.members.some((member) => member.pool !== undefined)) continue
    const checks = checksOfPool(pool)
    const isMeasured = checks.some(
      ({ probe }) =>
        policy === 'fastest' || probe.kind === 'heartbeat' || ('report' in probe && probe.report),
    )
    if (isMeasured) continue
    const lack =
      policy === 'fastest'
        ? 'has no check, so nobody has a time; add a check'
        : 'has no check with report, so nobody has a load; add report to a check'
    const at = [...path, 'policy']
    yield warning(origin.valueAt(at), `${origin.words(at)} ${policy} ${lack}`)
  }
}

/** By the others a client has one member for long. */
const MIXING: readonly PolicyName[] = ['rotate', 'weighted', 'random', 'fastest', 'least-load']

/**
 * A cache that holds a CNAME uses it for every type (RFC 1034 §3.6.2): asked for one family it
 * answers the other by it, too. Where the alias waits until the addresses are out, that is wanted.
 */
function* sharedAliases({ pools: facts, origin }: Facts, { pools }: Config) {
  for (const { name, members } of facts) {
    const pool = pools.get(name)!
    const beside = pool.members.filter(({ cname, weight }) => !cname && weight > 0)
    const isInTurn = !MIXING.includes(pool.policy) || beside.length === 0
    const index = pool.members.findIndex(({ cname, weight }) => cname && weight > 0)
    if (isInTurn || index < 0) continue
    const at = [...members[index]!.path, 'cname']
    const claim =
      'is drawn beside addresses: caches use it for all types while they hold it, so shares bend ' +
      'towards it; give it weight 0, or use policy failover'
    yield warning(origin.valueAt(at), `${origin.words(at)} ${claim}`)
  }
}
