/** For how long a cache may keep an answer, and why so long. */

import type { TtlMode, TtlRange } from '../../config/config.ts'

import type { Outlook } from './outlook.ts'

export interface TtlDecision {
  readonly seconds: number
  /** For people. */
  readonly reason: string
  /** When it is to be decided anew though nothing happens (wall). */
  readonly wakeAtWall?: number
}

/**
 * The TTL of answers from a pool with this outlook.
 *
 * Mode `health` counts from the last observation of whoever could flip first: an answer that is
 * given later in the interval may outlast the flip by what of the interval has gone by. By plan an
 * answer is outlasted never, down to the least TTL: see `untilPlanned`.
 */
export function ttlOf(
  { max, min }: TtlRange,
  mode: TtlMode,
  outlook: Outlook,
  nowWall: number,
): TtlDecision {
  if (max === min || mode === 'fixed') return { seconds: max, reason: 'fixed' }
  if (mode === 'step') {
    const { unsettled } = outlook
    return unsettled.length > 0
      ? { seconds: min, reason: `in transition: ${unsettled.join(', ')}` }
      : { seconds: max, reason: 'nobody is in transition' }
  }
  const { flipsInMs, plannedWall } = outlook
  const flip = clamp(flipsInMs / 1000, min, max)
  const byHealth: TtlDecision = Number.isFinite(flipsInMs)
    ? { seconds: flip, reason: `${(flipsInMs / 1000).toFixed(1)} s until the earliest flip` }
    : { seconds: max, reason: 'nobody can flip' }
  if (plannedWall === undefined) return byHealth
  const { seconds, wakeAtWall } = untilPlanned(plannedWall, nowWall, flip, min)
  const reason = seconds < flip ? 'a change is planned' : byHealth.reason
  return { seconds, reason, ...(wakeAtWall !== undefined && { wakeAtWall }) }
}

/**
 * A TTL that holds until the next roster may not outlast the planned change even for the last who
 * asks. So half of what is left is granted and, once the other half is all that is left, the TTL is
 * decided anew: a handful of rosters from the most to the least.
 */
function untilPlanned(
  plannedWall: number,
  nowWall: number,
  most: number,
  min: number,
): { readonly seconds: number; readonly wakeAtWall?: number } {
  const leftSeconds = (plannedWall - nowWall) / 1000
  const seconds = leftSeconds > most ? most : clamp(leftSeconds / 2, min, most)
  const wakeAtWall = plannedWall - seconds * 1000
  return seconds === min || wakeAtWall <= nowWall ? { seconds } : { seconds, wakeAtWall }
}

function clamp(seconds: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(seconds)))
}
