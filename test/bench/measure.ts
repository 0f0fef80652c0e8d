/**
 * One measurement of a running server: what an answer costs when it gives as many as it can, and how
 * long one takes when it is asked at leisure. The machine is shared and noisy, so nothing is believed
 * from one measurement; see `contest.ts`.
 */

import { cpuTime } from './cpu.ts'
import { load } from './load.ts'
import type { Volley } from './volley.ts'

export interface Sample {
  /** Microseconds of processor time for each answer, at saturation. */
  readonly userUs: number
  readonly systemUs: number
  readonly costUs: number
  /** Answers a second at saturation of one core. */
  readonly perSecond: number
  /** Questions without an answer, of both loads. */
  readonly lost: number
  /** Average from question to answer under light load. */
  readonly latencyAvgUs: number
}

export interface Loaded {
  readonly port: number
  readonly pid: number
  /** A file of `name type` lines. */
  readonly queries: string
}

/** Far below what any of these servers can do, but for one. */
const LEISURE_PER_SECOND = 10_000
const LEISURE_SECONDS = 1

/** Saturates the server for some seconds, then asks it lightly for one. */
export async function measure(
  { port, pid, queries }: Loaded,
  volley: Volley,
  seconds: number,
): Promise<Sample> {
  const before = cpuTime(pid)
  const { answered, lost, perSecond } = await volley(port, queries, seconds)
  const after = cpuTime(pid)
  const perAnswer = (spentMs: number) => (spentMs * 1000) / Math.max(1, answered)
  const userUs = perAnswer(after.userMs - before.userMs)
  const systemUs = perAnswer(after.systemMs - before.systemMs)
  const leisure = { seconds: LEISURE_SECONDS, perSecondMax: LEISURE_PER_SECOND }
  const light = await load({ port, queries, ...leisure })
  return {
    userUs,
    systemUs,
    costUs: userUs + systemUs,
    perSecond,
    lost: lost + light.lost,
    latencyAvgUs: light.latencyAvgUs,
  }
}

/** The middle value; of an even count, the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]!
  return (sorted[middle - 1]! + sorted[middle]!) / 2
}
