/** Waiting until everybody of a group has been observed once, but no longer than a budget. */

import type { Clock } from '../base/clock.ts'

export class Round<T> {
  readonly #awaited: Set<T>
  /** Ends it, if it has not ended; resolves `done`. */
  readonly end: () => void
  readonly done: Promise<void>

  constructor(awaited: Iterable<T>, clock: Clock, budgetMs: number) {
    this.#awaited = new Set(awaited)
    let resolveDone = () => {}
    this.done = new Promise((resolve) => {
      resolveDone = resolve
    })
    const cancelBudget = clock.after(budgetMs, () => resolveDone())
    this.end = () => {
      cancelBudget()
      resolveDone()
    }
    if (this.#awaited.size === 0) this.end()
  }

  /** Somebody has been observed, or will not be any more. */
  settle(who: T): void {
    if (this.#awaited.delete(who) && this.#awaited.size === 0) this.end()
  }
}
