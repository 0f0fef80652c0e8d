/** What a prober is given, what can be asked of it, and what it tells. */

import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'

import type { Observation, Target } from './check.ts'
import type { ProbeCount } from './probe-counts.ts'
import type { Probe } from './probes/probe.ts'
import type { Reading } from './reading.ts'
import type { RecentProbe } from './recent.ts'
import type { Credence, VerdictState } from './verdict.ts'

export interface ProberOptions {
  readonly clock: Clock
  readonly random: Random
  readonly attempt: Probe
  /** IN_FLIGHT_MAX if unset. */
  readonly inFlightMax?: number
  /**
   * Asked once for every observation, before anything follows from it. What is not credible is
   * shown, but changes no verdict; nor does a failure that is not yet, though it counts towards
   * one. Everything is credible if unset. It may hasten others.
   */
  readonly isCredible?: (target: Target, observation: Observation) => Credence
  /** Called after each observation, with the state that it led to. */
  readonly onObservation?: (target: Target, state: VerdictState, observation: Observation) => void
  /** Called after `onObservation` where the verdict changed, the first verdict included. */
  readonly onFlip?: (target: Target, state: VerdictState, previous: VerdictState) => void
  /** Called after a probe that this machine could not make, with the reason. */
  readonly onOwnFault?: (target: Target, reason: string) => void
}

export interface Prober {
  /**
   * Observes these targets from now on. Those that it knew, by key, keep their state and pace.
   * Newcomers start with what is `remembered` of them, in clock milliseconds, and in their course.
   */
  retarget(targets: Iterable<Target>, remembered?: (key: string) => VerdictState | undefined): void
  /** Observes these too. */
  welcome(targets: Iterable<Target>): void
  /**
   * Resolves when every target that nobody has observed yet has been, or `budgetMs` is over; what
   * is left goes on after that. For the time before the first answer.
   */
  firstRound(budgetMs: number): Promise<void>
  /** What is believed of a target; undefined for a key that is not observed. */
  state(key: string): VerdictState | undefined
  /** All that is known of a target; undefined for a key that is not observed. */
  reading(key: string): Reading | undefined
  /** What is coming and what has been of a target; undefined for a key that is not observed. */
  course(key: string): Course | undefined
  /**
   * Takes an observation that somebody else has made: it counts as a probe does, but for its time,
   * and leaves a probe that is under way alone. False for a key that is not observed.
   */
  report(key: string, observation: Observation): boolean
  /** Probes a target now, unless a probe is under way. False for a key that is not observed. */
  hasten(key: string): boolean
  counters(): ProberCounters
  /** Aborts what is in flight. Nothing is called back after this. */
  stop(): void
}

export interface Course {
  /** Clock milliseconds of its next probe; undefined while one is under way. */
  readonly nextMs: number | undefined
  /** The latest probes, the oldest first. */
  readonly recent: readonly RecentProbe[]
}

export interface ProberCounters {
  readonly targets: number
  readonly inFlight: number
  /** Since the prober was created, as the counts below. */
  readonly attempts: number
  readonly timeouts: number
  /** Probes that this machine could not make: no observations, they change no verdict. */
  readonly ownFaults: number
  /** Observations that were not credible. */
  readonly heldBack: number
  /** Probes that started late because all places were taken. */
  readonly limitHits: number
  /** How probes came out and how long they took, by check. */
  readonly byCheck: ReadonlyMap<string, ProbeCount>
}
