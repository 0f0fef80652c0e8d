/** What a judgement is made of, and what it says: the nouns; `judge.ts` is the verb. */

import type { PolicyName } from '../../balance/policy.ts'
import type { Lineup, Roster } from '../../balance/roster.ts'

import type { MinHealthy, PoolConfig } from '../../config/config.ts'

import type { LadderWalk } from './ladder.ts'
import type { PoolMemory } from './memory.ts'
import type { Outlook } from './outlook.ts'
import type { PlannedBinding } from '../loading/plan.ts'
import type { Standing } from './standing.ts'
import type { PlannedMember } from './targets.ts'

/** A pool with what its judgement needs, made once for each load. */
export interface PlannedPool {
  readonly config: PoolConfig
  readonly members: readonly PlannedMember[]
  /** The policies by which names draw from it, its own first. */
  readonly policies: readonly PolicyName[]
  /** Which of the world's `nearness` ranks its members, if any does. */
  readonly nearness?: number
}

export interface PoolJudgement {
  readonly pool: PlannedPool
  readonly v4: FamilyJudgement
  readonly v6: FamilyJudgement
  /** For each of the pool's policies. */
  readonly lineups: ReadonlyMap<PolicyName, Lineup>
  /** What the next judgement must know of this one. */
  readonly memory: PoolMemory
  readonly outlook: Outlook
}

export interface FamilyJudgement {
  /** Whether the pool has members in this family; if not, it is NODATA and no failure. */
  readonly isServed: boolean
  /** Of every member that has this family, in configured order. */
  readonly standings: readonly Standing[]
  /** Of `memberCount` so many are healthy, and so many must be. */
  readonly memberCount: number
  readonly healthyCount: number
  readonly neededCount: number
  /** Since when fewer are healthy than must be (wall); absent while the pool has not failed. */
  readonly failedSinceWall?: number
  /** How its ladder was walked; absent while the pool has not failed. */
  readonly ladder?: LadderWalk
  /** Who may be answered. Empty where another pool stands in, or nobody does. */
  readonly admitted: readonly Standing[]
}

/** The judgement of a pool by its name. The configuration sees to it that none goes in circles. */
export type Judged = (pool: string) => PoolJudgement

/** Who is admitted in a family: members, or another pool in their place. */
export interface Admission {
  readonly members: readonly Standing[]
  readonly pool?: string
}

/** How the answers of one binding came to be. */
export interface BindingJudgement {
  readonly planned: PlannedBinding
  readonly roster: Roster
  readonly ttlReason: string
  readonly pool: PoolJudgement
  /** Judgements of all other pools, by name: those that this one leads to among them. */
  readonly poolNamed: (name: string) => PoolJudgement | undefined
}

/** At least 1, and never more than there are: a pool of one cannot lack a second. */
export function leastHealthy(minHealthy: MinHealthy, total: number): number {
  const wanted =
    'count' in minHealthy ? minHealthy.count : Math.ceil((minHealthy.percent / 100) * total)
  return Math.max(1, Math.min(wanted, total))
}
