/**
 * One timer for all that changes by plan: steps of ladders, overrides, leases, slow starts, TTLs.
 * Plans are by the wall's time, which people and NTP put forward and back.
 */

import type { Clock } from '../base/clock.ts'

export interface WakeOptions {
  readonly clock: Clock
  /** When the next change is planned (wall); Infinity where nothing is. */
  readonly nextWall: () => number
  /** `isPutBack` where all was planned by a time that is no more. */
  readonly onDue: (nowWall: number, isPutBack: boolean) => void
}

/** The longest that the timer sleeps: walls move, so what is far is looked at again. */
const WAKE_MAX_MS = 60_000
/** Clocks that are kept right are put back by less. */
const PUT_BACK_MS = 1_000

export class Wake {
  readonly #options: WakeOptions
  #cancel = () => {}
  /** How far the wall's time was ahead of the clock's, at the most since it was put back. */
  #aheadMs = Number.NEGATIVE_INFINITY

  constructor(options: WakeOptions) {
    this.#options = options
  }

  /** Sets the timer anew: plans have changed. */
  set(): void {
    this.cancel()
    const { clock, nextWall, onDue } = this.#options
    const wakeAtWall = nextWall()
    if (wakeAtWall === Number.POSITIVE_INFINITY) return
    const delayMs = Math.min(Math.ceil(wakeAtWall - clock.wall()), WAKE_MAX_MS)
    this.#aheadMs = Math.max(this.#aheadMs, clock.wall() - clock.now())
    this.#cancel = clock.after(delayMs, () => {
      const nowWall = clock.wall()
      const aheadMs = nowWall - clock.now()
      const isPutBack = aheadMs < this.#aheadMs - PUT_BACK_MS
      if (isPutBack) this.#aheadMs = aheadMs
      onDue(nowWall, isPutBack)
    })
  }

  cancel(): void {
    this.#cancel()
  }
}
