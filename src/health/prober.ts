/**
 * Keeps observing a set of targets: each in its interval, all of them evenly spread over time. Only
 * the first probe of a target that nobody has observed is at once, as far as places allow. When
 * probes start and how they end is for `flights.ts`; here is what they are good for.
 */

import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'

import type { Observation, Target } from './check.ts'
import { Flights, type Flyer, type Landing, observationOf } from './flights.ts'
import { firstDelayMs, intervalOf, nextStartMs } from './pace.ts'
import { type ProbeCount, ProbeCounts, type ProbeOutcome } from './probe-counts.ts'
import type { Probe } from './probes/probe.ts'
import { createRecent, noteRecent, type Recent, recentProbes, type RecentProbe } from './recent.ts'
import { inheritance, noteObservation, type Reading, unobserved } from './reading.ts'
import { Round } from './round.ts'
import { NOT_BOOKED } from './schedule.ts'
import { believed, type Credence, initialState, isInTransition } from './verdict.ts'
import type { VerdictState } from './verdict.ts'

/** Each holds a file descriptor; half of the 1024 that a process is commonly granted. */
const IN_FLIGHT_MAX = 512

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

export function createProber(options: ProberOptions): Prober {
  return new ScheduledProber(options)
}

/** A target under observation. */
interface Watch extends Flyer {
  reading: Reading
  recent?: Recent
  /** Whether this machine could not make its last probe: to wait for the next is no use. */
  isBarred?: boolean
}

class ScheduledProber implements Prober {
  readonly #options: ProberOptions
  readonly #flights: Flights<Watch>
  readonly #watches = new Map<string, Watch>() // By key. Bounded by the config.
  #round: Round<Watch> | undefined
  #isStopped = false
  readonly #counts = new ProbeCounts()
  #ownFaults = 0
  #heldBack = 0

  constructor(options: ProberOptions) {
    const { clock, attempt, inFlightMax = IN_FLIGHT_MAX } = options
    assert(inFlightMax >= 1, 'a prober has at least one place')
    this.#options = options
    const onLanding = (watch: Watch, landing: Landing) => this.#land(watch, landing)
    this.#flights = new Flights({ clock, attempt, inFlightMax, onLanding })
  }

