/** Backends whose network can be cut in many ways, observed by a prober that may doubt itself. */

import { createTarget, type Target } from '../../src/health/check.ts'
import { type Doubt, SelfDoubt, type SelfDoubtOptions } from '../../src/health/self-doubt.ts'
import { checkWith } from '../support/check.ts'
import { type Bench, proberBench, reply } from '../support/prober-bench.ts'

export const SECOND = 1_000
export const MINUTE = 60_000

export interface Scene extends Bench, Partial<SelfDoubtOptions> {
  readonly pools: number
  /** Targets; by turns in the pools. */
  readonly count: number
  /** So many of them are in pool 0, and the others in pool 1. */
  readonly big?: number
  /** Of so many addresses; each target has its own if unset. */
  readonly addresses?: number
  readonly check?: (pool: number) => Parameters<typeof checkWith>[0]
  readonly anchorPool?: number
  /** Whether nothing answers from the start, or nobody of a pool. */
  readonly dead?: boolean
  readonly deadPool?: number
  /** Whether all are remembered as up. */
  readonly remembered?: boolean
}

/** Backends that have been well for a minute, observed by a prober that may doubt itself. */
export async function scene(options: Scene) {
  const { pools, count, addresses = count, suspectPercent = 60, freezeMs = 5 * MINUTE } = options
  const targets = Array.from({ length: count }, (_, index) => {
    const pool = index % pools
    const probe = { kind: 'tcp', port: 1 + index } as const
    const check = checkWith({ probe, ...options.check?.(pool) })
    return createTarget(`192.0.2.${Math.floor(index % addresses)}`, check)
  })
  const indexOf = new Map(targets.map(({ key }, index) => [key, index]))
  const doubts: Doubt[] = []
  const doubt = new SelfDoubt({
    suspectPercent,
    freezeMs,
    onChange: (next) => doubts.push(next),
    onCurious(keys) {
      for (const key of keys) test.prober.hasten(key)
    },
  })
  const witnesses = targets.map((target, index) => ({
    ...witnessOf(target),
    groups: [`pool ${options.big === undefined ? index % pools : Number(index >= options.big)}`],
    isAnchor: index % pools === options.anchorPool,
    isUp: options.remembered === true,
  }))
  doubt.track(witnesses)

  const net = {
    doubt,
    witnesses,
    dead: (pool: number, _index: number): boolean =>
      options.dead === true || pool === options.deadPool,
  }
  const isDead = ({ key }: Target) => {
    const index = indexOf.get(key) ?? 0
    return net.dead(index % pools, index)
  }
  const isSilent = 'latencyMs' in options && options.latencyMs === undefined
  const test = proberBench({
    ...options,
    latencyMs: options.latencyMs ?? 0,
    ...(isSilent && {
      attempt: (target) => (isDead(target) ? new Promise(() => {}) : Promise.resolve(reply(true))),
    }),
    reply: (target) => reply(!isDead(target)),
    isCredible: (target, observation) => doubt.isCredible(target, observation),
  })
  const up = { verdict: 'up', sinceMs: 0, streak: 0, evidence: 'connected' } as const
  test.prober.retarget(targets, () => (options.remembered ? up : undefined))
  if (!options.remembered) await test.clock.advance(2 * MINUTE)
  test.flips.splice(0)
  const isSuspect = () => doubt.state(test.clock.now()).isSuspect
  return { ...test, net, targets, doubts, isSuspect }
}

export function witnessOf({ key, address, check }: Target) {
  return { key, address, intervalMs: check.intervalMs }
}

export function downs(flips: readonly string[]): number {
  return flips.filter((flip) => flip.endsWith('up -> down')).length
}
