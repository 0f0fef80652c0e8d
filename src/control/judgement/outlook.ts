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
  const standings = families.flatMap((family) => family.standings)
  const hasFailed = families.some(({ ladder }) => ladder)
  // Who was taken out is not answered, whatever becomes of him.
  const children = standings
    .filter((standing) => !isTakenOut(standing))
    .flatMap(({ index }) => members[index]!.config.pool ?? [])
  // What the ladder leads to matters only while it is walked.
  const others = hasFailed
    ? config.whenAllDown.flatMap((step) => (step.kind === 'pool' ? [step.pool] : []))
    : []
  const tree = [...new Set([...children, ...others])].map((name) => judged(name).outlook)
  const own = standings.filter(({ index }) => members[index]!.config.pool === undefined)
  const unsettled = own.filter(({ isUnsettled }) => isUnsettled)
  const labels = unsettled.map(({ name }) => `${config.name}/${name}`)
  const planned = [
    ...standings.flatMap(({ override }) => override?.untilWall ?? []),
    ...families.flatMap(({ ladder }) => ladder?.untilWall ?? []),
  ]
  const awaited = standings.flatMap(({ earnsMoreWall, leaseUntilWall }) => [
    ...(earnsMoreWall === undefined ? [] : [earnsMoreWall]),
    ...(leaseUntilWall === undefined ? [] : [leaseUntilWall]),
  ])
  const plannedWall = earliest(
    [...planned, ...tree.flatMap((one) => one.plannedWall ?? [])],
    nowWall,
  )
  const wakeAtWall = earliest([...planned, ...awaited], nowWall)
  return {
    unsettled: [...new Set([...labels, ...tree.flatMap((one) => one.unsettled)])].slice(
      0,
      UNSETTLED_MAX,
    ),
    flipsInMs: Math.min(
      ...own.map(({ flipsInMs }) => flipsInMs),
      ...tree.map(({ flipsInMs }) => flipsInMs),
    ),
    ...(plannedWall !== undefined && { plannedWall }),
    ...(wakeAtWall !== undefined && { wakeAtWall }),
  }
}

/** The earliest moment that is still to come. */
function earliest(walls: readonly number[], nowWall: number): number | undefined {
  const coming = walls.filter((wall) => wall > nowWall)
  return coming.length > 0 ? Math.min(...coming) : undefined
}
