/**
 * Settles what failover budgets ask for: writes into the drafts of checks and names what the
 * operator has left open, as he might have written it, and tells where no budget can be kept. Where
 * other settings are faulty, budgets are judged all the same, but for those that may hang on them.
 */

import type { Diagnostic } from '../../base/diagnostic.ts'
import { printDuration } from '../../base/duration.ts'

import { spansOf } from '../build/build-checks.ts'
import { type Failover, failoverOf, failoverOfLease, longest } from './budget.ts'
import { printSeconds, printTerms, type Term, type Timing } from './budget.ts'
import { type CheckFacts, isWrittenOut, partsOf } from '../facts/check-facts.ts'
import type { CheckDraft, CheckReference } from '../schema/check-schema.ts'
import type { TtlMode, TtlRange } from '../config.ts'
import * as defaults from '../defaults.ts'
import { derivedTiming, derivedTtl, type WrittenTiming } from './derive.ts'
import type { Facts, MemberFacts, NameFacts, PoolFacts } from '../facts/facts.ts'
import type { Path } from '../facts/origin.ts'
import { fault } from '../rules/report.ts'
import { listed } from '../schema/fields.ts'

export function settleBudgets(facts: Facts): Diagnostic[] {
  const budgeted = facts.names.filter(
    (name) => name.draft.failover_within !== undefined && isSound(name, facts),
  )
  if (budgeted.length === 0) return []
  const checkOf = new Map(facts.checks.map((check) => [check.draft, check]))
  const goals = budgeted.map((name) => goalOf(name, facts))
  const told = goals.flatMap((goal) => unwatchedFault(goal, facts))
  // Before anything is written: what is open for one name is open for all.
  const writtenOf = new Map(
    goals.flatMap(({ checks }) => [...checks].map((draft) => [draft, writtenTiming(draft)])),
  )
  const shared = sharedChecks(facts)
  for (const [draft, written] of writtenOf) write(draft, written, goals, shared.has(draft))
  for (const { name, ttl, isTtlOpen } of goals) if (isTtlOpen) name.draft.ttl = ttl
  const misses = goals.flatMap((goal) => missOf(goal, facts, checkOf, writtenOf))
  return [...told, ...misses]
}

/** What a name asks for, and of what it is made. */
interface Goal {
  readonly name: NameFacts
  readonly budgetMs: number
  readonly checks: ReadonlySet<CheckDraft>
  readonly leases: readonly Lease[]
  readonly unwatched?: { readonly path: Path } | undefined
  readonly ttl: TtlRange
  readonly ttlPath?: Path
  readonly isTtlOpen: boolean
  readonly mode: TtlMode
}

/** Of those who register where no check is asked of them: it is what ends. */
interface Lease {
  readonly path: Path
  readonly leaseMs: number
}

function goalOf(name: NameFacts, facts: Facts): Goal {
  const { draft, path } = name
  const budgetMs = draft.failover_within!
  const pools = poolsOf(name, facts)
  const below = [...poolsBelow(pools, facts)]
  const watch: { checks: Set<CheckDraft>; unwatched?: { readonly path: Path } } = {
    checks: new Set(),
  }
  if (draft.pool === undefined) {
    if (draft.check === undefined) watch.unwatched = { path }
    else for (const leaf of leavesOf(draft.check, facts)) watch.checks.add(leaf)
  }
  for (const member of below.flatMap(membersOf)) {
    if (member.check === undefined) watch.unwatched ??= { path: member.path }
    else for (const leaf of leavesOf(member.check, facts)) watch.checks.add(leaf)
  }
  // A default is for names that say nothing else, and a budget says something of the TTL.
  const holders: readonly { path: Path; ttl?: TtlRange | undefined; mode?: TtlMode | undefined }[] =
    [
      { path, ttl: draft.ttl, mode: draft.ttl_mode },
      ...pools.slice(0, draft.pool === undefined ? 0 : 1).map((pool) => ({
        path: pool.path,
        ttl: pool.draft.ttl,
        mode: pool.draft.ttl_mode,
      })),
    ]
  const written = holders.find(({ ttl }) => ttl)
  const general = facts.draft.defaults?.ttl_mode ?? defaults.TTL_MODE
  return {
    name,
    budgetMs,
    ...watch,
    leases: below.flatMap(leasesOf),
    ttl: written?.ttl ?? derivedTtl(budgetMs),
    ...(written && { ttlPath: [...written.path, 'ttl'] }),
    isTtlOpen: !written,
    mode: holders.find(({ mode }) => mode)?.mode ?? general,
  }
}

