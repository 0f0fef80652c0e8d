/**
 * What costs much to make and is asked for by many, kept for a moment: to judge ten thousand
 * members takes the better part of a second, in which nobody else is served.
 */

import type { Clock } from '../base/clock.ts'

/** Older than this nobody is told it. */
export const KEPT_MS = 1_000

export class Snapshot<T> {
  readonly #clock: Clock
  readonly #make: () => T
  #kept: { readonly value: T; readonly untilMs: number } | undefined

  constructor(clock: Clock, make: () => T) {
    this.#clock = clock
    this.#make = make
  }

  get(): T {
    if (this.#kept && this.#clock.now() < this.#kept.untilMs) return this.#kept.value
    const value = this.#make()
    // From when it was made: what takes long to make is not over at once.
    this.#kept = { value, untilMs: this.#clock.now() + KEPT_MS }
    return value
  }

  /** Something has changed that whoever changed it expects to see. */
  forget(): void {
    this.#kept = undefined
  }
}