  retarget(targets: Iterable<Target>, remembered?: (key: string) => VerdictState | undefined) {
    assert(!this.#isStopped, 'a stopped prober takes no targets')
    const wanted = new Map([...targets].map((target) => [target.key, target]))
    const newcomers = this.#newcomers(wanted.values())
    this.#counts.take(new Set([...wanted.values()].map(({ check }) => check.name)))
    const inherited = inheritance(this.#watches.values(), newcomers)
    for (const [key, watch] of this.#watches) {
      const target = wanted.get(key)
      if (target)
        watch.target = target // The same measurement, perhaps under another name.
      else this.#drop(key, watch)
    }
    const nowMs = this.#options.clock.now()
    this.#admit(
      newcomers,
      (target) => inherited(target) ?? unobserved(remembered?.(target.key) ?? initialState(nowMs)),
    )
  }

  welcome(targets: Iterable<Target>): void {
    assert(!this.#isStopped, 'a stopped prober takes no targets')
    const newcomers = this.#newcomers(targets)
    const names = newcomers.map(({ check }) => check.name)
    this.#counts.take(new Set([...this.#counts.all.keys(), ...names]))
    const nowMs = this.#options.clock.now()
    this.#admit(newcomers, () => unobserved(initialState(nowMs)))
  }

  firstRound(budgetMs: number): Promise<void> {
    assert(!this.#isStopped, 'a stopped prober observes nobody')
    const awaited = [...this.#watches.values()].filter(
      ({ reading, isBarred }) => reading.state.verdict === 'unknown' && !isBarred,
    )
    this.#round = new Round(awaited, this.#options.clock, budgetMs)
    this.#flights.turn()
    return this.#round.done
  }

  state(key: string): VerdictState | undefined {
    return this.#watches.get(key)?.reading.state
  }

  reading(key: string): Reading | undefined {
    return this.#watches.get(key)?.reading
  }

  course(key: string): Course | undefined {
    const watch = this.#watches.get(key)
    if (!watch) return
    const { atMs, flight, recent } = watch
    return { nextMs: flight ? undefined : atMs, recent: recent ? recentProbes(recent) : [] }
  }

  report(key: string, observation: Observation): boolean {
    const watch = this.#watches.get(key)
    if (!watch) return false
    const previous = watch.reading.state
    const isCredible = this.#note(watch, observation, false)
    if (!watch.flight && isCredible && isInTransition(watch.reading.state)) {
      // It may have been at ease until now, and its next probe as far away as that allows.
      const soonMs = observation.atMs + intervalOf(watch.target.check, true)
      if (soonMs < watch.atMs) this.#flights.book(watch, soonMs)
      this.#flights.setTimer()
    }
    this.#tell(watch, previous, observation)
    return true
  }

  hasten(key: string): boolean {
    const watch = this.#watches.get(key)
    if (!watch) return false
    const nowMs = this.#options.clock.now()
    if (!watch.flight && watch.atMs > nowMs) {
      this.#flights.book(watch, nowMs)
      this.#flights.setTimer()
    }
    return true
  }

  counters(): ProberCounters {
    return {
      targets: this.#watches.size,
      inFlight: this.#flights.inFlight,
      ...this.#flights.counts,
      ownFaults: this.#ownFaults,
      heldBack: this.#heldBack,
      byCheck: this.#counts.all,
    }
  }

  stop(): void {
    this.#isStopped = true
    for (const [key, watch] of this.#watches) this.#drop(key, watch)
    this.#flights.stop()
    this.#round?.end()
  }

  #newcomers(targets: Iterable<Target>): Target[] {
    return [...targets].filter(({ key }) => !this.#watches.has(key))
  }

  /** Begins to observe newcomers; `known` is what each of them starts with. */
  #admit(newcomers: readonly Target[], known: (target: Target) => Reading): void {
    const nowMs = this.#options.clock.now()
    const lead = this.#options.random()
    const count = this.#watches.size + newcomers.length
    for (const [index, target] of newcomers.entries()) {
      const reading = known(target)
      const watch: Watch = { ...NOT_BOOKED, target, reading, flight: undefined }
      this.#watches.set(target.key, watch)
      // Whom nobody has observed is answered on trust, or not at all: looked at now, as if its
      // course had led past it, and then in its course.
      const isObserved = reading.state.verdict !== 'unknown'
      const isContested = isObserved && isInTransition(reading.state)
      const intervalMs = intervalOf(target.check, isContested)
      const among = isObserved ? count : newcomers.length
      const delayMs = firstDelayMs(index, newcomers.length, among, intervalMs, lead)
      this.#flights.book(watch, nowMs + delayMs - (isObserved ? 0 : intervalMs))
    }
    this.#flights.setTimer() // Nothing starts before the caller has taken note of its targets.
  }

  #land(watch: Watch, landing: Landing): void {
    const { outcome } = landing
    const { target } = watch
    const previous = watch.reading.state
    watch.isBarred = outcome.isOwnFault === true
    const { startedMs, endedMs } = landing
    this.#counts.note(target.check.name, outcomeOf(landing), endedMs - startedMs)
    if (outcome.isOwnFault) {
      this.#ownFaults++
      this.#bookNext(watch, landing, isInTransition(previous))
      this.#round?.settle(watch)
      this.#options.onOwnFault?.(target, outcome.evidence)
      return
    }
    const observation = observationOf(landing)
    const isCredible = this.#note(watch, observation, true)
    // What is held back does not hurry either: when all fail at once, all would.
    const isUrgent = isCredible === 'not yet' || (isCredible && isInTransition(watch.reading.state))
    this.#bookNext(watch, landing, isUrgent)
    this.#tell(watch, previous, observation)
  }

  /** Changes what is known of a target; says whether the observation is credible. */
  #note(watch: Watch, observation: Observation, isTimed: boolean): Credence {
    const { target, reading } = watch
    const isCredible = this.#options.isCredible?.(target, observation) ?? true
    if (isCredible !== true) this.#heldBack++
    const state = believed(reading.state, observation, target.check, isCredible)
    watch.reading = noteObservation(reading, state, observation, isTimed)
    if (isTimed) {
      watch.recent ??= createRecent()
      noteRecent(watch.recent, observation.elapsedMs, observation.isSuccess)
    }
    return isCredible
  }

  #bookNext(watch: Watch, landing: Landing, isInTransition: boolean): void {
    const intervalMs = intervalOf(watch.target.check, isInTransition)
    this.#flights.book(watch, nextStartMs(landing, intervalMs, this.#options.random))
  }

  /** Last of all, since those who are called may retarget or stop. */
  #tell(watch: Watch, previous: VerdictState, observation: Observation): void {
    const { onObservation, onFlip } = this.#options
    const { target } = watch
    const { state } = watch.reading
    onObservation?.(target, state, observation)
    const isWatched = watch.place >= 0
    if (isWatched && state.verdict !== previous.verdict) onFlip?.(target, state, previous)
    this.#round?.settle(watch)
  }

  #drop(key: string, watch: Watch): void {
    this.#watches.delete(key)
    this.#flights.drop(watch)
    this.#round?.settle(watch)
  }
}

function outcomeOf({ outcome, isTimeout }: Landing): ProbeOutcome {
  if (outcome.isOwnFault) return 'own_fault'
  if (isTimeout) return 'timeout'
  return outcome.isSuccess ? 'success' : 'failure'
}