/** Whether all that a name's budget hangs on is as it was written. */
function isSound(name: NameFacts, facts: Facts): boolean {
  const { isFaulty } = facts
  if (!isFaulty([])) return true
  const below = [...poolsBelow(poolsOf(name, facts), facts)]
  return ![name.path, ['checks'], ['defaults'], ...below.map(({ path }) => path)].some(isFaulty)
}

/** Pools and all that are in them; they may lead back to themselves here. */
function poolsBelow(pools: readonly PoolFacts[], facts: Facts): ReadonlySet<PoolFacts> {
  const reached = new Set(pools)
  // A set that grows while it is walked is walked to its end.
  for (const { members } of reached) {
    const names = new Set(members.flatMap(({ pool }) => pool ?? []))
    if (names.size === 0) continue
    for (const pool of facts.pools) if (names.has(pool.name)) reached.add(pool)
  }
  return reached
}

/** The pools that a name draws from: its own first, since it may have the TTL. */
function poolsOf({ draft }: NameFacts, { pools }: Facts): PoolFacts[] {
  const names = poolNamesOf(draft)
  const drawn = pools.filter(({ name }) => names.includes(name))
  const isOwn = ({ name }: PoolFacts) => name === draft.pool
  return [...drawn.filter(isOwn), ...drawn.filter((pool) => !isOwn(pool))]
}

function poolNamesOf({ pool, clients = [] }: NameFacts['draft']): (string | undefined)[] {
  return [pool, ...clients.map((rule) => rule.pool)]
}

/** Checks of those who have no budget as well: they count on what a check is by default. */
function sharedChecks(facts: Facts): Set<CheckDraft> {
  const others = facts.names.filter(({ draft }) => draft.failover_within === undefined)
  const drawn = new Set(others.flatMap(({ draft }) => poolNamesOf(draft)))
  const pools = facts.pools.filter(({ name }) => drawn.has(name))
  const members = [...poolsBelow(pools, facts)].flatMap(membersOf)
  const own = others.flatMap(({ draft }) => (draft.pool === undefined ? (draft.check ?? []) : []))
  const references = [
    ...own,
    ...members.flatMap(({ check }) => check ?? []),
    ...[facts.draft.prober?.anchors?.check ?? []].flat(),
  ]
  return new Set(references.flatMap((reference) => leavesOf(reference, facts)))
}

/** Each host and alias of a pool, with the check that is asked of it. */
function membersOf({ path, draft, members }: PoolFacts): Pick<MemberFacts, 'path' | 'check'>[] {
  const { check: general, register } = draft
  const registered = register && general ? [{ path: [...path, 'register'], check: general }] : []
  const own = members.filter(({ pool }) => pool === undefined)
  return [...own.map((one) => ({ path: one.path, check: one.check ?? general })), ...registered]
}

function leasesOf({ path, draft: { check, register } }: PoolFacts): Lease[] {
  const leaseMs = register?.lease ?? defaults.LEASE_MS
  return register && !check ? [{ path: [...path, 'register', 'lease'], leaseMs }] : []
}

/** A check that is made of others is as slow as the slowest of them. */
function leavesOf(
  reference: CheckReference,
  facts: Facts,
  seen = new Set<CheckReference>(),
): CheckDraft[] {
  if (seen.has(reference)) return []
  seen.add(reference)
  if (typeof reference === 'string') {
    const named = facts.draft.checks?.[reference]
    return named ? leavesOf(named, facts, seen) : []
  }
  const parts = partsOf({ path: [], reference })
  if (parts.length > 0) return parts.flatMap((part) => leavesOf(part.reference, facts, seen))
  return isWrittenOut(reference) ? [reference] : []
}

function writtenTiming(draft: CheckDraft): WrittenTiming {
  return {
    intervalMs: draft.interval,
    fastIntervalMs: draft.fast_interval,
    timeoutMs: draft.timeout,
    fall: draft.fall,
    isHeartbeat: isHeartbeat(draft),
  }
}

function isHeartbeat(draft: CheckDraft): boolean {
  return draft.heartbeat !== undefined
}

/** Several names may share a check: the least of each part keeps every budget. */
function write(
  draft: CheckDraft,
  written: WrittenTiming,
  goals: readonly Goal[],
  isShared: boolean,
): void {
  const usual = isShared
    ? [{ ...written, fall: written.fall ?? defaults.FALL, ...spansOf(draft) }]
    : []
  const derived = goals
    .filter(({ checks }) => checks.has(draft))
    .map(({ budgetMs, ttl, mode }) => derivedTiming(budgetMs, written, ttl, mode))
  const timings: readonly Timing[] = [...usual, ...derived]
  const least = (pick: (timing: Timing) => number) => Math.min(...timings.map(pick))
  draft.interval = least(({ intervalMs }) => intervalMs)
  draft.fast_interval = least(({ fastIntervalMs }) => fastIntervalMs)
  draft.timeout = least(({ timeoutMs }) => timeoutMs)
  draft.fall = least(({ fall }) => fall)
}

