/** What `rota demo failover` prints in the end: a line for each phase, and whether it was kept. */

import { printSeconds, printTerms } from '../config/budget/budget.ts'

import type { FailoverFigures, PhaseFigures, WindowFigures } from '../app/demo/failover/figures.ts'
import { breachOf } from '../app/demo/failover/report/words.ts'
import { type FailoverPlan, promiseOf } from '../app/demo/failover/plan.ts'

import { plain, table } from './table.ts'

/** The report has them all. */
const FAILURES_SHOWN = 10

/** What is about to happen, and what is promised of it. */
export function planLines(plan: FailoverPlan): string[] {
  const { users, requests, phases, paceMs, ttl, intervalMs } = plan
  const promise = promiseOf(plan)
  const pace = `a request of each about every ${printSeconds(paceMs)}`
  return [
    `${users} users, ${requests} requests of each in ${phases.length} phases, ${pace}`,
    `TTL ${ttl.max}/${ttl.min} s, a probe every ${printSeconds(intervalMs)}`,
    `promised: ${printSeconds(promise.totalMs)} = ${printTerms(promise)}`,
  ]
}

export function figuresText(figures: FailoverFigures): string {
  const { phases, windows, failures, failed, requests, isKept } = figures
  const head = ['PHASE', 'REQUESTS', 'OK', 'FAILED', 'AVERAGE', 'P95', 'PER SECOND', 'SERVED BY']
  const rows = phases.map((phase, number) => phaseRow(phase, number + 1))
  const strays = failures.filter(({ isWithinWindow }) => !isWithinWindow)
  const lines = [
    ...table([head, ...rows]),
    '',
    ...windows.flatMap((window) => windowLines(window, figures.promisedMs)),
    isKept
      ? `kept: ${failed} of ${requests} requests failed, none of them outside a failover`
      : strays.length > 0
        ? `not kept: ${strays.length} of ${failed} failed requests are outside every failover:`
        : `not kept: ${breachOf(figures)}`,
    ...strays
      .slice(0, FAILURES_SHOWN)
      .map(({ at, phase, user, tried, reason }) =>
        plain(`  ${at}, phase ${phase + 1}, user ${user + 1}: ${tried.join(', then ')} ${reason}`),
      ),
    ...(strays.length > FAILURES_SHOWN ? [`  and ${strays.length - FAILURES_SHOWN} more`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function phaseRow(phase: PhaseFigures, number: number): string[] {
  const { name, requests, succeeded, failed, averageMs, p95Ms, requestsPerSecond, served } = phase
  const ms = (span: number | undefined) => (span === undefined ? '-' : `${span.toFixed(1)} ms`)
  const who = Object.entries(served)
    .sort()
    .map(([backend, count]) => `${backend} ${count}`)
  return [
    ...[`${number} ${name}`, String(requests), String(succeeded), String(failed)],
    ...[ms(averageMs), ms(p95Ms), requestsPerSecond.toFixed(1), who.join(', ') || '-'],
  ]
}

function windowLines(window: WindowFigures, promisedMs: number): string[] {
  const { backend, evidence = '', downMs, letsGoMs, failed, lastFailedMs } = window
  const after = (spanMs: number | undefined) =>
    spanMs === undefined ? 'never' : `+${(spanMs / 1_000).toFixed(2)} s`
  const rows = [
    ['out of the answers', after(downMs), evidence],
    ['last failed request', after(lastFailedMs), `${failed} failed`],
    ['last cache lets go', after(letsGoMs), `promised: +${(promisedMs / 1_000).toFixed(2)} s`],
  ]
  const shown = rows.filter(([what, when]) => when !== 'never' || what === 'out of the answers')
  return [`after ${backend} was killed:`, ...table(shown).map((line) => `  ${line}`), '']
}
