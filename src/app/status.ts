/** How everything stands, gathered from those who know for those who ask. */

import { type Endpoint, printAddress, printEndpoint } from '../base/address.ts'
import { type Diagnostic, headline } from '../base/diagnostic.ts'

import type { Doubt } from '../health/self-doubt.ts'

import type { Talker } from '../engine/talkers.ts'

import type { Totals } from '../transport/counters.ts'

import type { Pages } from '../control/books/books.ts'
import type { FlipRecord } from '../control/flips.ts'
import { firstOf } from '../control/history/happenings.ts'
import { overrideOf } from '../control/books/overrides.ts'
import { registrationOf } from '../control/books/registrations.ts'
import type { Entry } from '../control/ledger/entry.ts'
import type { FamilyOverview, MemberOverview, Overview, PoolOverview } from '../control/status.ts'
import { FAMILIES, type Family } from '../control/judgement/targets.ts'

import { type AddressStatus, type FamilyStatus, type FlipStatus, moment } from '../admin/status.ts'
import type { MemberStatus, PoolStatus, SecureStatus, Status } from '../admin/status.ts'
import { statusOfOverride } from '../admin/status.ts'

import { ledgerOf, type LedgerOf } from './ledger.ts'

export interface StatusParts {
  readonly version: string
  readonly startedWall: number
  /** Whether the demo's backends can be asked about beside it. */
  readonly isDemo: boolean
  readonly endpoints: readonly Endpoint[]
  readonly transport: { readonly path: string; readonly workers: number } | undefined
  readonly totals: Totals
  readonly talkers: readonly Talker[]
  readonly secure?: SecureStatus | undefined
  readonly overview: Overview
  readonly ledger: readonly Entry[]
  readonly pages: Pages
  readonly doubt: Doubt
  /** What the last load warned of. */
  readonly diagnostics: readonly Diagnostic[]
  /** What else should be looked at. */
  readonly warnings: readonly string[]
}

/** A name that is its own pool, and has services, is answered by the binding with these alone. */
function bindingStatuses(bindings: Overview['bindings']): Status['bindings'] {
  const own = new Set(bindings.flatMap(({ label, name }) => (label === name ? [label] : [])))
  return bindings.flatMap(({ label, name, policy, answers, ttlSeconds, ttlReason }) => {
    if (name === undefined && own.has(label)) return []
    const isOther = name !== undefined && name !== label
    return [{ label, ...(isOther && { name }), policy, answers, ttlSeconds, ttlReason }]
  })
}

export function statusOf(parts: StatusParts): Status {
  const { version, startedWall, endpoints, transport, totals, overview, pages, secure } = parts
  const { generation, atWall, bindings, flips } = overview
  const ledger = ledgerOf(parts.ledger)
  return {
    version,
    now: moment(atWall),
    startedAt: moment(startedWall),
    ...(parts.isDemo && { isDemo: true }),
    generation,
    listen: endpoints.map(printEndpoint),
    ...(transport && { transport }),
    ...(secure && { secure }),
    queries: totals.queries,
    answers: totals.answers,
    bindings: bindingStatuses(bindings),
    pools: overview.pools.map((pool) => poolStatus(pool, pages, ledger)),
    flips: flips.map(flipStatus).reverse(),
    resolvers: parts.talkers.map(({ address, share }) => ({
      address: printAddress(address),
      percent: Math.round(share * 100),
    })),
    warnings: [
      ...(parts.doubt.isSuspect ? [`the prober doubts itself: ${parts.doubt.why}`] : []),
      ...parts.warnings,
      ...memberWarnings(overview),
      ...strayOverrides(overview, pages),
      ...parts.diagnostics.filter(({ severity }) => severity === 'warning').map(headline),
    ],
  }
}

function poolStatus(pool: PoolOverview, pages: Pages, ledger: LedgerOf): PoolStatus {
  const families = FAMILIES.flatMap((family) => {
    const one = pool[family]
    return one ? [familyStatus(family, one)] : []
  })
  const benches = FAMILIES.map((family) => benchOf(family, pool[family]?.members ?? []))
  const members = namesOf(pool).map((name) => memberStatus(pool.pool, name, benches, pages, ledger))
  const { policy, minServing, keepsStandby } = pool
  return {
    ...{ name: pool.pool, policy, minServing, ...(keepsStandby && { keepsStandby }) },
    ...{ families, members },
  }
}