function unwatchedFault({ name, unwatched }: Goal, { origin }: Facts): Diagnostic[] {
  if (!unwatched) return []
  const path = [...name.path, 'failover_within']
  const isOwn = unwatched.path === name.path
  const who = isOwn
    ? 'a check of its members'
    : `a check of every member, and ${origin.words(unwatched.path)} ` +
      `(${origin.mention(unwatched.path)}) has none`
  return [fault(origin.valueAt(path), `${origin.words(path)} needs ${who}`)]
}

/** A budget that is not kept: the whole sum, with the line of each setting that is part of it. */
function missOf(
  goal: Goal,
  { origin }: Facts,
  checkOf: ReadonlyMap<CheckDraft, CheckFacts>,
  writtenOf: ReadonlyMap<CheckDraft, WrittenTiming>,
): Diagnostic[] {
  const checked = [...goal.checks].map((draft) => {
    const { intervalMs, fastIntervalMs, timeoutMs } = spansOf(draft)
    const fall = draft.fall ?? defaults.FALL
    const timing = { intervalMs, fastIntervalMs, timeoutMs, fall, isHeartbeat: isHeartbeat(draft) }
    const sources = sourcesOf(goal, checkOf.get(draft), writtenOf.get(draft))
    return { sources, ...failoverOf(timing, goal.ttl, goal.mode, 'black hole') }
  })
  const leased = goal.leases.map(({ path, leaseMs }) => {
    const sources = { ...sourcesOf(goal, undefined, undefined), lease: [path] }
    return { sources, ...failoverOfLease(leaseMs, goal.ttl) }
  })
  const failover = longest([...checked, ...leased])
  if (!failover || failover.totalMs <= goal.budgetMs) return []
  const path = [...goal.name.path, 'failover_within']
  const { sources } = failover
  const asideOf = (part: Term['part']) => {
    const told = sources[part].map((key) => `${key.at(-1)}, ${origin.mention(key)}`)
    return told.length > 0 ? ` (${told.join('; ')})` : ''
  }
  const total = printSeconds(failover.totalMs)
  const written = `${origin.words(path)} ${printDuration(goal.budgetMs)}`
  const sum = `${total} = ${printTerms(failover, asideOf)}`
  const advice = adviceFor(failover, goal.budgetMs, sources, origin)
  const message = `${written} cannot be kept: ${sum}; ${advice}`
  return [fault(origin.valueAt(path), message)]
}

type Sources = Readonly<Record<Term['part'], readonly Path[]>>

/** What is written and bears on each term. */
function sourcesOf(
  { ttlPath }: Goal,
  check: CheckFacts | undefined,
  written: WrittenTiming | undefined,
): Sources {
  const keys = (...pairs: readonly (readonly [string, number | undefined])[]): Path[] =>
    check
      ? pairs.flatMap(([key, value]) => (value === undefined ? [] : [[...check.path, key]]))
      : []
  const { intervalMs, fastIntervalMs, timeoutMs, fall } = written ?? {}
  return {
    'first failure': keys(['interval', intervalMs], ['timeout', timeoutMs]),
    belief: keys(['fall', fall], ['fast_interval', fastIntervalMs]),
    lease: [],
    publishing: [],
    ttl: ttlPath ? [ttlPath] : [],
  }
}

/** Names the largest of what is written, and as many as it takes. */
function adviceFor(
  { terms, totalMs }: Failover,
  budgetMs: number,
  sources: Sources,
  origin: Facts['origin'],
): string {
  const allowed = `allow ${printDuration(Math.ceil(totalMs / 1000) * 1000)}`
  const written = terms
    .filter(({ part }) => sources[part].length > 0)
    .sort((a, b) => b.spanMs - a.spanMs)
  let leftMs = totalMs
  const tooLong = written.filter(({ spanMs }) => {
    const isNeeded = leftMs >= budgetMs
    leftMs -= spanMs
    return isNeeded
  })
  if (tooLong.length === 0) return allowed
  const named = tooLong.map(({ part }) => {
    const path = sources[part][0]!
    return `${origin.words(path)} (${origin.mention(path)})`
  })
  return `shorten ${listed(named, 'and')}, or ${allowed}`
}
