/**
 * Time as an argument, as the server has it (`base/clock.ts`): the same shape, so that tests bring
 * the same clock; apart from it, because that one asks Node.
 */

export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number
  /** Milliseconds since 1970. */
  wall(): number
  /** Calls `task` once, at least `delayMs` from now; the returned function takes it back. */
  after(delayMs: number, task: () => void): () => void
}

export const pageClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}
