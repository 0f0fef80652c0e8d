/**
 * What the failover test does: how many users ask how often, who runs in which phase, and the small
 * configuration under which it runs, with the failover that this configuration promises.
 */

import { createDice, type Dice } from '../../../base/random.ts'

import { type Failover, failoverOf } from '../../../config/budget/budget.ts'

export const RESOLVERS = ['each', 'shared'] as const
export const RETRIES = ['none', 'next'] as const

export interface FailoverPlan {
  readonly users: number
  /** Of each user in each phase. */
  readonly requests: number
  /** Between two requests of a user, on the average. */
  readonly paceMs: number
  /** Who runs in each phase, by name. */
  readonly phases: readonly (readonly string[])[]
  /** Whether each user has a cache, or all have one, as in an office. */
  readonly resolver: (typeof RESOLVERS)[number]
  /** Whether a user goes on to the next address of the answer, as browsers do. */
  readonly retry: (typeof RETRIES)[number]
  /** So long users keep an answer whatever its TTL says; absent: they keep to the TTL. */
  readonly keepMs?: number
  readonly ttl: { readonly max: number; readonly min: number }
  readonly intervalMs: number
  readonly seed: number
}

export const LIMITS = { users: 1_000, requests: 1_000, phases: 10, all: 100_000 } as const
/** Their addresses are beside those of the demo, so that both can run at once. */
export const ADDRESSES: Readonly<Record<string, string>> = {
  a: '127.0.0.21',
  b: '127.0.0.22',
  c: '127.0.0.23',
  d: '127.0.0.24',
  e: '127.0.0.25',
}
export const DEFAULTS = {
  users: 50,
  requests: 10,
  phases: [['a', 'b'], ['a'], ['a', 'b']],
  ttl: { max: 5, min: 2 },
  intervalMs: 1_000,
} as const
export const NAME = 'www.example.test'
export const POOL = 'web'

/** All backends that run in some phase, in order. */
export function backendsOf({ phases }: Pick<FailoverPlan, 'phases'>): string[] {
  return [...new Set(phases.flat())].sort()
}

/** How a member is probed, in milliseconds. */
export function timingOf({ intervalMs }: Pick<FailoverPlan, 'intervalMs'>) {
  const fastIntervalMs = Math.max(100, Math.round(intervalMs / 4))
  return { intervalMs, fastIntervalMs, timeoutMs: intervalMs, fall: 2, isHeartbeat: false }
}

/** The longest that users may be sent to a backend whose port is closed, by the configuration. */
export function promiseOf(plan: Pick<FailoverPlan, 'intervalMs' | 'ttl'>): Failover {
  return failoverOf(timingOf(plan), plan.ttl, 'step', 'refused')
}

/** A pace at which each phase is long enough to see a failover and what comes after it. */
export function paceFor(plan: Pick<FailoverPlan, 'intervalMs' | 'ttl' | 'requests'>): number {
  const phaseMs = promiseOf(plan).totalMs * 1.6 + 2_000
  return Math.ceil(phaseMs / plan.requests / 100) * 100
}

/** Which are killed when a phase begins, and which are started. */
export function changesOf(
  { phases }: Pick<FailoverPlan, 'phases'>,
  phase: number,
): { readonly killed: readonly string[]; readonly started: readonly string[] } {
  const now = phases[phase]!
  const before = phases[phase - 1] ?? now
  return {
    killed: before.filter((name) => !now.includes(name)),
    started: now.filter((name) => !before.includes(name)),
  }
}

/** What a phase is called: `all up`, `b killed`, `b back`. */
export function phaseName(plan: Pick<FailoverPlan, 'phases'>, phase: number): string {
  const { killed, started } = changesOf(plan, phase)
  const parts = [
    ...(killed.length > 0 ? [`${killed.join(', ')} killed`] : []),
    ...(started.length > 0 ? [`${started.join(', ')} back`] : []),
  ]
  if (parts.length > 0) return parts.join('; ')
  if (phase > 0) return 'as before'
  const isAll = plan.phases[0]!.length === backendsOf(plan).length
  return isAll ? 'all up' : `${plan.phases[0]!.join(', ')} up`
}

/** The server's files; `port` is that of the backends. */
export function filesOf(plan: FailoverPlan, port: number): Record<string, string> {
  const { intervalMs, fastIntervalMs, timeoutMs, fall } = timingOf(plan)
  const members = backendsOf(plan).map((name) => `${name}: ${ADDRESSES[name]}`)
  return {
    'rota.yaml': `listen: { dns: ["127.0.0.1:0"], http: "127.0.0.1:0" }
workers: 1
state: ./state
zones: { example.test: example.test.zone }
checks:
  web:
    http: { port: ${port}, path: /healthz }
    interval: ${intervalMs}ms
    fast_interval: ${fastIntervalMs}ms
    timeout: ${timeoutMs}ms
    rise: 2
    fall: ${fall}
pools:
  ${POOL}: { check: web, policy: rotate, members: { ${members.join(', ')} } }
names:
  ${NAME}: { pool: ${POOL}, ttl: ${plan.ttl.max}/${plan.ttl.min} }
`,
    'example.test.zone': `$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
www A ${ADDRESSES['a']}
`,
  }
}

/** Of each user its own, so that one that is slow moves nobody else. */
export function diceOf({ seed }: FailoverPlan, user: number): Dice {
  return createDice(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(user + 1, 0x85ebca6b))
}
