/**
 * The timer of the prober: who starts next, who is in flight, and who is late.
 *
 * A flyer waits for exactly one moment: its next start, or the deadline of the probe that is under
 * way. Both kinds of moment stand in a schedule, and one timer waits for the earliest of all.
 *
 * Always true:
 *   - a flyer has at most one probe in flight, and all together at most `inFlightMax`;
 *   - a probe ends at its deadline, whether or not it listens to its signal;
 *   - flyers that found no free place start in the order in which they were due.
 */

import type { Clock } from '../base/clock.ts'
import { printDuration } from '../base/duration.ts'

import type { Observation, Target } from './check.ts'
import { failure, type Outcome, type Probe } from './probes/probe.ts'
import { type Booking, book, earliestMs, type Schedule, unbook } from './schedule.ts'

/** A deadline seen later than this was not seen in its time: a timer alone is never so late. */
const STALL_MS = 50

/** Somebody who is probed. */
export interface Flyer extends Booking {
  target: Target
  /** The probe under way; unset while the next start is waited for. Written by this file alone. */
  flight?: Flight | undefined
}

export interface Flight {
  readonly abort: AbortController
  /** When it should have started, and when it did. */
  readonly dueMs: number
  readonly startedMs: number
  stage: string
}

/** A probe that is over. */
export interface Landing {
  readonly outcome: Outcome
  /** Whether it was ended by its deadline. */
  readonly isTimeout: boolean
  readonly dueMs: number
  readonly startedMs: number
  readonly endedMs: number
}

export interface FlightsOptions<F extends Flyer> {
  readonly clock: Clock
  readonly attempt: Probe
  /** Probes under way at the same time, at most. */
  readonly inFlightMax: number
  /** Books the flyer's next start, before anything else may call back. */
  readonly onLanding: (flyer: F, landing: Landing) => void
}

export class Flights<F extends Flyer> {
  readonly #options: FlightsOptions<F>
  readonly #starts: Schedule<F> = []
  /** One entry per probe in flight, so its length is their count. */
  readonly #deadlines: Schedule<F> = []
  #wakeMs = Number.POSITIVE_INFINITY
  #cancelWake = () => {}
  #isPausing = false
  /** The last moment at which all places were taken. */
  #fullMs = Number.NEGATIVE_INFINITY
  #attempts = 0
  #timeouts = 0
  #limitHits = 0

  constructor(options: FlightsOptions<F>) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#deadlines.length
  }

  /** How often a probe was started, ended by its deadline, or started late for want of a place. */
  get counts(): { attempts: number; timeouts: number; limitHits: number } {
    return { attempts: this.#attempts, timeouts: this.#timeouts, limitHits: this.#limitHits }
  }

  /** Sets the next start of somebody who is not in flight. `setTimer` or `turn` must follow. */
  book(flyer: F, atMs: number): void {
    book(this.#starts, flyer, atMs)
  }

  /** Takes somebody out, and aborts the probe that is under way; its end is told to nobody. */
  drop(flyer: F): void {
    const { flight } = flyer
    unbook(flight ? this.#deadlines : this.#starts, flyer)
    flyer.flight = undefined
    flight?.abort.abort()
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#cancelWake()
  }

  /** Does all that is due and sets the timer for the next moment. */
  turn(isAfterPause = false): void {
    if (this.#isPausing) return
    const nowMs = this.#options.clock.now()
    if (!isAfterPause && nowMs - earliestMs(this.#deadlines) > STALL_MS) {
      this.#pause()
      return
    }
    while (earliestMs(this.#deadlines) <= nowMs) this.#expire(this.#deadlines[0]!)
    while (earliestMs(this.#starts) <= nowMs && this.#hasPlace()) this.#start(this.#starts[0]!)
    this.setTimer()
  }

  /** Sets the timer for what is booked by now, and starts nothing itself. */
  setTimer(): void {
    if (this.#isPausing) return // The turn after the pause sets it.
    const startMs = this.#hasPlace() ? earliestMs(this.#starts) : Number.POSITIVE_INFINITY
    const wakeMs = Math.min(startMs, earliestMs(this.#deadlines))
    if (wakeMs >= this.#wakeMs) return // The timer that is set comes first, and looks again.
    const { clock } = this.#options
    this.#cancelWake()
    this.#wakeMs = wakeMs
    this.#cancelWake = clock.after(wakeMs - clock.now(), () => {
      this.#wakeMs = Number.POSITIVE_INFINITY
      this.turn()
    })
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
      this.turn(true)
    })
  }

  #hasPlace(): boolean {
    return this.#deadlines.length < this.#options.inFlightMax
  }

  #start(flyer: F): void {
    const startedMs = this.#options.clock.now()
    const dueMs = flyer.atMs
    if (dueMs <= this.#fullMs) this.#limitHits++
    this.#attempts++
    unbook(this.#starts, flyer)
    book(this.#deadlines, flyer, startedMs + flyer.target.check.timeoutMs)
    const flight = { abort: new AbortController(), dueMs, startedMs, stage: '' }
    flyer.flight = flight
    void this.#fly(flyer, flight)
  }

  async #fly(flyer: F, flight: Flight): Promise<void> {
    const onStage = (stage: string) => {
      flight.stage = stage
    }
    let outcome: Outcome
    try {
      outcome = await this.#options.attempt(flyer.target, flight.abort.signal, onStage)
    } catch (error) {
      outcome = failure(`probe broke: ${error instanceof Error ? error.message : String(error)}`)
    }
    // After its deadline, or after its target has gone, nobody waits for it.
    if (flyer.flight !== flight) return
    this.#land(flyer, flight, outcome, false)
    this.turn()
  }

  /** Ends a probe that has not answered in its time, and does not wait for it to agree. */
  #expire(flyer: F): void {
    const flight = flyer.flight!
    this.#timeouts++
    const stage = flight.stage && `: ${flight.stage}`
    const evidence = `timed out after ${printDuration(flyer.target.check.timeoutMs)}${stage}`
    this.#land(flyer, flight, failure(evidence), true)
    flight.abort.abort()
  }

  #land(flyer: F, { dueMs, startedMs }: Flight, outcome: Outcome, isTimeout: boolean): void {
    const endedMs = this.#options.clock.now()
    if (!this.#hasPlace()) this.#fullMs = endedMs
    unbook(this.#deadlines, flyer)
    flyer.flight = undefined
    this.#options.onLanding(flyer, { outcome, isTimeout, dueMs, startedMs, endedMs })
  }
}

/** What a probe saw, stamped with its times. */
export function observationOf({ outcome, startedMs, endedMs }: Landing): Observation {
  const { isSuccess, report, warning } = outcome
  const elapsedMs = endedMs - startedMs
  const evidence = isSuccess
    ? `${outcome.evidence} in ${elapsedMs.toFixed(elapsedMs < 10 ? 1 : 0)} ms`
    : outcome.evidence
  const observation = { isSuccess, atMs: endedMs, elapsedMs, evidence }
  return { ...observation, ...(report && { report }), ...(warning && { warning }) }
}
