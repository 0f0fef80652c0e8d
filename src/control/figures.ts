/**
 * How pools stand, in numbers, for those who look often: read off what was judged last, which is
 * what is answered, where `status.ts` has everything judged anew and put in words.
 */

import type { PoolJudgement } from './judgement/judgement.ts'
import { printStep } from './judgement/ladder.ts'
import { FAMILIES, type Family } from './judgement/targets.ts'

export interface PoolFigures {
  /** The pool's name, or the name that is its own pool. */
  readonly pool: string
  readonly takesRegistrations: boolean
  /** A family that the pool does not serve is absent. */
  readonly families: readonly FamilyFigures[]
}

export interface FamilyFigures {
  readonly family: Family
  readonly healthyCount: number
  /** Fewer healthy than these, and the pool has failed. */
  readonly neededCount: number
  readonly hasFailed: boolean
  /** The steps of its ladder as the operator wrote them, without their times; and that in force. */
  readonly steps: readonly string[]
  readonly step?: string
  readonly members: readonly MemberFigures[]
}

/** A member in one family. */
export interface MemberFigures {
  readonly member: string
  /** Turns that it has led; absent of one that is a pool, whose own members lead them. */
  readonly turns?: number
  /** By which it takes part, under the pool's own policy; 0 while it does not. */
  readonly weight: number
  /** What its checks say; absent where there is none, or none has said anything yet. */
  readonly isUp?: boolean
}

/** `turnsOf` sums what a member has led in a family. */
export function poolFigures(
  judgement: PoolJudgement,
  turnsOf: (member: string, family: Family) => number,
): PoolFigures {
  const { name, registration } = judgement.pool.config
  return {
    pool: name,
    takesRegistrations: registration !== undefined,
    families: FAMILIES.filter((family) => judgement[family].isServed).map((family) =>
      familyFigures(judgement, family, turnsOf),
    ),
  }
}

function familyFigures(
  judgement: PoolJudgement,
  family: Family,
  turnsOf: (member: string, family: Family) => number,
): FamilyFigures {
  const { healthyCount, neededCount, failedSinceWall, ladder } = judgement[family]
  const { whenAllDown } = judgement.pool.config
  return {
    family,
    healthyCount,
    neededCount,
    hasFailed: failedSinceWall !== undefined,
    steps: [...new Set(whenAllDown.map(printStep))],
    ...(ladder && { step: printStep(ladder.inForce) }),
    members: membersOf(judgement, family, turnsOf),
  }
}

function membersOf(
  judgement: PoolJudgement,
  family: Family,
  turnsOf: (member: string, family: Family) => number,
): MemberFigures[] {
  const { pool, lineups } = judgement
  const { ladder, standings } = judgement[family]
  const { candidates } = lineups.get(pool.config.policy)!
  // Where another pool stands in, those who take part are its members.
  const isOwn = ladder?.inForce.kind !== 'pool'
  const own = isOwn ? candidates.filter((one) => one[family]) : []
  const weights = new Map(own.map(({ index, weight }) => [index, weight]))
  return standings.map(({ name, index, verdict, sinceWall }) => ({
    member: name,
    weight: weights.get(index) ?? 0,
    ...(pool.members[index]![family] && { turns: turnsOf(name, family) }),
    ...(sinceWall !== undefined && verdict !== 'unknown' && { isUp: verdict === 'up' }),
  }))
}
