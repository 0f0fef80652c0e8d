/** What may change about a pool, and how soon: what TTLs and timers follow from. */

import type { FamilyJudgement, Judged, PlannedPool } from './judgement.ts'
import { isTakenOut } from './standing.ts'

export interface Outlook {
  /** Members of the tree whose next observation may change who is answered, as `pool/member`. */
  readonly unsettled: readonly string[]
  /** From an observation until anybody in the tree could flip at the earliest. */
  readonly flipsInMs: number
  /** When the tree changes by plan: a step of a ladder or an override ends (wall). */
  readonly plannedWall?: number
  /** When this pool, its children aside, is to be judged again though nothing happens (wall). */
  readonly wakeAtWall?: number
}

/** Named for people, who need no more; a tree may have thousands. */
const UNSETTLED_MAX = 8

export function outlookOf(
  { config, members }: PlannedPool,
  families: readonly FamilyJudgement[],
  nowWall: number,
  judged: Judged,
): Outlook {
  const labels = new Set<string>()
  const below = new Set<string>()
  const planned: number[] = []
  const awaited: number[] = []
  let flipsInMs = Number.POSITIVE_INFINITY
  // One pass and no lists on the way: a start does this for every pool there is.
  for (const { standings, ladder } of families) {
    for (const standing of standings) {
      const { pool } = members[standing.index]!.config
      if (pool === undefined) {
        flipsInMs = Math.min(flipsInMs, standing.flipsInMs)
        if (standing.isUnsettled) labels.add(`${config.name}/${standing.name}`)
      } else if (!isTakenOut(standing)) below.add(pool)
      const { override, earnsMoreWall, leaseUntilWall } = standing
      if (override?.untilWall !== undefined) planned.push(override.untilWall)
      if (earnsMoreWall !== undefined) awaited.push(earnsMoreWall)
      if (leaseUntilWall !== undefined) awaited.push(leaseUntilWall)
    }
    if (ladder?.untilWall !== undefined) planned.push(ladder.untilWall)
  }
  // What the ladder leads to matters only while it is walked.
  if (families.some(({ ladder }) => ladder)) {
    for (const step of config.whenAllDown) if (step.kind === 'pool') below.add(step.pool)
  }
  const wakeAtWall = earliest([...planned, ...awaited], nowWall)
  for (const name of below) {
    const { outlook } = judged(name)
    for (const label of outlook.unsettled) labels.add(label)
    flipsInMs = Math.min(flipsInMs, outlook.flipsInMs)
    if (outlook.plannedWall !== undefined) planned.push(outlook.plannedWall)
  }
  const plannedWall = earliest(planned, nowWall)
  return {
    unsettled: labels.size === 0 ? NOBODY : [...labels].slice(0, UNSETTLED_MAX),
    flipsInMs,
    ...(plannedWall !== undefined && { plannedWall }),
    ...(wakeAtWall !== undefined && { wakeAtWall }),
  }
}

const NOBODY: readonly string[] = []

/** The earliest moment that is still to come. */
function earliest(walls: readonly number[], nowWall: number): number | undefined {
  let least = Number.POSITIVE_INFINITY
  for (const wall of walls) if (wall > nowWall && wall < least) least = wall
  return least === Number.POSITIVE_INFINITY ? undefined : least
}
