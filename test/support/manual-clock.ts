/** A clock that stands still until a test moves it, so that an hour of probing takes no time. */

import type { Clock } from '../../src/base/clock.ts'

interface Alarm {
  readonly atMs: number
  readonly task: () => void
}

export class ManualClock implements Clock {
  #nowMs = 0
  #startWallMs: number
  /** In order of setting, so that of two alarms for the same moment the older rings first. */
  readonly #alarms = new Set<Alarm>()

  constructor(startWallMs = Date.UTC(2026, 0, 1)) {
    this.#startWallMs = startWallMs
  }

  now(): number {
    return this.#nowMs
  }

  wall(): number {
    return this.#startWallMs + this.#nowMs
  }

  after(delayMs: number, task: () => void): () => void {
    const alarm = { atMs: this.#nowMs + Math.max(0, delayMs), task }
    this.#alarms.add(alarm)
    return () => void this.#alarms.delete(alarm)
  }

  /** How many tasks wait for their time. */
  get pendingCount(): number {
    return this.#alarms.size
  }

  /**
   * Moves time on by `spanMs` and runs each task at its moment, in order. Between two moments every
   * promise that can settle does, so what a task starts is done before the next one runs.
   */
  async advance(spanMs: number): Promise<void> {
    const endMs = this.#nowMs + spanMs
    await settled()
    for (let next = this.#first(); next && next.atMs <= endMs; next = this.#first()) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      this.#alarms.delete(next)
      next.task()
      await settled()
    }
    this.#nowMs = endMs
  }

  /** Lets time pass in which nothing can run, as under a long pause of the process. */
  freeze(spanMs: number): void {
    this.#nowMs += spanMs
  }

  /** Sets the wall clock, and nothing else, to an earlier time. */
  putWallBack(spanMs: number): void {
    this.#startWallMs -= spanMs
  }

  /** The same, to a later time. */
  putWallAhead(spanMs: number): void {
    this.#startWallMs += spanMs
  }

  #first(): Alarm | undefined {
    let first: Alarm | undefined
    for (const alarm of this.#alarms) if (!first || alarm.atMs < first.atMs) first = alarm
    return first
  }
}

/** A full turn of the event loop: the queue of microtasks is empty after it. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
