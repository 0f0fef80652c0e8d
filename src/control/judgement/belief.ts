/**
 * What is believed of a member in one family, by the readings of all targets that its condition
 * asks for. A pure function: the same readings, the same belief.
 *
 * A condition of several parts has no history of its own. It is as the parts are that decide it:
 * theirs is its evidence, and since it holds as long as enough of them do.
 */

import type { Check, Condition, Report } from '../../health/check.ts'
import { conditionVerdict } from '../../health/condition.ts'
import { intervalOf, shortestMs } from '../../health/pace.ts'
import type { Reading } from '../../health/reading.ts'
import { checksToFlip, isInTransition, type Verdict } from '../../health/verdict.ts'

import { type Inquiry, targetOf } from './targets.ts'

/** What is known of a target, by its key; undefined where it has not been observed. */
export type Readings = (targetKey: string) => Reading | undefined

export interface Belief {
  readonly verdict: Verdict
  readonly evidence: string
  /** Clock milliseconds; absent where nothing has ever been observed, or nothing is checked. */
  readonly sinceMs?: number
  /** Whether any part is contested or not yet observed. */
  readonly isInTransition: boolean
  /**
   * From its last observation until it could flip at the earliest, by the intervals at which it is
   * observed. Infinity where nothing is checked.
   */
  readonly flipsInMs: number
}

/** Of who is not checked. */
export const TRUSTED: Belief = {
  verdict: 'up',
  evidence: 'not checked',
  isInTransition: false,
  flipsInMs: Number.POSITIVE_INFINITY,
}

export function beliefOf(inquiry: Inquiry, readings: Readings): Belief {
  return believe(inquiry.condition, (check) => ({
    check,
    reading: readings(targetOf(inquiry, check).key),
  }))
}

interface Leaf {
  readonly check: Check
  readonly reading: Reading | undefined
}

function believe(condition: Condition, leafOf: (check: Check) => Leaf): Belief {
  if (condition.kind === 'check') return leafBelief(leafOf(condition.check))
  const parts = condition.of.map((part) => believe(part, leafOf))
  const verdict = conditionVerdict(
    condition,
    (check) => leafOf(check).reading?.state.verdict ?? 'unknown',
  )
  const deciding = parts.filter((part) => part.verdict === verdict)
  // Up takes `count` parts that are up; down, as many that are down as leave fewer than `count`.
  const least = verdict === 'down' ? parts.length - condition.count + 1 : condition.count
  const evidence = condition.of
    .filter((_, index) => parts[index]!.verdict === verdict)
    .map((part, index) => labelled(part, deciding[index]!.evidence))
  const since = sorted(deciding.flatMap(({ sinceMs }) => sinceMs ?? []))
  const sinceMs = since[Math.min(least, since.length) - 1]
  return {
    verdict,
    evidence: evidence.join('; '),
    ...(sinceMs !== undefined && { sinceMs }),
    isInTransition: parts.some((part) => part.isInTransition),
    flipsInMs: earliestFlip(verdict, parts, condition.count),
  }
}

function leafBelief({ check, reading }: Leaf): Belief {
  if (!reading) {
    const evidence = 'not yet observed'
    return { verdict: 'unknown', evidence, isInTransition: true, flipsInMs: 0 }
  }
  const { state } = reading
  const { verdict, sinceMs, evidence } = state
  const isUnsettled = isInTransition(state)
  const next = shortestMs(intervalOf(check, isUnsettled))
  const further = shortestMs(intervalOf(check, true)) * (checksToFlip(state, check) - 1)
  const flipsInMs = verdict === 'unknown' ? 0 : next + further
  return { verdict, sinceMs, evidence, isInTransition: isUnsettled, flipsInMs }
}

/** When so many parts can have flipped that the whole does. */
function earliestFlip(verdict: Verdict, parts: readonly Belief[], count: number): number {
  const flips = (which: Verdict) =>
    sorted(parts.filter((part) => part.verdict === which).map(({ flipsInMs }) => flipsInMs))
  if (verdict === 'unknown') return flips('unknown')[0] ?? 0
  const same = flips(verdict)
  if (verdict === 'up') return same[same.length - count]!
  return same[count - (parts.length - same.length) - 1]!
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}

function labelled(part: Condition, evidence: string): string {
  return part.kind === 'check' ? `${part.check.name}: ${evidence}` : evidence
}

/** What a member says of itself, where several of its checks carry a report: the worst of each. */
export function reportOf({ targets }: Inquiry, readings: Readings): Report | undefined {
  const reports = [...targets.values()].flatMap(({ key }) => readings(key)?.report ?? [])
  if (reports.length <= 1) return reports[0]
  const word = WORDS.find((candidate) => reports.some((report) => report.word === candidate))
  const shares = reports.flatMap(({ share }) => share ?? [])
  const load = greatest(reports.flatMap((report) => report.load ?? []))
  const connections = greatest(reports.flatMap((report) => report.connections ?? []))
  return {
    ...(word && { word }),
    ...(shares.length > 0 && { share: Math.min(...shares) }),
    ...(load !== undefined && { load }),
    ...(connections !== undefined && { connections }),
  }
}

/** The worst first. */
const WORDS = ['down', 'drain', 'up'] as const

/** How long its slowest check takes, smoothed; undefined where none has succeeded. */
export function timeOf({ targets }: Inquiry, readings: Readings): number | undefined {
  return greatest([...targets.values()].flatMap(({ key }) => readings(key)?.smoothedMs ?? []))
}

export function greatest(values: readonly number[]): number | undefined {
  return values.length > 0 ? Math.max(...values) : undefined
}

/** What is worth a warning though it is no failure yet. */
export function warningOf({ targets }: Inquiry, readings: Readings): string | undefined {
  const warnings = [...targets.values()].flatMap(({ key }) => readings(key)?.warning ?? [])
  return warnings.length > 0 ? warnings.join('; ') : undefined
}
