/**
 * From who is admitted to who takes part: standby, the policy's choice in each family, effective
 * weights, and both families in one lineup.
 */

import type { Contender } from '../../balance/contender.ts'
import { type PolicyName, policyNamed } from '../../balance/policy.ts'
import { STICKINESS } from '../../balance/policies/sticky.ts'
import type { Candidate, Lineup, Offer } from '../../balance/roster.ts'

import type { Belief } from './belief.ts'
import { type Admission, type Judged, leastHealthy, type PlannedPool } from './judgement.ts'
import type { PoolMemory } from './memory.ts'
import type { ChildStanding, Facts, Standing } from './standing.ts'
import { FAMILIES, type Family, type PlannedMember } from './targets.ts'
import { effectiveWeights, millionthsOf } from './weights.ts'

export interface Drawn {
  readonly lineup: Lineup
  /** Who takes part, for policies that ask for it; absent where that need not be remembered. */
  readonly tookPart: { readonly [family in Family]?: readonly string[] }
}

type Admissions = { readonly [family in Family]: Admission }

/** The lineup of a pool under one of its policies. */
export function lineUp(
  pool: PlannedPool,
  policy: PolicyName,
  admissions: Admissions,
  memory: PoolMemory,
  judged: Judged,
): Drawn {
  const previous = (family: Family) => memory[family]?.tookPart?.[policy] ?? []
  const part = (family: Family) =>
    partOf(pool, policy, family, admissions[family].members, previous(family), judged)
  const parts = { v4: part('v4'), v6: part('v6') }
  const tookPart = isRemembered(pool, policy)
    ? Object.fromEntries(
        FAMILIES.flatMap((family) => {
          // While nobody takes part the question who did until now stands.
          const names = parts[family].map(({ standing }) => standing.name)
          const told = names.length > 0 ? names : previous(family)
          return told.length > 0 ? [[family, told]] : []
        }),
      )
    : {}
  const standIn = substitute(admissions, judged)
  return { lineup: standIn ?? merged(pool, policy, parts, admissions, judged), tookPart }
}

/** One who takes part in a family, with what is answered there. */
interface Part {
  readonly standing: Standing
  readonly offer: Offer
}

function partOf(
  pool: PlannedPool,
  policy: PolicyName,
  family: Family,
  admitted: readonly Standing[],
  previous: readonly string[],
  judged: Judged,
): readonly Part[] {
  if (admitted.length === 0) return []
  const offering = admitted.flatMap((standing) => {
    const offer = offerOf(pool.members[standing.index]!, family, standing.verdict, judged)
    return offer ? [{ standing, offer }] : []
  })
  const everyone = withoutStandby(pool, offering)
  if (everyone.length === 0) return []
  const contenders = everyone.map(({ standing }) => contenderOf(pool, policy, standing))
  const { failBack = true } = pool.config
  const chosen = policyNamed(policy).lineUp(contenders, previous, { failBack })
  if (chosen.length === everyone.length) return everyone
  const indices = new Set(chosen.map(({ index }) => index))
  return everyone.filter(({ standing }) => indices.has(standing.index))
}

/** Weight 0 stands by: it is answered only while nobody with a weight is. */
function withoutStandby({ members }: PlannedPool, parts: readonly Part[]): readonly Part[] {
  const regular = parts.filter(({ standing }) => members[standing.index]!.config.weight > 0)
  return regular.length > 0 ? regular : parts
}

function contenderOf(pool: PlannedPool, policy: PolicyName, standing: Standing): Contender {
  const { name, index, loadFigure, timeMs } = standing
  return {
    ...{ name, index, weight: weightOf(pool, policy, index) },
    tier: pool.members[index]!.config.tier ?? index,
    ...(loadFigure !== undefined && { loadFigure }),
    ...(timeMs !== undefined && { timeMs }),
  }
}

/** Where weights mean nothing everybody weighs the same; standby that is called upon weighs 1. */
function weightOf({ members }: PlannedPool, policy: PolicyName, index: number): number {
  return policyNamed(policy).usesWeights ? Math.max(1, members[index]!.config.weight) : 1
}

/** Policies that keep to whom they chose while the difference is small. */
function isRemembered({ config }: PlannedPool, policy: PolicyName): boolean {
  return (
    policy === 'fastest' ||
    policy === 'least-load' ||
    (policy === 'failover' && config.failBack === false)
  )
}

/** Where one pool stands in for this one in every family that has anybody, it is answered as is. */
function substitute({ v4, v6 }: Admissions, judged: Judged): Lineup | undefined {
  const name = v4.pool ?? v6.pool
  if (name === undefined || v4.members.length > 0 || v6.members.length > 0) return
  const hasOther = (v4.pool ?? name) !== name || (v6.pool ?? name) !== name
  const lineup = ownLineup(judged, name)
  const isWider = FAMILIES.some(
    (family) =>
      ({ v4, v6 })[family].pool === undefined && lineup.candidates.some((one) => one[family]),
  )
  return hasOther || isWider ? undefined : lineup
}

