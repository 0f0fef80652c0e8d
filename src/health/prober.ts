/**
 * Keeps observing a set of targets: each in its interval, all of them evenly spread over time. Only
 * the first probe of a target that nobody has observed is at once, as far as places allow.
 *
 * A target waits for exactly one moment: its next start, or the deadline of the probe that is under
 * way. Both kinds of moment stand in a schedule, and one timer waits for the earliest of all.
 *
 * Always true:
 *   - a target has at most one probe in flight, and all targets together at most `inFlightMax`;
 *   - a probe ends at its deadline, whether or not it listens to its signal;
 *   - targets that found no free place start in the order in which they were due.
 */

import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { printDuration } from '../base/duration.ts'

import { type Observation, probeKey, type Target } from './check.ts'
import { firstDelayMs, intervalOf, nextStartMs } from './pace.ts'
import { failure, type Outcome, type Probe } from './probes/probe.ts'
import { type Booking, book, earliestMs, NOT_BOOKED, type Schedule, unbook } from './schedule.ts'
import { initialState, isInTransition, observe, type VerdictState } from './verdict.ts'

/** Each probe holds a file descriptor; half of the 1024 that a process is commonly granted. */
export const IN_FLIGHT_MAX = 512

/** A deadline seen later than this was not seen in its time: a timer alone is never so late. */
const STALL_MS = 50

export interface ProberOptions {
  readonly clock: Clock
  readonly random: Random
  readonly attempt: Probe
  /** IN_FLIGHT_MAX if unset. */
  readonly inFlightMax?: number
  /** Called after each probe, with the state that the observation led to. */
  readonly onObservation?: (target: Target, state: VerdictState, observation: Observation) => void
  /** Called after `onObservation` where the verdict changed, the first verdict included. */
  readonly onFlip?: (target: Target, state: VerdictState, previous: VerdictState) => void
}

export interface Prober {
  /** Observes these targets from now on. Those that it knew, by key, keep their state and pace. */
  retarget(targets: Iterable<Target>): void
  /**
   * Probes every target at once, as far as places allow. Resolves when each has been observed, or
   * `budgetMs` is over; what is left goes on after that. For the time before the first answer.
   */
  firstRound(budgetMs: number): Promise<void>
  /** What is believed of a target; undefined for a key that is not observed. */
  state(key: string): VerdictState | undefined
  counters(): ProberCounters
  /** Aborts what is in flight. Nothing is called back after this. */
  stop(): void
}

export interface ProberCounters {
  readonly targets: number
  readonly inFlight: number
  /** Since the prober was created, as the counts below. */
  readonly attempts: number
  readonly timeouts: number
  /** Probes that this machine could not make: no observations, they change no verdict. */
  readonly ownFaults: number
  /** Probes that started late because all places were taken. */
  readonly limitHits: number
}

export function createProber(options: ProberOptions): Prober {
  return new ScheduledProber(options)
}

/** A target under observation. */
interface Watch extends Booking {
  target: Target
  state: VerdictState
  /** The probe under way; unset while the target waits for its next start. */
  flight?: Flight | undefined
}

interface Flight {
  readonly abort: AbortController
  /** When it should have started, and when it did. */
  readonly dueMs: number
  readonly startedMs: number
  stage: string
}

/** Who is still to be observed before the first answer. */
interface Round {
  readonly awaited: Set<Watch>
  readonly end: () => void
}

class ScheduledProber implements Prober {
  readonly #options: ProberOptions
  readonly #inFlightMax: number
  /** By key. Bounded by the config. */
  readonly #watches = new Map<string, Watch>()
  readonly #starts: Schedule<Watch> = []
  /** One entry per probe in flight, so its length is their count. */
  readonly #deadlines: Schedule<Watch> = []
  #round: Round | undefined
  #wakeMs = Number.POSITIVE_INFINITY
  #cancelWake = () => {}
  #isPausing = false
  #isStopped = false
  #attempts = 0
  #timeouts = 0
  #ownFaults = 0
  #limitHits = 0
  /** The last moment at which all places were taken. */
  #fullMs = Number.NEGATIVE_INFINITY

