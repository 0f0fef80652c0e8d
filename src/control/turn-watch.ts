/**
 * `every: R answers`: brings a probe forward once R turns were led since the last one, however much
 * of the interval is left. Who serves more is looked at more often.
 */

import type { Clock } from '../base/clock.ts'

import type { Target } from '../health/check.ts'

/**
 * How often turns are summed: so soon after the R-th answer the probe is on its way. Turns that
 * follow a probe within this time are taken to have come before it.
 */
const LOOK_MS = 250

/** A target that is due after so many turns, and how many its members have led by now. */
export interface Watched {
  readonly target: Target
  readonly turns: () => number
}

export interface TurnWatchOptions {
  readonly clock: Clock
  /** When a target was last observed, in clock milliseconds; undefined if never. */
  readonly observedMs: (targetKey: string) => number | undefined
  readonly hasten: (targetKey: string) => void
}

interface Count extends Watched {
  turnsThen: number
  observedMs: number | undefined
}

export class TurnWatch {
  readonly #options: TurnWatchOptions
  #counts: Count[] = []
  #cancel = () => {}

  constructor(options: TurnWatchOptions) {
    this.#options = options
  }

  /** Watches these from now on. Without any, no timer runs. */
  watch(watched: readonly Watched[]): void {
    this.stop()
    this.#counts = watched.map((one) => ({
      ...one,
      turnsThen: one.turns(),
      observedMs: this.#options.observedMs(one.target.key),
    }))
    this.#setTimer()
  }

  stop(): void {
    this.#cancel()
    this.#counts = []
  }

  #setTimer(): void {
    if (this.#counts.length === 0) return
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      for (const count of this.#counts) this.#look(count)
      this.#setTimer()
    })
  }

  #look(count: Count): void {
    const { target, turns } = count
    const observedMs = this.#options.observedMs(target.key)
    const now = turns()
    if (observedMs !== count.observedMs) {
      count.observedMs = observedMs
      count.turnsThen = now
    } else if (now - count.turnsThen >= (target.check.everyAnswers ?? Number.POSITIVE_INFINITY)) {
      this.#options.hasten(target.key)
    }
  }
}
