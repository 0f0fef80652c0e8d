/**
 * What a failover budget leaves to be worked out: the longest interval, so the fewest probes, that
 * keeps it, and a TTL that is a fair share of it. What the operator wrote stands.
 */

import {
  beliefMs,
  firstFailureMs,
  JITTER_MOST,
  lateTtl,
  PUBLISHING_MS,
  type Timing,
} from './budget.ts'
import type { TtlMode, TtlRange } from '../config.ts'
import * as defaults from '../defaults.ts'

/** The parts of a check that are written; the others are open. */
export interface WrittenTiming {
  readonly intervalMs?: number | undefined
  readonly fastIntervalMs?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly fall?: number | undefined
  readonly isHeartbeat: boolean
}

/** More of the budget leaves too little for probes; less makes resolvers ask for nothing new. */
const TTL_SHARE = { max: 0.4, min: 0.1 } as const
/** A probe takes a tenth of the budget at most, and haste is twice as fast. */
const TIMEOUT_SHARE = 0.1
const FAST_SHARE = 0.05
const SPAN_MS_MIN = 100
const INTERVAL_MS_MAX = 3_600_000
/** One failure alone is never believed unless the operator says so. */
const FALLS = [defaults.FALL, 2] as const

/** Never above the default, which spares resolvers enough. */
export function derivedTtl(budgetMs: number): TtlRange {
  const share = (part: number, most: number) =>
    Math.max(1, Math.min(most, Math.floor((budgetMs * part) / 1000)))
  return {
    max: share(TTL_SHARE.max, defaults.TTL.max),
    min: share(TTL_SHARE.min, defaults.TTL.min),
  }
}

/**
 * The timing that keeps the budget against a black hole. Where none does, the shortest that there
 * is beside what is written: whoever sums that up sees what is too long.
 */
export function derivedTiming(
  budgetMs: number,
  written: WrittenTiming,
  ttl: TtlRange,
  mode: TtlMode,
): Timing {
  const falls = written.fall === undefined ? FALLS : [written.fall]
  const least = withFall(budgetMs, written, falls.at(-1)!)
  for (const fall of falls) {
    const hasty = withFall(budgetMs, written, fall)
    const longestMs = longestInterval(budgetMs, hasty, written, ttl, mode)
    const timing = withInterval(hasty, longestMs, written)
    if (timing) return timing
  }
  const shortest = written.intervalMs ?? Math.max(least.timeoutMs, least.fastIntervalMs)
  return hasHaste(written) ? { ...least, intervalMs: shortest } : evenly(least, shortest)
}

/** A beat that is missed is missed at every look until the next is due: haste tells nothing. */
function hasHaste({ isHeartbeat, fastIntervalMs }: WrittenTiming): boolean {
  return !isHeartbeat || fastIntervalMs !== undefined
}

function evenly(timing: Timing, intervalMs: number): Timing {
  return { ...timing, intervalMs, fastIntervalMs: intervalMs }
}

function withFall(budgetMs: number, written: WrittenTiming, fall: number): Timing {
  const part = (share: number, mostMs: number) =>
    Math.max(SPAN_MS_MIN, Math.min(mostMs, rounded(budgetMs * share)))
  const capMs = written.intervalMs ?? Number.POSITIVE_INFINITY
  const timeoutMs = part(TIMEOUT_SHARE, defaults.TIMEOUT_MS)
  const fastIntervalMs = part(FAST_SHARE, defaults.FAST_INTERVAL_MS)
  return {
    intervalMs: 0,
    timeoutMs: written.timeoutMs ?? Math.min(timeoutMs, capMs),
    fastIntervalMs: written.fastIntervalMs ?? Math.min(fastIntervalMs, capMs),
    fall,
    isHeartbeat: written.isHeartbeat,
  }
}

/** The longest that keeps both sums of `failoverOf`; what is left of the budget, turned around. */
function longestInterval(
  budgetMs: number,
  hasty: Timing,
  written: WrittenTiming,
  ttl: TtlRange,
  mode: TtlMode,
): number {
  const roomMs = budgetMs - PUBLISHING_MS
  // As long as haste is: the interval is not known yet, and is never shorter.
  const shortest = { ...hasty, intervalMs: hasty.fastIntervalMs }
  const believedMs = beliefMs(shortest, 'black hole')
  // What passes before the first failure, for each millisecond of the interval and besides.
  const perMs = hasty.isHeartbeat ? 2 * JITTER_MOST : JITTER_MOST
  const besidesMs = firstFailureMs(hasty, 'black hole')
  // Without haste the last interval is as long as all; no TTL outlasts the most of it.
  const isOpen = mode === 'health' && !hasHaste(written)
  const lateTtlMs = (isOpen ? ttl.max : lateTtl(shortest, ttl, mode)) * 1000
  const late = hasHaste(written)
    ? (roomMs - besidesMs - believedMs - lateTtlMs) / perMs
    : (roomMs - lateTtlMs) / (perMs + JITTER_MOST * (hasty.fall - 1))
  return mode === 'fixed' ? late : Math.min(late, (roomMs - besidesMs - ttl.max * 1000) / perMs)
}

function withInterval(
  hasty: Timing,
  longestMs: number,
  written: WrittenTiming,
): Timing | undefined {
  const intervalMs = written.intervalMs ?? Math.min(INTERVAL_MS_MAX, rounded(longestMs))
  const leastMs = Math.max(SPAN_MS_MIN, hasty.timeoutMs, hasty.fastIntervalMs)
  const fits = intervalMs <= longestMs && intervalMs >= leastMs
  if (!fits) return undefined
  return hasHaste(written) ? { ...hasty, intervalMs } : evenly(hasty, intervalMs)
}

/** Down to a span that people would write. */
function rounded(spanMs: number): number {
  const step = spanMs >= 10_000 ? 1_000 : spanMs >= 1_000 ? 100 : 50
  return Math.max(0, Math.floor(spanMs / step) * step)
}
