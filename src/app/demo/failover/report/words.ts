/** A report's figures in words, for those who read no charts. */

import type { FailoverFigures, WindowFigures } from '../figures.ts'

export function headlineOf(figures: FailoverFigures): string {
  const { failed, requests, isKept } = figures
  const all = countText(requests)
  if (!isKept) return `Not kept: ${breachOf(figures)}`
  if (failed === 0) return `None of ${all} requests failed`
  const few = failed === 1 ? 'it fell' : 'all of them'
  return `${countText(failed)} of ${all} requests failed, ${few} within the failover`
}

/** What is wrong where it was not kept: the worst of it. */
export function breachOf(figures: FailoverFigures): string {
  const { requests, failures, rescuedOutside, windows } = figures
  const strays = failures.filter(({ isWithinWindow }) => !isWithinWindow).length
  const all = countText(requests)
  if (strays > 0) return `${countText(strays)} of ${all} requests failed that should not have`
  const unseen = windows.filter(({ downMs }) => downMs === undefined)
  if (unseen.length > 0) {
    return `the server did not notice that ${unseen.map(({ backend }) => backend).join(', ')} died`
  }
  return `${countText(rescuedOutside)} of ${all} requests met a dead backend after the failover`
}

export function leadOf(figures: FailoverFigures): string {
  const { plan, windows, rescued } = figures
  const users = plan.users === 1 ? 'One user' : `${countText(plan.users)} users`
  const head = `${users} asked for pages all the time.`
  const aid =
    rescued > 0
      ? [`${countText(rescued)} requests met a dead backend and went on to the next address.`]
      : []
  const stale =
    plan.keepMs === undefined
      ? []
      : [`They kept answers for ${countText(plan.keepMs / 1_000)} s, whatever the TTL said.`]
  const [only, ...others] = windows
  if (!only) return head
  const kill = others.length === 0 ? oneKill(figures, only) : manyKills(figures)
  return [head, ...stale, kill, ...aid].join(' ')
}

function oneKill({ plan, phases, isKept }: FailoverFigures, window: WindowFigures): string {
  const { backend, downMs, letsGoMs, phase } = window
  const killed = `Backend ${backend} was killed`
  if (downMs === undefined) return `${killed}, and the server did not notice.`
  const down = `${killed}; ${secondsText(downMs)} later no answer named it any more`
  if (letsGoMs === undefined) return `${down}.`
  const cache = `${down}, and after ${secondsText(letsGoMs)} no cache that keeps to the TTL did`
  if (!isKept || plan.keepMs !== undefined) return `${cache}.`
  return `${cache}: from then on every request was served by ${phases[phase]!.running.join(', ')}.`
}

function manyKills({ windows, isKept }: FailoverFigures): string {
  const killed = `${windows.length} times a backend was killed`
  const unseen = windows.filter(({ downMs }) => downMs === undefined).length
  if (unseen > 0) return `${killed}; ${unseen} of them the server did not notice.`
  const rest = 'after each failover every request was served by those that were alive'
  return isKept ? `${killed}; ${rest}.` : `${killed}.`
}

export function secondsText(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

export function msText(ms: number | undefined): string {
  if (ms === undefined) return '–'
  return ms < 100 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}

/** With commas between thousands. */
export function countText(count: number): string {
  return count.toLocaleString('en')
}
