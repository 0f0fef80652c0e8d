/** What the chart draws: for each second of its span, how many visits were sent to each address. */

import type { Run } from './run.ts'

export interface ChartData {
  /** Seconds since 1970. */
  readonly times: readonly number[]
  /** One row of counts for each address, in its order. */
  readonly counts: readonly (readonly number[])[]
  /** Visits that nobody served; null where there was none, so that nothing is drawn. */
  readonly failed: readonly (number | null)[]
}

export const SPAN_SECONDS = 90

/** The whole seconds that end with `last`; before the run there is nothing, and no zero either. */
export function chartData(run: Run, addresses: readonly string[], last: number): ChartData {
  const first = Math.max(last - SPAN_SECONDS, run.seconds[0]?.second ?? last + 1)
  const rows = new Map(run.seconds.map((row) => [row.second, row]))
  const times = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  return {
    times,
    counts: addresses.map((address) =>
      times.map((second) => rows.get(second)?.chosen.get(address) ?? 0),
    ),
    failed: times.map((second) => rows.get(second)?.failed || null),
  }
}

/** Of a run that has just begun no more than this is shown. */
const SPAN_SECONDS_MIN = 30

/** What the chart spans: the run, if that is neither short nor long. */
export function spanOf({ times }: ChartData, last: number): { min: number; max: number } {
  const first = Math.min(times[0] ?? last, last - SPAN_SECONDS_MIN)
  return { min: Math.max(first, last - SPAN_SECONDS), max: last + 1 }
}

/** A round number that leaves room above the highest count. */
export function ceilingOf({ counts, failed }: ChartData): number {
  const highest = Math.max(4, ...counts.flat(), ...failed.map((count) => count ?? 0))
  const size = 10 ** Math.floor(Math.log10(highest))
  return [1, 1.5, 2, 3, 4, 5, 7.5, 10, 15]
    .map((part) => part * size)
    .find((it) => it >= highest * 1.1)!
}