function familyStatus(family: Family, one: FamilyOverview): FamilyStatus {
  const { memberCount, healthyCount, neededCount, failedSinceWall, step, stepUntilWall } = one
  return {
    ...{ family, members: memberCount, healthy: healthyCount, needed: neededCount },
    ...(failedSinceWall !== undefined && { failedSince: moment(failedSinceWall) }),
    ...(step !== undefined && { step }),
    ...(stepUntilWall !== undefined && { stepUntil: moment(stepUntilWall) }),
    ...(one.standIns.length > 0 && { standIns: one.standIns }),
  }
}

/** The members of a family by name, and what their weights come to. */
interface Bench {
  readonly family: Family
  readonly members: ReadonlyMap<string, MemberOverview>
  readonly total: number
}

function benchOf(family: Family, members: readonly MemberOverview[]): Bench {
  const total = members.reduce((sum, { effectiveWeight = 0 }) => sum + effectiveWeight, 0)
  return { family, members: new Map(members.map((one) => [one.name, one])), total }
}

function memberStatus(
  pool: string,
  name: string,
  benches: readonly Bench[],
  { overrides, registrations }: Pages,
  ledger: LedgerOf,
): MemberStatus {
  const found = benches.flatMap(({ family, members, total }) => {
    const member = members.get(name)
    return member ? [{ family, member, total }] : []
  })
  const override = overrideOf(overrides, pool, name)
  const registration = registrationOf(registrations, pool, name)
  return {
    name,
    weight: found[0]!.member.weight,
    isServing: found.some(({ member }) => member.effectiveWeight !== undefined),
    ...(override && { override: statusOfOverride(override) }),
    ...(registration && { lease: { until: moment(registration.untilWall) } }),
    addresses: found.map(({ family, member, total }) => {
      const told = ledger(pool, name, family, member.address)
      return { ...addressStatus(family, member, total), ...(told && { ledger: told }) }
    }),
  }
}

function addressStatus(family: Family, member: MemberOverview, total: number): AddressStatus {
  const { address, exclusion, verdict, evidence, warning, sinceWall, timeMs } = member
  const { effectiveWeight, turns = 0 } = member
  const isServing = effectiveWeight !== undefined
  return {
    ...{ family, address, isServing, verdict, evidence, turns },
    ...(!isServing && exclusion !== undefined && { why: exclusion }),
    ...(sinceWall !== undefined && { since: moment(sinceWall) }),
    ...(warning !== undefined && { warning }),
    ...(timeMs !== undefined && { probeMs: timeMs }),
    ...(isServing && { effectiveWeight, share: (effectiveWeight / total) * 100 }),
  }
}

function flipStatus(flip: FlipRecord): FlipStatus {
  const { atWall, members, address, previous, verdict, evidence, failoverMs } = flip
  return {
    ...{ at: moment(atWall), ...firstOf(members), address, from: previous, to: verdict, evidence },
    ...(failoverMs !== undefined && { failoverMs }),
    ...(flip.lastCacheWall !== undefined && { lastCacheAt: moment(flip.lastCacheWall) }),
  }
}

/** Each once, though it has an address in both families. */
function memberWarnings({ pools }: Overview): string[] {
  const all = pools.flatMap((pool) =>
    FAMILIES.flatMap((family) =>
      (pool[family]?.members ?? []).flatMap(({ name, warning }) =>
        warning === undefined ? [] : [`${pool.pool}/${name}: ${warning}`],
      ),
    ),
  )
  return [...new Set(all)]
}

/** Their members may come back; until then somebody should know. */
function strayOverrides({ pools }: Overview, { overrides }: Pages): string[] {
  const here = new Set(pools.flatMap((pool) => namesOf(pool).map((name) => `${pool.pool}/${name}`)))
  return overrides.current
    .map(({ pool, member, word }) => ({ label: `${pool}/${member}`, word }))
    .filter(({ label }) => !here.has(label))
    .map(({ label, word }) => `${label} is overridden (${word}), but there is no such member`)
}

function namesOf(pool: PoolOverview): string[] {
  const all = FAMILIES.flatMap((family) => pool[family]?.members.map(({ name }) => name) ?? [])
  return [...new Set(all)]
}
