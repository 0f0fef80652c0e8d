/** A prober on a manual clock, with seeded dice and probes that answer when the test says so. */

import { createDice, type Random, roll } from '../../src/base/random.ts'
import type { Observation, Target } from '../../src/health/check.ts'
import { failure, type Outcome, type Probe, success } from '../../src/health/probes/probe.ts'
import { createProber } from '../../src/health/prober.ts'
import type { ProberOptions } from '../../src/health/prober-face.ts'
import { ManualClock } from './manual-clock.ts'

export interface Bench extends Partial<ProberOptions> {
  seed?: number
  /** Undefined never answers. */
  latencyMs?: number | undefined
  reply?: (target: Target) => Outcome
}

/** A prober on a manual clock, and a record of all that it does. */
export function proberBench(options: Bench = {}) {
  const clock = new ManualClock()
  const starts: { key: string; atMs: number }[] = []
  const signals: AbortSignal[] = []
  const observations: Observation[] = []
  const flips: string[] = []
  const { seed = 1, reply: replyTo = () => reply(true) } = options
  const latencyMs = 'latencyMs' in options ? options.latencyMs : 20
  let inFlight = 0
  let most = 0

  const attempt: Probe = (target, signal) => {
    starts.push({ key: target.key, atMs: clock.now() })
    signals.push(signal)
    most = Math.max(most, ++inFlight)
    if (latencyMs === undefined) return new Promise(() => {})
    const outcome = replyTo(target)
    if (latencyMs === 0) {
      inFlight--
      return Promise.resolve(outcome)
    }
    return new Promise((resolve) => {
      clock.after(latencyMs, () => {
        inFlight--
        resolve(outcome)
      })
    })
  }
  const prober = createProber({
    ...options,
    clock,
    random: seededRandom(seed),
    attempt: options.attempt ?? attempt,
    inFlightMax: options.inFlightMax ?? 100_000,
    onObservation: (...event) => {
      observations.push(event[2])
      options.onObservation?.(...event)
    },
    onFlip: (target, state, previous) => {
      flips.push(`${target.address} ${previous.verdict} -> ${state.verdict}`)
      options.onFlip?.(target, state, previous)
    },
  })
  const startsOf = ({ key }: Target) =>
    starts.filter((start) => start.key === key).map(({ atMs }) => atMs)
  return { clock, prober, starts, startsOf, signals, observations, flips, mostInFlight: () => most }
}

export function reply(isUp: boolean): Outcome {
  return isUp ? success('connected') : failure('connection refused')
}

function seededRandom(seed: number): Random {
  const dice = createDice(seed * 7_919)
  return () => roll(dice, 2 ** 31) / 2 ** 31
}

export function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - times[index]!)
}

/** How many starts fall into each tenth of a second from `fromMs` to `toMs`. */
export function tenths(
  starts: readonly { atMs: number }[],
  fromMs: number,
  toMs: number,
): number[] {
  const counts = new Array<number>(Math.ceil((toMs - fromMs) / 100)).fill(0)
  for (const { atMs } of starts) {
    if (atMs >= fromMs && atMs < toMs) counts[Math.floor((atMs - fromMs) / 100)]!++
  }
  return counts
}

export function watched(promise: Promise<void>): { isOver: boolean } {
  const watch = { isOver: false }
  void promise.then(() => (watch.isOver = true))
  return watch
}
