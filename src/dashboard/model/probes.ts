/** What the latest probes of each address took, and came to, for a line beside it. */

import type { VerdictStatus } from './told.ts'
import { addressKey } from './turns.ts'

export type Probe = VerdictStatus['recent'][number]
/** By address, the oldest first. */
export type Probes = ReadonlyMap<string, readonly Probe[]>

export const NO_PROBES: Probes = new Map()
/** As wide as the line is. */
const PROBES_SHOWN = 40

/** Whose check is another as well is shown by the last of them. */
export function probesOf(verdicts: readonly VerdictStatus[]): Probes {
  const found = new Map<string, readonly Probe[]>()
  for (const { address, members, recent } of verdicts) {
    const family = address.includes(':') ? 'v6' : 'v4'
    for (const who of members) {
      const slash = who.indexOf('/')
      const key = addressKey(who.slice(0, slash), who.slice(slash + 1), family)
      found.set(key, recent.slice(-PROBES_SHOWN))
    }
  }
  return found
}

export interface SparkBox {
  readonly width: number
  readonly height: number
}

export interface Spark {
  /** Of the line, as SVG writes them; the oldest at the left, the slower the higher. */
  readonly points: string
  /** Where a probe failed. */
  readonly failures: readonly number[]
}

/** A line in a box, drawn up to its right end. */
export function sparkOf(probes: readonly Probe[], { width, height }: SparkBox): Spark {
  const times = probes.map(({ ms }) => ms)
  const [low, high] = [Math.min(...times), Math.max(...times)]
  // A line of noise below a tenth of a millisecond is no mountain range.
  const span = Math.max(high - low, high * 0.2, 0.1)
  const middle = (low + high) / 2
  const step = width / (PROBES_SHOWN - 1)
  const leftOf = (index: number) => width - (probes.length - 1 - index) * step
  const points = times.map((time, index) => {
    const top = height / 2 - ((time - middle) / span) * (height - 2)
    return `${leftOf(index).toFixed(1)},${top.toFixed(1)}`
  })
  const failures = probes.flatMap(({ isSuccess }, index) => (isSuccess ? [] : [leftOf(index)]))
  return { points: points.join(' '), failures }
}
