/**
 * How things stand, for people and programs: plain data that goes into JSON as it is. Times are
 * milliseconds since 1970.
 */

import type { VerdictState } from '../health/verdict.ts'

import type { PolicyName } from '../balance/policy.ts'
import type { Lineup } from '../balance/roster.ts'

import type { FlipRecord } from './flips.ts'
import type { FamilyJudgement, PlannedPool, PoolJudgement } from './judgement/judgement.ts'
import { type LadderRung, printStep } from './judgement/ladder.ts'
import type { PlannedBinding } from './loading/plan.ts'
import type { Standing } from './judgement/standing.ts'
import { FAMILIES, type Family } from './judgement/targets.ts'
import type { RosterDecision } from './judgement/rosters.ts'

/** One address of a member as things stand. */
export interface MemberStatus {
  readonly pool: string
  readonly member: string
  readonly address: string
  readonly weight: number
  /** Undefined where there is no check: then it is always answered. */
  readonly state: VerdictState | undefined
  /** Where the turns that it leads are counted. */
  readonly cell: number
}

export interface Overview {
  readonly generation: number
  readonly atWall: number
  readonly bindings: readonly BindingOverview[]
  readonly pools: readonly PoolOverview[]
  /** The latest last. */
  readonly flips: readonly FlipRecord[]
}

/** What names share that draw from a pool in the same way. */
export interface BindingOverview {
  readonly binding: number
  /** The pool's name, or the name that is its own pool. */
  readonly label: string
  /** The only name that it is for, where that has SRV, SVCB or HTTPS records. */
  readonly name?: string
  readonly policy: PolicyName
  readonly answers: number
  readonly ttlSeconds: number
  readonly ttlReason: string
}

export interface PoolOverview {
  readonly pool: string
  readonly policy: PolicyName
  readonly minServing: number
  /** Of one whose standby, having taken over, stays until it is told to fail back. */
  readonly keepsStandby?: true
  /** A family that the pool does not serve is absent. */
  readonly v4?: FamilyOverview
  readonly v6?: FamilyOverview
}

export interface FamilyOverview {
  readonly memberCount: number
  readonly healthyCount: number
  /** Fewer healthy than these, and the pool has failed. */
  readonly neededCount: number
  readonly failedSinceWall?: number
  /** The step of the ladder in force, as the operator wrote it without its time, and until when. */
  readonly step?: string
  readonly stepUntilWall?: number
  readonly ladder?: readonly RungOverview[]
  readonly members: readonly MemberOverview[]
  /** Pools that stand in for the members by the ladder. */
  readonly standIns: readonly string[]
}

export type RungOverview = Omit<LadderRung, 'step'> & { readonly step: string }

export type MemberOverview = Omit<Standing, 'index' | 'flipsInMs' | 'isVoid'> & {
  readonly weight: number
  /** By which it takes part under the pool's own policy; absent while it does not. */
  readonly effectiveWeight?: number
  readonly cell?: number
  /** Turns that it has led. */
  readonly turns?: number
}

/** Each address of each member of a pool; `stateOf` tells what is believed of a target. */
export function memberStatuses(
  { config: { name: pool }, members }: PlannedPool,
  stateOf: (targetKey: string) => VerdictState | undefined,
): MemberStatus[] {
  return members.flatMap((member) =>
    FAMILIES.flatMap((family): MemberStatus[] => {
      const seat = member[family]
      if (!seat) return []
      const { address, cell, inquiry } = seat
      const [target] = inquiry?.targets.values() ?? []
      const { name, weight } = member.config
      const state = target && stateOf(target.key)
      return [{ pool, member: name, address, weight, state, cell }]
    }),
  )
}

export function bindingOverview(
  binding: number,
  { label, servicesAt: name, pool, policy = pool.policy, answers }: PlannedBinding,
  { roster, ttlReason }: RosterDecision,
): BindingOverview {
  return {
    ...{ binding, label, ...(name !== undefined && { name }) },
    ...{ policy, answers, ttlSeconds: roster.ttl, ttlReason },
  }
}

/** `turnsOf` sums what a member has led in a family. */
export function poolOverview(
  judgement: PoolJudgement,
  turnsOf: (member: string, family: Family) => number,
): PoolOverview {
  const { config } = judgement.pool
  const { name, policy, minServing = 0, failBack } = config
  const lineup = judgement.lineups.get(policy)!
  const families = FAMILIES.flatMap((family) =>
    judgement[family].isServed
      ? [[family, familyOverview(judgement, family, lineup, turnsOf)] as const]
      : [],
  )
  return {
    ...{ pool: name, policy, minServing },
    ...(failBack === false && { keepsStandby: true }),
    ...Object.fromEntries(families),
  }
}

function familyOverview(
  judgement: PoolJudgement,
  family: Family,
  lineup: Lineup,
  turnsOf: (member: string, family: Family) => number,
): FamilyOverview {
  const { memberCount, healthyCount, neededCount, failedSinceWall, ladder, standings } =
    judgement[family]
  const standIns = standInsOf(judgement[family])
  const members = standings.map((standing) => {
    const { index, flipsInMs: _flips, isVoid: _void, ...shown } = standing
    const { config, [family]: address } = judgement.pool.members[index]!
    const candidate = lineup.candidates.find(
      (one) => one.index === index && one.name === standing.name && one[family],
    )
    const takesPart = candidate !== undefined && standIns.length === 0
    return {
      ...shown,
      weight: config.weight,
      ...(takesPart && { effectiveWeight: candidate.weight }),
      ...(address && { cell: address.cell, turns: turnsOf(standing.name, family) }),
    }
  })
  return {
    memberCount,
    healthyCount,
    neededCount,
    ...(failedSinceWall !== undefined && { failedSinceWall }),
    ...(ladder && { step: printStep(ladder.inForce), ladder: ladder.rungs.map(rungOverview) }),
    ...(ladder?.untilWall !== undefined && { stepUntilWall: ladder.untilWall }),
    members,
    standIns,
  }
}

function standInsOf({ ladder }: FamilyJudgement): string[] {
  return ladder?.inForce.kind === 'pool' ? [ladder.inForce.pool] : []
}

function rungOverview({ step, ...rest }: LadderRung): RungOverview {
  return { ...rest, step: printStep(step) }
}
