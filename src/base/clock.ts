/**
 * Time as an argument. Whoever waits or stamps is given a clock, so a test owns the hours.
 */

export interface Clock {
  /** Milliseconds that only ever grow; good for differences, meaningless as a date. */
  now(): number
  /** Milliseconds since 1970, for what people and files read. */
  wall(): number
  /** Calls `task` once, at least `delayMs` from now; the returned function takes it back. */
  after(delayMs: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(delayMs, task) {
    // What is overdue is due now; Node warns of a time that is past.
    const timer = setTimeout(task, Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}
