/**
 * A pool as an explanation tells it, to programs and to people alike: moments in ISO 8601 (UTC),
 * and nothing of how the inside counts.
 */

import type { Override } from '../books/overrides.ts'
import type { Decision } from '../judgement/standing.ts'
import { FAMILIES, type Family } from '../judgement/targets.ts'
import type { FamilyOverview, MemberOverview, PoolOverview, RungOverview } from '../status.ts'

export interface ExplainedPool
  extends Omit<PoolOverview, Family>,
    Partial<Record<Family, ExplainedFamily>> {}

export interface ExplainedFamily
  extends Omit<FamilyOverview, 'failedSinceWall' | 'stepUntilWall' | 'ladder' | 'members'> {
  readonly failedSince?: string
  readonly stepUntil?: string
  readonly ladder?: readonly ExplainedRung[]
  readonly members: readonly ExplainedMember[]
}

export interface ExplainedRung extends Omit<RungOverview, 'untilWall'> {
  readonly until?: string
}

export interface ExplainedMember
  extends Omit<
    MemberOverview,
    'cell' | 'turns' | 'sinceWall' | 'leaseUntilWall' | 'earnsMoreWall' | 'override'
  > {
  /** Since when the verdict stands. */
  readonly since?: string
  readonly leaseUntil?: string
  /** When it has earned the next part of its weight. */
  readonly earnsMoreAt?: string
  readonly override?: ExplainedOverride
}

export interface ExplainedOverride extends Pick<Decision, 'word' | 'reason' | 'author'> {
  readonly since?: string
  readonly until?: string
}

export function explainedPool({ v4, v6, ...pool }: PoolOverview): ExplainedPool {
  const families = { v4, v6 }
  const told = FAMILIES.flatMap((family) => {
    const overview = families[family]
    return overview ? [[family, explainedFamily(overview)] as const] : []
  })
  return { ...pool, ...Object.fromEntries(told) }
}

function explainedFamily(overview: FamilyOverview): ExplainedFamily {
  const { failedSinceWall, stepUntilWall, ladder, members, ...family } = overview
  return {
    ...family,
    ...momentAt('failedSince', failedSinceWall),
    ...momentAt('stepUntil', stepUntilWall),
    ...(ladder && {
      ladder: ladder.map(({ untilWall, ...rung }) => ({
        ...rung,
        ...momentAt('until', untilWall),
      })),
    }),
    members: members.map(explainedMember),
  }
}

function explainedMember(overview: MemberOverview): ExplainedMember {
  const { cell: _, turns: __, sinceWall, leaseUntilWall, earnsMoreWall, ...rest } = overview
  const { override, ...member } = rest
  return {
    ...member,
    ...momentAt('since', sinceWall),
    ...momentAt('leaseUntil', leaseUntilWall),
    ...momentAt('earnsMoreAt', earnsMoreWall),
    ...(override && { override: explainedOverride(override) }),
  }
}

function explainedOverride(decision: Decision & Partial<Override>): ExplainedOverride {
  const { word, reason, author, sinceWall, untilWall } = decision
  const moments = { ...momentAt('since', sinceWall), ...momentAt('until', untilWall) }
  return { word, reason, author, ...moments }
}

/** Under a key of its own; nothing where there is no such moment. */
function momentAt<Key extends string>(
  key: Key,
  wall: number | undefined,
): Partial<Record<Key, string>> {
  if (wall === undefined) return {}
  return { [key]: new Date(wall).toISOString() } as Partial<Record<Key, string>>
}
