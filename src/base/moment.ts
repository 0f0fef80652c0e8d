/** One moment by both clocks, for what runs by the one and is told by the other. */

export interface Moment {
  /** Milliseconds of the clock that only ever grows. */
  readonly ms: number
  /** Milliseconds since 1970. */
  readonly wall: number
}

/** The present, by a `Clock`. */
export function momentOf(clock: { now(): number; wall(): number }): Moment {
  return { ms: clock.now(), wall: clock.wall() }
}
