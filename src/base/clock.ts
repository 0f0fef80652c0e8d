/**
 * Time as an argument. Whoever waits or stamps is given a clock, so a test owns the hours.
 */

export interface Clock {
  /**
   * Milliseconds that only ever grow, the same in all threads; good for differences, meaningless as
   * a date.
   */
  now(): number
  /** Milliseconds since 1970, for what people and files read. */
  wall(): number
  /** Calls `task` once, at least `delayMs` from now; the returned function takes it back. */
  after(delayMs: number, task: () => void): () => void
}

export const systemClock: Clock = {
  // Not `performance.now()`, which each thread counts from its own start.
  now() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e3 + nanoseconds / 1e6
  },
  wall: () => Date.now(),
  after(delayMs, task) {
    // What is overdue is due now; Node warns of a time that is past.
    const timer = setTimeout(task, Math.max(0, delayMs))
    return () => clearTimeout(timer)
  },
}
