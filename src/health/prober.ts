/**
 * Keeps observing a set of targets: each in its interval, all of them evenly spread over time. Only
 * the first probe of a target that nobody has observed is at once, as far as places allow. When
 * probes start and how they end is for `flights.ts`; here is what they are good for.
 */

import { assert } from '../base/assert.ts'

import type { Observation, Target } from './check.ts'
import { Flights, type Flyer, type Landing, observationOf } from './flights.ts'
import { firstDelayMs, intervalOf, nextStartMs } from './pace.ts'
import { ProbeCounts, type ProbeOutcome } from './probe-counts.ts'
import type { Course, Prober, ProberCounters, ProberOptions } from './prober-face.ts'
import { createRecent, noteRecent, type Recent, recentProbes } from './recent.ts'
import { inheritance, noteObservation, type Reading, unobserved } from './reading.ts'
import { Round } from './round.ts'
import { NOT_BOOKED } from './schedule.ts'
import { believed, type Credence, initialState, isInTransition } from './verdict.ts'
import type { VerdictState } from './verdict.ts'

/** Each holds a file descriptor; half of the 1024 that a process is commonly granted. */
const IN_FLIGHT_MAX = 512

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