/** What a member answers in the families in which it takes part, and the lesser of its factors. */
interface Found {
  readonly offers: { readonly [family in Family]?: Offer }
  readonly millionths: number
}

/** Both families in one list. A member that is new to one of them carries the lesser weight. */
function merged(
  pool: PlannedPool,
  policy: PolicyName,
  parts: { readonly [family in Family]: readonly Part[] },
  admissions: Admissions,
  judged: Judged,
): Lineup {
  const { sticky } = pool.config
  const found = new Map<number, Found>()
  for (const family of FAMILIES) {
    for (const { standing, offer } of parts[family]) {
      const millionths = millionthsOf(standing)
      const known = found.get(standing.index)
      found.set(standing.index, {
        offers: { ...known?.offers, [family]: offer },
        millionths: known ? Math.min(known.millionths, millionths) : millionths,
      })
    }
  }
  const members = [...found.keys()]
    .sort((a, b) => a - b)
    .map((index) => {
      const { offers, millionths } = found.get(index)!
      const { name } = pool.members[index]!.config
      const weighing = { weight: weightOf(pool, policy, index), millionths }
      return { weighing, candidate: { name, index, ...offers } }
    })
  const weights = effectiveWeights(members.map(({ weighing }) => weighing))
  const candidates: Candidate[] = [
    ...members.map(({ candidate }, place) => ({ ...candidate, weight: weights[place]! })),
    ...standIns(admissions, judged),
  ]
  return {
    policy,
    candidates,
    ...(policy === 'sticky' && { sticky: sticky ?? STICKINESS }),
    ...(policy === 'nearest' && pool.nearness !== undefined && { nearness: pool.nearness }),
  }
}

/** Pools that the ladder has put in place of members, alone in their family. */
function standIns(admissions: Admissions, judged: Judged): Candidate[] {
  return FAMILIES.flatMap((family) => {
    const { pool } = admissions[family]
    if (pool === undefined) return []
    const lineup = ownLineup(judged, pool)
    if (!hasOffer(lineup, family)) return []
    return [{ name: pool, index: 0, weight: 1, [family]: { kind: 'pool', lineup } }]
  })
}

/** What a member answers in a family; undefined where that is nobody. */
function offerOf(
  member: PlannedMember,
  family: Family,
  verdict: Standing['verdict'],
  judged: Judged,
): Offer | undefined {
  const address = member[family]
  if (address) return address.offer
  const lineup = childLineup(member, family, verdict === 'up', judged)
  return hasOffer(lineup, family) ? { kind: 'pool', lineup } : undefined
}

/**
 * What a child pool answers for this parent: what it answers itself; or, where it has failed by its
 * own measure and not by the parent's, those of it who are healthy.
 */
function childLineup(member: PlannedMember, family: Family, isUp: boolean, judged: Judged): Lineup {
  const child = judged(member.config.pool!)
  const { pool, memory } = child
  if (!isUp || child[family].failedSinceWall === undefined)
    return ownLineup(judged, pool.config.name)
  const healthy = (which: Family) => ({
    members: child[which].standings.filter(({ isEligible }) => isEligible),
  })
  const admissions = { v4: healthy('v4'), v6: healthy('v6') }
  return lineUp(pool, pool.config.policy, admissions, memory, judged).lineup
}

function ownLineup(judged: Judged, pool: string): Lineup {
  const { lineups, pool: planned } = judged(pool)
  return lineups.get(planned.config.policy)!
}

function hasOffer({ candidates }: Lineup, family: Family): boolean {
  return candidates.some((candidate) => candidate[family] !== undefined)
}

/** How a member that is a pool stands in a family; undefined where it has nobody there at all. */
export function childOf(
  member: PlannedMember,
  family: Family,
  { wallAheadMs }: Pick<Facts, 'wallAheadMs'>,
  judged: Judged,
): ChildStanding | undefined {
  const { pool, minHealthy } = member.config
  if (pool === undefined) return
  const { outlook, ...child } = judged(pool)
  const there = child[family]
  if (!there.isServed) return
  const { memberCount, healthyCount, failedSinceWall } = there
  const neededCount = minHealthy ? leastHealthy(minHealthy, memberCount) : there.neededCount
  const isUp = healthyCount >= neededCount
  const belief: Belief = {
    verdict: isUp ? 'up' : 'down',
    evidence: `${healthyCount} of ${memberCount} healthy, ${neededCount} needed`,
    ...(failedSinceWall !== undefined && { sinceMs: failedSinceWall - wallAheadMs }),
    isInTransition: outlook.unsettled.length > 0,
    flipsInMs: outlook.flipsInMs,
  }
  const eligible = there.standings.filter(({ isEligible }) => isEligible)
  return {
    belief,
    hasSomebody: hasOffer(childLineup(member, family, isUp, judged), family),
    loadFigure: meanOf(eligible.flatMap(({ loadFigure }) => loadFigure ?? [])),
    timeMs: meanOf(eligible.flatMap(({ timeMs }) => timeMs ?? [])),
  }
}

function meanOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
