/**
 * One measurement: a server's processor time around a run of load, for each query that it answered.
 * The machine is shared and noisy, so nothing is believed from one run; see `contest.ts`.
 */

import { cpuTime } from './cpu.ts'
import { type LoadResult, load } from './load.ts'

export interface Sample extends LoadResult {
  /** Microseconds of processor time for each answered query. */
  readonly userUs: number
  readonly systemUs: number
  readonly costUs: number
}

export interface Loaded {
  readonly port: number
  readonly pid: number
}

/** Loads a running server for some seconds and says what each answer cost. */
export async function measure(
  { port, pid }: Loaded,
  queries: string,
  seconds: number,
): Promise<Sample> {
  const before = cpuTime(pid)
  const result = await load({ port, queries, seconds })
  const after = cpuTime(pid)
  const perAnswer = (spentMs: number) => (spentMs * 1000) / Math.max(1, result.answered)
  const userUs = perAnswer(after.userMs - before.userMs)
  const systemUs = perAnswer(after.systemMs - before.systemMs)
  return { ...result, userUs, systemUs, costUs: userUs + systemUs }
}

/** The middle value; of an even count, the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]!
  return (sorted[middle - 1]! + sorted[middle]!) / 2
}
