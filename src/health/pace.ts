/**
 * When targets start, so that ten thousand of them are a steady stream and not a volley.
 * Pure arithmetic; all times in clock milliseconds.
 */

import type { Random } from '../base/random.ts'

import type { Check } from './check.ts'

/** Intervals are drawn from 90 % to 110 % of what the check says, so that nothing stays in step. */
const JITTER = 0.1

/** Steps of this length around a circle leave no gap more than φ² times wider than another. */
const GOLDEN_STEP = (Math.sqrt(5) - 1) / 2

/**
 * How long the newcomer with this index waits for its first start. Newcomers come at the pace at
 * which all targets together go on, so they at most double it: when all are new they share the
 * whole interval, while one among a thousand waits at most a thousandth of it. Neighbours in the
 * list, which are often one pool, land far apart. `lead` in [0, 1) turns the circle, so that two
 * servers with the same list do not probe in step.
 */
export function firstDelayMs(
  index: number,
  newcomers: number,
  targets: number,
  intervalMs: number,
  lead: number,
): number {
  return intervalMs * (newcomers / targets) * ((lead + index * GOLDEN_STEP) % 1)
}

/**
 * When the probe that was due at `dueMs` and started at `startedMs` is followed by the next, seen
 * from its end. Intervals run from due to due, so that a late start does not shift the target onto
 * others that were late with it. Where a whole interval was missed the old course means nothing any
 * more, and a new one is drawn. A probe that outlasts its interval is followed at once.
 */
export function nextStartMs(
  { dueMs, startedMs, endedMs }: { dueMs: number; startedMs: number; endedMs: number },
  intervalMs: number,
  random: Random,
): number {
  const spanMs = intervalMs * (1 - JITTER + 2 * JITTER * random())
  const isOnCourse = startedMs - dueMs < spanMs
  const nextMs = isOnCourse ? dueMs + spanMs : startedMs + random() * spanMs
  return Math.max(nextMs, endedMs)
}

/** How soon a target is looked at again. */
export function intervalOf(check: Check, isInTransition: boolean): number {
  return isInTransition ? Math.min(check.fastIntervalMs, check.intervalMs) : check.intervalMs
}

/** The least time between two starts that this interval allows. */
export function shortestMs(intervalMs: number): number {
  return intervalMs * (1 - JITTER)
}
