/**
 * How long a client may be sent to a member that has died, at worst, as a sum to follow.
 *
 * A failure begins right after a probe has passed. It is seen when the next probe has failed, and
 * believed after `fall` of them in a row. An answer given just before the first moment may be kept
 * for the most of the TTL, and one given just before the last for the least of it; the worse of the
 * two counts. Where several checks are asked of a member, what fails may be seen by the slowest
 * alone, whether all of them must pass or some: so the slowest counts.
 *
 * It holds while the prober trusts itself: verdicts that are frozen take as long as they are. Where
 * so much has failed at once that it cannot tell yet, a failure waits until others have answered.
 */

import type { Check } from '../../health/check.ts'

import type { TtlMode, TtlRange } from '../config.ts'

/** What of a check bears on the time that it takes. */
export interface Timing {
  readonly intervalMs: number
  readonly fastIntervalMs: number
  readonly timeoutMs: number
  readonly fall: number
  /** Nobody is asked: a silence of one interval is what is looked for. */
  readonly isHeartbeat: boolean
}

/** Whether a dead member says nothing, so that each probe takes its timeout, or refuses at once. */
export type Death = 'black hole' | 'refused'

export interface Term {
  readonly part: 'first failure' | 'belief' | 'lease' | 'publishing' | 'ttl'
  readonly spanMs: number
}

export interface Failover {
  readonly totalMs: number
  readonly terms: readonly Term[]
}

/** Intervals are drawn up to a tenth longer, so that nothing stays in step. */
export const JITTER_MOST = 1.1
const JITTER_LEAST = 0.9
/** From a verdict to the last worker: far less as a rule, on a busy machine too. */
export const PUBLISHING_MS = 100

export function timingOf({ probe, intervalMs, fastIntervalMs, timeoutMs, fall }: Check): Timing {
  const isHeartbeat = probe.kind === 'heartbeat'
  return { intervalMs, fastIntervalMs, timeoutMs, fall, isHeartbeat }
}

/** From the failure until the first probe has failed. */
export function firstFailureMs(timing: Timing, death: Death): number {
  const { intervalMs, timeoutMs, isHeartbeat } = timing
  // A beat is missed after an interval and its patience; who looks comes by once an interval.
  if (isHeartbeat) return 2 * JITTER_MOST * intervalMs
  return JITTER_MOST * intervalMs + (death === 'refused' ? 0 : timeoutMs)
}

/** From then until it is believed. A probe that outlasts its interval is followed at once. */
export function beliefMs(timing: Timing, death: Death): number {
  const { timeoutMs, fall, isHeartbeat } = timing
  const nextMs = JITTER_MOST * fastMs(timing)
  const hasEnd = isHeartbeat || death === 'refused'
  return (fall - 1) * (hasEnd ? nextMs : Math.max(timeoutMs, nextMs))
}

/** The worst case for members under one check. */
export function failoverOf(timing: Timing, ttl: TtlRange, mode: TtlMode, death: Death): Failover {
  const first = { part: 'first failure', spanMs: firstFailureMs(timing, death) } as const
  const belief = { part: 'belief', spanMs: beliefMs(timing, death) } as const
  const publishing = { part: 'publishing', spanMs: PUBLISHING_MS } as const
  const ttlOf = (seconds: number) => ({ part: 'ttl', spanMs: seconds * 1000 }) as const
  const late = summed([first, belief, publishing, ttlOf(lateTtl(timing, ttl, mode))])
  if (mode === 'fixed') return late
  const before = mode === 'health' ? healthTtl(timing, ttl) : ttl.max
  const early = summed([first, publishing, ttlOf(before)])
  return early.totalMs > late.totalMs ? early : late
}

/**
 * The worst case for members that register where no check is asked of them: a beat, then silence.
 * Until the lease ends nothing is in doubt, so the TTL is the most there is.
 */
export function failoverOfLease(leaseMs: number, ttl: TtlRange): Failover {
  return summed([
    { part: 'lease', spanMs: leaseMs },
    { part: 'publishing', spanMs: PUBLISHING_MS },
    { part: 'ttl', spanMs: ttl.max * 1000 },
  ])
}

/** The TTL of mode `health` while all is well: until the verdict could change at the earliest. */
function healthTtl(timing: Timing, ttl: TtlRange): number {
  const { intervalMs, fall } = timing
  return untilFlip(intervalMs + (fall - 1) * fastMs(timing), ttl)
}

/** The TTL just before the verdict: by then, mode `health` waits for one more failure. */
export function lateTtl(timing: Timing, ttl: TtlRange, mode: TtlMode): number {
  if (mode === 'fixed') return ttl.max
  return mode === 'health' && timing.fall > 1 ? untilFlip(fastMs(timing), ttl) : ttl.min
}

function untilFlip(spanMs: number, { max, min }: TtlRange): number {
  return Math.min(max, Math.max(min, Math.ceil((JITTER_LEAST * spanMs) / 1000)))
}

function fastMs({ fastIntervalMs, intervalMs }: Timing): number {
  return Math.min(fastIntervalMs, intervalMs)
}

function summed(terms: readonly Term[]): Failover {
  const shown = terms.filter(({ spanMs }) => spanMs > 0)
  return { terms: shown, totalMs: shown.reduce((total, { spanMs }) => total + spanMs, 0) }
}

/** The longest of several, or undefined of none. */
export function longest<One extends { readonly totalMs: number }>(
  failovers: readonly One[],
): One | undefined {
  return failovers.reduce<One | undefined>(
    (most, one) => (most && most.totalMs >= one.totalMs ? most : one),
    undefined,
  )
}

/** `3.2 s until a probe fails + 0.1 s to publish + 30 s TTL`; `aside` says more of a term. */
export function printTerms(
  { terms }: Failover,
  aside: (part: Term['part']) => string = () => '',
): string {
  return terms.map(({ part, spanMs }) => printTerm(part, spanMs) + aside(part)).join(' + ')
}

function printTerm(part: Term['part'], spanMs: number): string {
  return part === 'ttl' ? `${spanMs / 1000} s TTL` : `${printSeconds(spanMs)} ${WORDS[part]}`
}

const WORDS = {
  'first failure': 'until a probe fails',
  belief: 'until it is believed',
  lease: 'until its lease ends',
  publishing: 'to publish',
} as const

/** Seconds with their tenths, never shown as less than they are. */
export function printSeconds(spanMs: number): string {
  // What is a whole tenth but for the last binary digits stays one.
  return `${(Math.ceil(spanMs / 100 - 1e-6) / 10).toFixed(1)} s`
}
