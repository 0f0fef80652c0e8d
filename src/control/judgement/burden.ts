/**
 * How burdened a member is, for the policy `least-load`: one figure from whatever its backend
 * reports. Figures of one pool are compared with each other, so a pool should report in one way.
 */

import type { Report } from '../../health/check.ts'

import type { Inquiry } from './targets.ts'
import { greatest } from './belief.ts'
import { FULL_PERCENT } from './slow-start.ts'

/** What counters of a target came to when they were last read; all that a rate needs. */
export interface Burden {
  readonly report: Report
  readonly atMs: number
  readonly requests: number
  readonly errors: number
  /** Requests a second since the reading before; absent after the first. */
  readonly rate?: number
}

/** What is known of a target's counters, by its key. */
export type Burdens = (targetKey: string) => Burden | undefined

/**
 * A request that failed counts as so many: it cost as much as one that did not, and is a sign that
 * the member is near its limit.
 */
const ERROR_WORTH = 10

/**
 * What is known once a report has come at `atMs`; undefined where it has no counters. A heartbeat
 * is looked at more often than one comes: the same report again says nothing of the time between.
 */
export function burdenAfter(
  report: Report,
  atMs: number,
  before: Burden | undefined,
): Burden | undefined {
  const { requests, errors = 0 } = report
  if (requests === undefined) return
  if (before?.report === report) return before
  if (!before || atMs <= before.atMs) return { report, atMs, requests, errors }
  const failed = since(errors, before.errors)
  const worth = since(requests, before.requests) + (ERROR_WORTH - 1) * failed
  return { report, atMs, requests, errors, rate: (1000 * worth) / (atMs - before.atMs) }
}

/** Counters that have fallen began again at zero. */
function since(now: number, before: number): number {
  return now >= before ? now - before : now
}

/**
 * The first of these that is reported: a load, open connections, requests a second, the part of
 * its weight that it does not want. Of several checks the highest figure counts.
 */
export function loadOf(
  { targets }: Inquiry,
  report: Report | undefined,
  burdens: Burdens,
): number | undefined {
  if (report?.load !== undefined) return report.load
  if (report?.connections !== undefined) return report.connections
  const rate = greatest([...targets.values()].flatMap(({ key }) => burdens(key)?.rate ?? []))
  if (rate !== undefined) return rate
  return report?.share === undefined ? undefined : FULL_PERCENT - report.share
}
