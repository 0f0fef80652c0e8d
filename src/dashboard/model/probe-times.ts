/** What the probes of each address took of late, for a line beside it. */

import type { Status } from '../../admin/status.ts'

import { addressKey } from './turns.ts'

export type ProbeTimes = ReadonlyMap<string, readonly number[]>

export const NO_PROBE_TIMES: ProbeTimes = new Map()
/** As wide as the line is. */
export const TIMES_MAX = 40
/** More addresses than are ever shown at once: who wants the rest has the metrics. */
const ADDRESSES_MAX = 2_000

/** The times with those of one more status. */
export function withProbeTimes(known: ProbeTimes, { pools }: Status): ProbeTimes {
  const next = new Map<string, readonly number[]>()
  for (const { name: pool, members } of pools) {
    for (const { name: member, addresses } of members) {
      for (const { family, probeMs } of addresses) {
        if (probeMs === undefined) continue
        if (next.size === ADDRESSES_MAX) return next
        const key = addressKey(pool, member, family)
        next.set(key, [...(known.get(key) ?? []).slice(1 - TIMES_MAX), probeMs])
      }
    }
  }
  return next
}

/** The points of a line in a box, the oldest at the left; lower is faster. */
export function sparkPoints(times: readonly number[], width: number, height: number): string {
  const [low, high] = [Math.min(...times), Math.max(...times)]
  // A line of noise below a tenth of a millisecond is no mountain range.
  const span = Math.max(high - low, high * 0.2, 0.1)
  const middle = (low + high) / 2
  const stepX = width / (TIMES_MAX - 1)
  return times
    .map((time, index) => {
      const x = width - (times.length - 1 - index) * stepX
      const y = height / 2 - ((time - middle) / span) * (height - 2)
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
}
