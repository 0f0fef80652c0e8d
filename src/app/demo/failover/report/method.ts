/** How a report's figures came about, so that others can judge and repeat them. */

import { printTerms } from '../../../../config/budget/budget.ts'

import { filesOf, type FailoverPlan, promiseOf, timingOf } from '../plan.ts'
import type { Report } from './page.ts'
import { escaped } from './svg.ts'
import { secondsText } from './words.ts'

export function methodOf({ figures: { plan }, run }: Report): string {
  const promise = promiseOf(plan)
  const { fall, fastIntervalMs } = timingOf(plan)
  const probes = `every ${secondsText(plan.intervalMs)}, every ${fastIntervalMs} ms in doubt`
  const facts = [
    ['users', usersWords(plan)],
    ['resolver', RESOLVER_WORDS[plan.resolver]],
    ['if an address fails', RETRY_WORDS[plan.retry]],
    ['answers are kept', keepWords(plan)],
    [
      'TTL',
      `${plan.ttl.max} s while all is settled, ${plan.ttl.min} s while a backend is in doubt`,
    ],
    ['probes', `${probes}; ${fall} failures in a row are believed`],
    ['promised', `${secondsText(promise.totalMs)} at worst = ${printTerms(promise)}`],
    ['measured', MEASURED],
    ['once more', `<code>${escaped(commandOf(plan))}</code>`],
  ]
  const items = facts.map(([what, how]) => `<dt>${what}</dt><dd>${how}</dd>`)
  return `<h2>How it was measured</h2>
<dl class="facts">${items.join('\n')}</dl>
<pre>${escaped(filesOf(plan, run.backendPort)['rota.yaml']!)}</pre>`
}

const MEASURED =
  'on one machine over its loopback: a server in a process of its own, asked over UDP, and ' +
  'backends asked over HTTP. The moments of a failover are those that the server noted of its ' +
  'probes and of its answers.'
const RESOLVER_WORDS = {
  each: 'each user has a cache of its own and takes the first address',
  shared: 'all users share one cache, which turns the addresses for each that asks',
} as const
const RETRY_WORDS = {
  none: 'the request has failed: nothing is tried again',
  next: 'the next one of the answer is tried, as browsers do',
} as const

function usersWords({ users, requests, paceMs }: FailoverPlan): string {
  const pace = `about one each ${secondsText(paceMs)}, on a connection of its own`
  return `${users}, each with ${requests} requests in each phase, ${pace}`
}

function keepWords({ keepMs }: FailoverPlan): string {
  if (keepMs === undefined) return 'for their TTL, from when they were asked for'
  return `for ${secondsText(keepMs)}, whatever their TTL says`
}

/** What repeats the run, in so far as chance is of our making. */
export function commandOf(plan: FailoverPlan): string {
  const { users, requests, paceMs, phases, resolver, retry, keepMs, ttl, intervalMs, seed } = plan
  const words = [
    ...['--users', users, '--requests', requests, '--pace', `${paceMs}ms`],
    ...['--phases', phases.map((phase) => phase.join('')).join(','), '--resolver', resolver],
    ...['--retry', retry, ...(keepMs === undefined ? [] : ['--keep', `${keepMs}ms`])],
    ...['--ttl', `${ttl.max}/${ttl.min}`, '--interval', `${intervalMs}ms`, '--seed', seed],
  ]
  return `rota demo failover ${words.join(' ')}`
}
