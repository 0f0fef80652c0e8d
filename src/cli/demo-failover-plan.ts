/** The plan of a failover test from the words of its command line, or what is wrong with them. */

import { parseDuration, printDuration } from '../base/duration.ts'
import type { Random } from '../base/random.ts'

import { printSeconds } from '../config/budget/budget.ts'

import { ADDRESSES, DEFAULTS, type FailoverPlan, LIMITS } from '../app/demo/failover/plan.ts'
import { changesOf, paceFor, promiseOf } from '../app/demo/failover/plan.ts'

/** As commander hands them over. */
export interface FailoverOptions {
  readonly users?: string
  readonly requests?: string
  readonly pace?: string
  readonly phases?: string
  readonly resolver: FailoverPlan['resolver']
  readonly retry: FailoverPlan['retry']
  readonly keep?: string
  readonly ttl?: string
  readonly interval?: string
  readonly seed?: string
  readonly report: string
  readonly json?: boolean
}

const SPANS = {
  pace: [10, 60_000],
  keep: [1_000, 86_400_000],
  interval: [200, 60_000],
} as const
const TTL_MAX = 300
const SEED_MAX = 0xffffffff

export function readPlan(options: FailoverOptions, random: Random): FailoverPlan | string {
  const users = whole('users', options.users, DEFAULTS.users, 1, LIMITS.users)
  const requests = whole('requests', options.requests, DEFAULTS.requests, 1, LIMITS.requests)
  const chance = Math.floor(random() * SEED_MAX)
  const seed = whole('seed', options.seed, chance, 0, SEED_MAX)
  const phases = phasesOf(options.phases)
  const ttl = ttlOf(options.ttl)
  const intervalMs = span('interval', options.interval) ?? DEFAULTS.intervalMs
  const keepMs = span('keep', options.keep)
  const wantedMs = span('pace', options.pace)
  for (const one of [users, requests, seed, phases, ttl, intervalMs, keepMs, wantedMs]) {
    if (typeof one === 'string') return one
  }
  const timing = { intervalMs, ttl, requests } as Pick<
    FailoverPlan,
    'intervalMs' | 'ttl' | 'requests'
  >
  const plan = {
    ...{ users, phases, seed, ...timing, resolver: options.resolver, retry: options.retry },
    ...(keepMs !== undefined && { keepMs }),
    paceMs: wantedMs ?? paceFor(timing),
  } as FailoverPlan
  return faultOf(plan) ?? plan
}

/** What does not go together. */
function faultOf(plan: FailoverPlan): string | undefined {
  const { users, requests, phases, paceMs } = plan
  const all = users * requests * phases.length
  if (all > LIMITS.all) {
    const product = `${users} users × ${requests} requests × ${phases.length} phases`
    return `${product} are ${all} requests, above ${LIMITS.all}; lower one of them`
  }
  const isKilling = phases.some((_, phase) => changesOf(plan, phase).killed.length > 0)
  const promiseMs = promiseOf(plan).totalMs
  if (isKilling && requests * paceMs <= promiseMs) {
    const leastMs = Math.ceil(promiseMs / requests / 100 + 1) * 100
    const lasts = printSeconds(requests * paceMs)
    return (
      `pace ${printDuration(paceMs)} makes phases of ${lasts}, too short for a failover of up to ` +
      `${printSeconds(promiseMs)}; give --pace ${printDuration(leastMs)} or more, ` +
      'more --requests, or a shorter --ttl'
    )
  }
  return
}

function whole(name: string, text: string | undefined, unset: number, min: number, max: number) {
  if (text === undefined) return unset
  const value = Number(text)
  const isWhole = /^\d+$/.test(text) && value >= min && value <= max
  return isWhole ? value : `${name} "${text}" is no whole number from ${min} to ${max}`
}

function span(name: keyof typeof SPANS, text: string | undefined): number | string | undefined {
  if (text === undefined) return
  const [min, max] = SPANS[name]
  const spanMs = parseDuration(text)
  if (spanMs !== undefined && spanMs >= min && spanMs <= max) return spanMs
  return `${name} "${text}" is no span from ${printDuration(min)} to ${printDuration(max)}`
}

function ttlOf(text: string | undefined): FailoverPlan['ttl'] | string {
  if (text === undefined) return DEFAULTS.ttl
  const [, max, min = max] = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const ttl = { max: Number(max), min: Number(min) }
  const isSound = ttl.min >= 1 && ttl.min <= ttl.max && ttl.max <= TTL_MAX
  return isSound ? ttl : `ttl "${text}" is none from 1 to ${TTL_MAX} seconds, such as 5/2 or 5`
}

/** `ab,a,ab`: a letter for each backend that runs. */
function phasesOf(text: string | undefined): FailoverPlan['phases'] | string {
  if (text === undefined) return DEFAULTS.phases
  const letters = Object.keys(ADDRESSES).join('')
  const phases = text.split(',').map((word) => [...new Set(word)].sort())
  const isSound = phases.every((phase) => phase.length > 0 && phase.every((n) => ADDRESSES[n]))
  if (isSound && phases.length <= LIMITS.phases) return phases
  return (
    `phases "${text}" are no list of up to ${LIMITS.phases} such as ab,a,ab: ` +
    `in each at least one backend runs, of ${letters}`
  )
}
