/** A failover test that somebody has thought up: moments in milliseconds since its start. */

import { figuresOf } from '../../../src/app/demo/failover/figures.ts'
import { DEFAULTS, type FailoverPlan } from '../../../src/app/demo/failover/plan.ts'
import type { FailoverRun } from '../../../src/app/demo/failover/run.ts'
import type { RequestRecord } from '../../../src/app/demo/failover/users.ts'
import type { FailoverWindow } from '../../../src/app/demo/failover/window.ts'

export const PLAN: FailoverPlan = {
  ...DEFAULTS,
  ...{ users: 2, requests: 3, paceMs: 1_000, resolver: 'each', retry: 'none', seed: 7 },
}
export const START = Date.UTC(2026, 0, 1)
const PHASE_MS = 10_000

/** A request that began so long after the start and took `tookMs`. */
export function request(
  atMs: number,
  { tookMs = 2, ...more }: Partial<RequestRecord> = {},
): RequestRecord {
  const beganWall = START + atMs
  const isFailed = more.reason !== undefined && more.servedBy === undefined
  return {
    ...{ phase: Math.floor(atMs / PHASE_MS), user: 0, beganWall, endedWall: beganWall + tookMs },
    ...{ tookMs, isCached: true, tried: ['a'] },
    ...(!isFailed && { servedBy: 'a' }),
    ...more,
  }
}

/** One that went to the dead backend. */
export function failure(atMs: number, more: Partial<RequestRecord> = {}): RequestRecord {
  return request(atMs, { tried: ['b'], reason: 'connection refused', ...more })
}

/** Backend b is killed at 10 s, believed at 11 s, let go of at 15 s, and back at 20 s. */
export const WINDOW: FailoverWindow = {
  backend: 'b',
  phase: 1,
  killedWall: START + 10_000,
  downWall: START + 11_000,
  evidence: 'connection refused',
  lastAnswerWall: START + 10_900,
  letsGoWall: START + 15_000,
  startedWall: START + 20_000,
  upWall: START + 20_500,
}

export function runOf(
  requests: readonly RequestRecord[],
  windows: readonly FailoverWindow[] = [WINDOW],
): FailoverRun {
  const names = ['all up', 'b killed', 'b back']
  const phases = names.map((name, number) => ({
    ...{ name, running: PLAN.phases[number]!, queries: 1 },
    startedWall: START + number * PHASE_MS,
    endedWall: START + (number + 1) * PHASE_MS,
  }))
  const span = { startedWall: START, endedWall: START + 30_000 }
  return { ...span, phases, requests, windows, backendPort: 8080 }
}

export function figures(
  requests: readonly RequestRecord[],
  windows: readonly FailoverWindow[] = [WINDOW],
  plan: FailoverPlan = PLAN,
) {
  return figuresOf(plan, runOf(requests, windows))
}
