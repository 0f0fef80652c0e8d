/**
 * What the latest probes of a target took and came to, for whoever looks at them: a ring of fixed
 * size, made with the first probe. Ten thousand targets keep 2.4 MB of them.
 */

/** A minute to five minutes of a usual check. */
export const RECENT_MAX = 60

/** Milliseconds of each probe, below zero where it failed; -0 is a failure that took no time. */
export interface Recent {
  readonly times: Float32Array
  /** How many there have been. */
  count: number
}

export interface RecentProbe {
  readonly ms: number
  readonly isSuccess: boolean
}

export function createRecent(): Recent {
  return { times: new Float32Array(RECENT_MAX), count: 0 }
}

export function noteRecent(recent: Recent, elapsedMs: number, isSuccess: boolean): void {
  recent.times[recent.count % RECENT_MAX] = isSuccess ? elapsedMs : -elapsedMs
  recent.count++
}

/** The oldest first. */
export function recentProbes({ times, count }: Recent): RecentProbe[] {
  const kept = Math.min(count, RECENT_MAX)
  return Array.from({ length: kept }, (_, index) => {
    const time = times[(count - kept + index) % RECENT_MAX]
    return { ms: Math.abs(time), isSuccess: !Object.is(time, -0) && time >= 0 }
  })
}
