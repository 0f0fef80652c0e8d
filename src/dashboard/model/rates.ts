/** Queries a second: what was counted between two ticks, by the time between them. */

export interface RatePoint {
  /** Of the server's clock. */
  readonly atMs: number
  readonly perSecond: number
}

export interface Counted {
  readonly atMs: number
  readonly queries: number
}

export interface Rates {
  readonly last?: Counted
  /** The oldest first. */
  readonly points: readonly RatePoint[]
}

export const NO_RATES: Rates = { points: [] }
/** What the chart shows: more from minute to minute, up to the longer. */
export const RATES_SPAN_MS = 300_000
const SPAN_MIN_MS = 60_000
/** Two ticks that come together tell nothing of a rate. */
const SPACING_MIN_MS = 500
/** After such a gap nothing is known of what was between. */
const GAP_MS = 10_000

export function withCount({ last, points }: Rates, counted: Counted): Rates {
  if (!last || counted.queries < last.queries || counted.atMs < last.atMs) {
    return { last: counted, points: last && counted.atMs >= last.atMs ? points : [] }
  }
  const spanMs = counted.atMs - last.atMs
  if (spanMs < SPACING_MIN_MS) return { last, points }
  if (spanMs > GAP_MS) return { last: counted, points: recent(points, counted.atMs) }
  const perSecond = ((counted.queries - last.queries) * 1_000) / spanMs
  const point = { atMs: counted.atMs, perSecond }
  return { last: counted, points: [...recent(points, counted.atMs), point] }
}

/** Over the last few seconds, since a second alone jumps about; undefined before there is any. */
export function rateNow({ points }: Rates, overMs = 3_000): number | undefined {
  const last = points.at(-1)
  if (!last) return undefined
  const late = points.filter(({ atMs }) => atMs > last.atMs - overMs)
  return late.reduce((sum, { perSecond }) => sum + perSecond, 0) / late.length
}

/** Seconds and values, as a chart takes them: a gap has none, since nobody knows what was there. */
export function alignedRates({ points }: Rates): [number[], (number | null)[]] {
  const times: number[] = []
  const values: (number | null)[] = []
  for (const [index, { atMs, perSecond }] of points.entries()) {
    const lastMs = points[index - 1]?.atMs ?? atMs
    if (atMs - lastMs > GAP_MS) {
      times.push((lastMs + 1) / 1_000)
      values.push(null)
    }
    times.push(atMs / 1_000)
    values.push(perSecond)
  }
  return [times, values]
}

/** How far back the chart goes: in whole minutes, so that it does not creep. */
export function spanShown({ points }: Rates, nowMs: number): number {
  const spanMs = nowMs - (points[0]?.atMs ?? nowMs)
  const minutes = Math.ceil(spanMs / SPAN_MIN_MS)
  return Math.min(RATES_SPAN_MS, Math.max(SPAN_MIN_MS, minutes * SPAN_MIN_MS))
}

function recent(points: readonly RatePoint[], nowMs: number): RatePoint[] {
  return points.filter(({ atMs }) => atMs > nowMs - RATES_SPAN_MS)
}
