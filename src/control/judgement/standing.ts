/**
 * How a member stands in one family: whether it may be answered, why not, and what bears on its
 * share. What an operator decided goes before what the member says of itself, and that before what
 * the checks say.
 */

import type { Report } from '../../health/check.ts'
import type { Verdict } from '../../health/verdict.ts'

import type { PoolConfig } from '../../config/config.ts'

import {
  type Belief,
  beliefOf,
  type Readings,
  reportOf,
  timeOf,
  TRUSTED,
  warningOf,
} from './belief.ts'
import { loadOf, type Burdens } from './burden.ts'
import type { FamilyMemory } from './memory.ts'
import { FULL_PERCENT, slowStart } from './slow-start.ts'
import type { MemberAddress, PlannedMember } from './targets.ts'

/** What an operator decided for a member, as far as it matters to judgement. */
export interface Decision {
  readonly word: 'up' | 'down' | 'drain'
  readonly reason: string
  readonly author: string
  /** Milliseconds since 1970; absent: until somebody ends it. */
  readonly untilWall?: number | undefined
}

/** All that judgement is made from, besides the configuration and what is remembered. */
export interface Facts {
  /** Milliseconds since 1970. */
  readonly nowWall: number
  /** What the wall's time is ahead of the clock's, in which readings are stamped. */
  readonly wallAheadMs: number
  readonly readings: Readings
  readonly burdens: Burdens
  readonly overrideOf: (pool: string, member: string) => Decision | undefined
  /** Until when (wall) a member that has registered may be answered; undefined: without end. */
  readonly leaseOf: (pool: string, member: string) => number | undefined
}

export const EXCLUSIONS = [
  'down',
  'pool failed',
  'override down',
  'override drain',
  'reported down',
  'reported drain',
  'lease expired',
  'not probed yet',
] as const

/** Why a member is not eligible. */
export type Exclusion = (typeof EXCLUSIONS)[number]

export interface Standing {
  readonly name: string
  /** Its ordinal among the members of its pool. */
  readonly index: number
  /** For people: its address, or the name of the pool or of the alias that it is. */
  readonly address: string
  readonly isEligible: boolean
  readonly exclusion?: Exclusion
  /** A pool that has nobody to answer, whatever is asked of it. */
  readonly isVoid?: true
  /** What its checks say, whatever was decided. */
  readonly verdict: Verdict
  readonly evidence: string
  /** What its checks warn of: `certificate expires in 9 days`. */
  readonly warning?: string
  /** Since when (wall) the verdict stands; absent where nothing is checked. */
  readonly sinceWall?: number
  /** Whether what is observed next may change who is answered. */
  readonly isUnsettled: boolean
  /** From an observation until the verdict could change at the earliest. */
  readonly flipsInMs: number
  readonly override?: Decision
  readonly leaseUntilWall?: number
  /** Percent of its weight: what it has earned since it came back, keeps, and asks for. */
  readonly earnedPercent: number
  readonly keptPercent: number
  readonly wantedPercent: number
  /** When it has earned the next part (wall). */
  readonly earnsMoreWall?: number
  readonly loadFigure?: number
  readonly timeMs?: number
}

/** What a member that is a pool brings, in the eyes of this parent. */
export interface ChildStanding {
  readonly belief: Belief
  readonly hasSomebody: boolean
  readonly loadFigure?: number | undefined
  readonly timeMs?: number | undefined
}

/** Those whom an operator took out, or whose lease is over, are not answered even by `all`. */
export function isTakenOut({ exclusion }: Standing): boolean {
  return (
    exclusion === 'override down' || exclusion === 'override drain' || exclusion === 'lease expired'
  )
}

export function standingOf(
  pool: PoolConfig,
  member: PlannedMember,
  seat: MemberAddress | ChildStanding,
  memory: FamilyMemory,
  facts: Facts,
): Standing {
  const { name, shed = 0 } = member.config
  const isChild = 'belief' in seat
  const inquiry = isChild ? undefined : seat.inquiry
  const belief = isChild ? seat.belief : inquiry ? beliefOf(inquiry, facts.readings) : TRUSTED
  const report = inquiry && reportOf(inquiry, facts.readings)
  const override = facts.overrideOf(pool.name, name)
  const leaseUntilWall = pool.registration && facts.leaseOf(pool.name, name)
  const isExpired = leaseUntilWall !== undefined && leaseUntilWall <= facts.nowWall
  const decision = override && isOver(override, facts.nowWall) ? undefined : override
  const isGuest = leaseUntilWall !== undefined
  const exclusion = isExpired
    ? 'lease expired'
    : exclusionOf(decision, report, belief, seat, isGuest)
  const { percent, nextWall } = slowStart(name, pool.slowStartMs, memory, belief.verdict, facts)
  const loadFigure = isChild ? seat.loadFigure : inquiry && loadOf(inquiry, report, facts.burdens)
  const timeMs = isChild ? seat.timeMs : inquiry && timeOf(inquiry, facts.readings)
  const warning = inquiry && warningOf(inquiry, facts.readings)
  return {
    name,
    index: member.index,
    address: isChild ? member.config.pool! : seat.address,
    isEligible: exclusion === undefined,
    ...(exclusion && { exclusion }),
    ...(isChild && !seat.hasSomebody && { isVoid: true }),
    verdict: belief.verdict,
    evidence: belief.evidence,
    ...(warning !== undefined && { warning }),
    ...(belief.sinceMs !== undefined && { sinceWall: belief.sinceMs + facts.wallAheadMs }),
    isUnsettled: belief.isInTransition && !decision && !isExpired,
    flipsInMs: decision || isExpired ? Number.POSITIVE_INFINITY : belief.flipsInMs,
    ...(decision && { override: decision }),
    ...(leaseUntilWall !== undefined && { leaseUntilWall }),
    earnedPercent: percent,
    keptPercent: FULL_PERCENT - shed,
    wantedPercent: wantedPercent(report),
    ...(nextWall !== undefined && { earnsMoreWall: nextWall }),
    ...(loadFigure !== undefined && { loadFigure }),
    ...(timeMs !== undefined && { timeMs }),
  }
}

/** An override ends by itself: nobody need tell. */
function isOver({ untilWall }: Decision, nowWall: number): boolean {
  return untilWall !== undefined && untilWall <= nowWall
}

function exclusionOf(
  decision: Decision | undefined,
  report: Report | undefined,
  { verdict }: Belief,
  seat: MemberAddress | ChildStanding,
  isGuest: boolean,
): Exclusion | undefined {
  const isChild = 'belief' in seat
  if (decision && decision.word !== 'up') return `override ${decision.word}`
  // Nobody can be answered from a pool that has nobody, whoever decides so.
  if (isChild && !seat.hasSomebody) return 'pool failed'
  if (decision) return
  if (report?.word === 'down') return 'reported down'
  if (report?.word === 'drain' || report?.share === 0) return 'reported drain'
  // Who is in the file was put there by somebody; who registered is proven by its checks alone.
  if (verdict === 'unknown' && isGuest) return 'not probed yet'
  if (verdict !== 'down') return
  return isChild ? 'pool failed' : 'down'
}

/** A share that cannot be is a slip of the backend, not a reason to overload it. */
function wantedPercent(report: Report | undefined): number {
  const share = report?.share ?? FULL_PERCENT
  return Math.min(FULL_PERCENT, Math.max(1, Math.round(share)))
}
