/**
 * What costs much to make and is asked for by many, kept for a moment: to judge ten thousand
 * members takes the better part of a second, in which nobody else is served.
 */

import type { Clock } from '../base/clock.ts'

/** Older than this nobody is told it. */
export const KEPT_MS = 1_000
/** Where things change all the time, so much of the time at most goes into making it. */
const PART_MAX = 1 / 5

export interface SnapshotOptions<T> {
  readonly clock: Clock
  readonly make: () => T
  /** Another number once something has changed that people look for. */
  readonly revision: () => number
}

export class Snapshot<T> {
  readonly #options: SnapshotOptions<T>
  #kept:
    | {
        readonly value: T
        readonly revision: number
        readonly untilMs: number
        /** Until then it is told though something has changed. */
        readonly pauseUntilMs: number
      }
    | undefined

  constructor(options: SnapshotOptions<T>) {
    this.#options = options
  }

  get(): T {
    const { clock, make, revision } = this.#options
    const kept = this.#kept
    const startedMs = clock.now()
    if (kept) {
      const isSame = kept.revision === revision()
      if (startedMs < (isSame ? kept.untilMs : kept.pauseUntilMs)) return kept.value
    }
    const before = revision()
    const value = make()
    // From when it was made: what takes long to make is not over at once.
    const madeMs = clock.now()
    const pauseMs = Math.min(KEPT_MS, (madeMs - startedMs) * (1 / PART_MAX - 1))
    const untilMs = madeMs + KEPT_MS
    this.#kept = { value, revision: before, untilMs, pauseUntilMs: madeMs + pauseMs }
    return value
  }

  /** Something has changed that whoever changed it expects to see. */
  forget(): void {
    this.#kept = undefined
  }
}