  constructor(options: ProberOptions) {
    this.#options = options
    this.#inFlightMax = options.inFlightMax ?? IN_FLIGHT_MAX
    assert(this.#inFlightMax >= 1, 'a prober has at least one place')
  }

  retarget(targets: Iterable<Target>): void {
    assert(!this.#isStopped, 'a stopped prober takes no targets')
    const wanted = new Map([...targets].map((target) => [target.key, target]))
    const newcomers = [...wanted.values()].filter(({ key }) => !this.#watches.has(key))
    const beliefs = newcomers.length > 0 ? beliefsByProbe(this.#watches.values()) : undefined
    for (const [key, watch] of this.#watches) {
      const target = wanted.get(key)
      if (target)
        watch.target = target // The same measurement, perhaps under another name.
      else this.#drop(key, watch)
    }

    const nowMs = this.#options.clock.now()
    const lead = this.#options.random()
    for (const [index, target] of newcomers.entries()) {
      const belief = beliefs?.get(probeKey(target.address, target.check.probe))
      const watch = { ...NOT_BOOKED, target, state: belief ?? initialState(nowMs) }
      this.#watches.set(target.key, watch)
      const { intervalMs } = target.check
      const courseMs = nowMs + firstDelayMs(index, newcomers.length, wanted.size, intervalMs, lead)
      // Whom nobody has observed is answered on trust: looked at now, and then by its course.
      const isObserved = watch.state.verdict !== 'unknown'
      book(this.#starts, watch, isObserved ? courseMs : Math.min(nowMs, courseMs - intervalMs))
    }
    this.#setTimer() // Nothing starts before the caller has taken note of its targets.
  }

  firstRound(budgetMs: number): Promise<void> {
    assert(!this.#round && !this.#isStopped, 'one first round at a time, in a running prober')
    const { clock } = this.#options
    const nowMs = clock.now()
    for (const watch of this.#watches.values()) {
      if (watch.flight || watch.atMs <= nowMs) continue
      // One interval early, by its own course: after this round all are spread as they were.
      book(this.#starts, watch, Math.min(nowMs, watch.atMs - watch.target.check.intervalMs))
    }
    return new Promise((resolve) => {
      const cancelBudget = clock.after(budgetMs, () => this.#endRound())
      const end = () => {
        cancelBudget()
        resolve()
      }
      this.#round = { awaited: new Set(this.#watches.values()), end }
      if (this.#watches.size === 0) this.#endRound()
      this.#turn()
    })
  }

  state(key: string): VerdictState | undefined {
    return this.#watches.get(key)?.state
  }

  counters(): ProberCounters {
    return {
      targets: this.#watches.size,
      inFlight: this.#deadlines.length,
      attempts: this.#attempts,
      timeouts: this.#timeouts,
      ownFaults: this.#ownFaults,
      limitHits: this.#limitHits,
    }
  }

  stop(): void {
    this.#isStopped = true
    for (const [key, watch] of this.#watches) this.#drop(key, watch)
    this.#cancelWake()
    this.#endRound()
  }

  /** Does all that is due and sets the timer for the next moment. */
  #turn(isAfterPause = false): void {
    if (this.#isPausing) return
    const nowMs = this.#options.clock.now()
    if (!isAfterPause && nowMs - earliestMs(this.#deadlines) > STALL_MS) {
      this.#pause()
      return
    }
    while (earliestMs(this.#deadlines) <= nowMs) this.#expire(this.#deadlines[0]!)
    while (earliestMs(this.#starts) <= nowMs && this.#hasPlace()) this.#start(this.#starts[0]!)
    this.#setTimer()
  }

  /**
   * The process stood still over a deadline: answers that came in the meantime are still to be
   * read. They get one turn of the event loop before anybody is told to be too late.
   */
  #pause(): void {
    this.#cancelWake()
    this.#wakeMs = Number.POSITIVE_INFINITY
    this.#isPausing = true
    this.#cancelWake = this.#options.clock.after(0, () => {
      this.#isPausing = false
      this.#turn(true)
    })
  }

  #setTimer(): void {
    if (this.#isPausing) return // The turn after the pause sets it.
    const nowMs = this.#options.clock.now()
    const startMs = this.#hasPlace() ? earliestMs(this.#starts) : Number.POSITIVE_INFINITY
    const wakeMs = Math.min(startMs, earliestMs(this.#deadlines))
    if (wakeMs >= this.#wakeMs) return // The timer that is set comes first, and looks again.
    this.#cancelWake()
    this.#wakeMs = wakeMs
    this.#cancelWake = this.#options.clock.after(wakeMs - nowMs, () => {
      this.#wakeMs = Number.POSITIVE_INFINITY
      this.#turn()
    })
  }

  #hasPlace(): boolean {
    return this.#deadlines.length < this.#inFlightMax
  }

  #start(watch: Watch): void {
    const startedMs = this.#options.clock.now()
    const dueMs = watch.atMs
    if (dueMs <= this.#fullMs) this.#limitHits++
    this.#attempts++
    unbook(this.#starts, watch)
    book(this.#deadlines, watch, startedMs + watch.target.check.timeoutMs)
    const flight = { abort: new AbortController(), dueMs, startedMs, stage: '' }
    watch.flight = flight
    void this.#fly(watch, flight)
  }

  async #fly(watch: Watch, flight: Flight): Promise<void> {
    const onStage = (stage: string) => {
      flight.stage = stage
    }
    let outcome: Outcome
    try {
      outcome = await this.#options.attempt(watch.target, flight.abort.signal, onStage)
    } catch (error) {
      outcome = failure(`probe broke: ${error instanceof Error ? error.message : String(error)}`)
    }
    // After its deadline, or after its target has gone, nobody waits for it.
    if (watch.flight !== flight) return
    this.#land(watch, flight, outcome)
    this.#turn()
  }

  /** Ends a probe that has not answered in its time, and does not wait for it to agree. */
  #expire(watch: Watch): void {
    const flight = watch.flight!
    this.#timeouts++
    const stage = flight.stage && `: ${flight.stage}`
    const evidence = `timed out after ${printDuration(watch.target.check.timeoutMs)}${stage}`
    this.#land(watch, flight, failure(evidence))
    flight.abort.abort()
  }

  #land(watch: Watch, flight: Flight, outcome: Outcome): void {
    const { clock, random, onObservation, onFlip } = this.#options
    const { target, state: previous } = watch
    const endedMs = clock.now()
    if (!this.#hasPlace()) this.#fullMs = endedMs
    unbook(this.#deadlines, watch)
    watch.flight = undefined

    const observation = stamp(outcome, flight.startedMs, endedMs)
    const isOwnFault = outcome.isOwnFault === true
    if (isOwnFault) this.#ownFaults++
    const state = isOwnFault ? previous : observe(previous, observation, target.check)
    watch.state = state
    const intervalMs = intervalOf(target.check, isInTransition(state))
    book(this.#starts, watch, nextStartMs({ ...flight, endedMs }, intervalMs, random))

    // Last, since those who are called may retarget or stop.
    if (!isOwnFault) onObservation?.(target, state, observation)
    const isObserved = watch.place >= 0
    if (isObserved && state.verdict !== previous.verdict) onFlip?.(target, state, previous)
    this.#settleRound(watch)
  }

  #drop(key: string, watch: Watch): void {
    this.#watches.delete(key)
    const { flight } = watch
    unbook(flight ? this.#deadlines : this.#starts, watch)
    watch.flight = undefined
    flight?.abort.abort()
    this.#settleRound(watch)
  }

  #settleRound(watch: Watch): void {
    const round = this.#round
    if (round?.awaited.delete(watch) && round.awaited.size === 0) this.#endRound()
  }

  #endRound(): void {
    this.#round?.end()
    this.#round = undefined
  }
}

/** What a newcomer whose timing alone is new inherits: a reload shall forget no verdict. */
function beliefsByProbe(watches: Iterable<Watch>): Map<string, VerdictState> {
  const beliefs = new Map<string, VerdictState>()
  for (const { target, state } of watches) {
    beliefs.set(probeKey(target.address, target.check.probe), state)
  }
  return beliefs
}

function stamp({ isSuccess, evidence }: Outcome, startedMs: number, atMs: number): Observation {
  const elapsedMs = atMs - startedMs
  const seen = isSuccess
    ? `${evidence} in ${elapsedMs.toFixed(elapsedMs < 10 ? 1 : 0)} ms`
    : evidence
  return { isSuccess, atMs, elapsedMs, evidence: seen }
}
