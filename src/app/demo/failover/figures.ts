/**
 * What a failover test came to: figures for each phase, the windows, and every request that failed,
 * with whether the failover accounts for it. Plain data, printed as it is by `--json`.
 */

import { type FailoverPlan, promiseOf } from './plan.ts'
import type { FailoverRun, PhaseRun } from './run.ts'
import type { RequestRecord } from './users.ts'
import { type FailoverWindow, isWithin } from './window.ts'

export interface FailoverFigures {
  readonly plan: FailoverPlan
  readonly startedAt: string
  readonly requests: number
  readonly succeeded: number
  readonly failed: number
  /** Served by another address than the first. */
  readonly rescued: number
  /** Of them those who met a dead backend when nobody should have been sent there any more. */
  readonly rescuedOutside: number
  /** From a kill until nobody is sent there any more, by the configuration at worst. */
  readonly promisedMs: number
  readonly phases: readonly PhaseFigures[]
  readonly windows: readonly WindowFigures[]
  readonly failures: readonly FailureFigures[]
  /**
   * Whether the server noticed each death, and whoever met a dead backend did so in its window and
   * before its promised end.
   */
  readonly isKept: boolean
}

export interface PhaseFigures {
  readonly name: string
  readonly running: readonly string[]
  readonly seconds: number
  readonly requests: number
  readonly succeeded: number
  readonly failed: number
  readonly rescued: number
  /** Of those that succeeded; absent where none did. */
  readonly averageMs?: number
  readonly p95Ms?: number
  readonly requestsPerSecond: number
  /** By backend. */
  readonly served: Readonly<Record<string, number>>
  /** Lookups that a cache answered, and queries that went to the server. */
  readonly fromCache: number
  readonly queries: number
}

/** Milliseconds since the kill; for `back`, since the start. What did not happen is absent. */
export interface WindowFigures {
  readonly backend: string
  readonly phase: number
  readonly killedAt: string
  readonly evidence?: string
  /** The last answer that named it, as the ledger notes it: up to a quarter of a second late. */
  readonly lastAnswerMs?: number
  readonly downMs?: number
  readonly letsGoMs?: number
  readonly backMs?: number
  /** The failed requests that it accounts for, and when the last of them began. */
  readonly failed: number
  readonly lastFailedMs?: number
}

export interface FailureFigures {
  readonly at: string
  readonly phase: number
  readonly user: number
  readonly tried: readonly string[]
  readonly reason: string
  readonly isWithinWindow: boolean
}

export function figuresOf(plan: FailoverPlan, run: FailoverRun): FailoverFigures {
  const { requests, windows, phases } = run
  const failures = requests.filter(hasFailed)
  const promisedMs = Math.round(promiseOf(plan).totalMs)
  const isExcused = (one: RequestRecord) => {
    const met = hasFailed(one) ? one.tried : one.tried.slice(0, -1)
    const isOf = (backend: string) => (window: FailoverWindow) =>
      window.backend === backend && isWithin(window, one, promisedMs)
    return met.length > 0 && met.every((backend) => windows.some(isOf(backend)))
  }
  const rescued = requests.filter(isRescued)
  const rescuedOutside = rescued.filter((one) => !isExcused(one)).length
  const areNoticed = windows.every(({ downWall }) => downWall !== undefined)
  return {
    plan,
    startedAt: moment(run.startedWall),
    requests: requests.length,
    succeeded: requests.length - failures.length,
    failed: failures.length,
    rescued: rescued.length,
    rescuedOutside,
    promisedMs,
    phases: phases.map((phase, number) =>
      phaseFigures(
        phase,
        requests.filter((one) => one.phase === number),
      ),
    ),
    windows: windows.map((window) => windowFigures(window, failures, promisedMs)),
    failures: failures.map((one) => ({
      at: moment(one.beganWall),
      ...{ phase: one.phase, user: one.user, tried: one.tried, reason: one.reason ?? 'unknown' },
      isWithinWindow: isExcused(one),
    })),
    isKept: areNoticed && rescuedOutside === 0 && failures.every(isExcused),
  }
}

export function hasFailed({ servedBy }: RequestRecord): boolean {
  return servedBy === undefined
}

function isRescued({ servedBy, tried }: RequestRecord): boolean {
  return servedBy !== undefined && tried.length > 1
}

function phaseFigures(
  { name, running, startedWall, endedWall, queries }: PhaseRun,
  requests: readonly RequestRecord[],
): PhaseFigures {
  const good = requests.filter((one) => !hasFailed(one))
  const spans = good.map(({ tookMs }) => tookMs).sort((one, other) => one - other)
  const seconds = (endedWall - startedWall) / 1_000
  const served: Record<string, number> = {}
  for (const { servedBy } of good) served[servedBy!] = (served[servedBy!] ?? 0) + 1
  return {
    ...{ name, running, seconds, requests: requests.length, succeeded: good.length },
    failed: requests.length - good.length,
    rescued: good.filter(isRescued).length,
    ...(spans.length > 0 && { averageMs: hundredths(average(spans)) }),
    ...(spans.length > 0 && { p95Ms: hundredths(percentile(spans, 0.95)) }),
    requestsPerSecond: seconds > 0 ? hundredths(requests.length / seconds) : 0,
    served,
    ...{ fromCache: requests.filter(({ isCached }) => isCached).length, queries },
  }
}

function windowFigures(
  window: FailoverWindow,
  failures: readonly RequestRecord[],
  promisedMs: number,
): WindowFigures {
  const { backend, phase, killedWall, evidence, startedWall = 0, upWall } = window
  const since = (wall: number) => Math.round(wall - killedWall)
  const within = failures.filter((one) => isWithin(window, one, promisedMs))
  const lastWall = within.reduce((last, one) => Math.max(last, one.beganWall), 0)
  const { lastAnswerWall, downWall, letsGoWall } = window
  return {
    ...{ backend, phase, killedAt: moment(killedWall) },
    ...(evidence !== undefined && { evidence }),
    ...(lastAnswerWall !== undefined && { lastAnswerMs: since(lastAnswerWall) }),
    ...(downWall !== undefined && { downMs: since(downWall) }),
    ...(letsGoWall !== undefined && { letsGoMs: since(letsGoWall) }),
    ...(upWall !== undefined && { backMs: Math.round(upWall - startedWall) }),
    failed: within.length,
    ...(within.length > 0 && { lastFailedMs: since(lastWall) }),
  }
}

function average(spans: readonly number[]): number {
  return spans.reduce((sum, span) => sum + span, 0) / spans.length
}

/** The smallest of the sorted that so large a part of them does not exceed. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]!
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}

function moment(wall: number): string {
  return new Date(wall).toISOString()
}
