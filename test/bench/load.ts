/**
 * Steady load from dnsperf, bounded in time, in questions under way and to a core of its own. It says
 * how long answers take; for what they cost see `volley.ts`.
 */

import { startProcess } from '../support/process.ts'

export interface Load {
  readonly port: number
  /** A file of `name type` lines, asked in order, over and over. */
  readonly queries: string
  readonly seconds: number
  /** As fast as answers come if unset. */
  readonly perSecondMax?: number
}

export interface LoadResult {
  readonly answered: number
  readonly lost: number
  readonly perSecond: number
  readonly latencyAvgUs: number
  readonly latencyMaxUs: number
  readonly latencyStddevUs: number
}

/** The server has core 0. */
export const LOAD_CORE = 1
/** Questions under way: fewer than the small datagrams that a socket's default buffer can hold. */
const OUTSTANDING_MAX = 128
/** Sockets that ask, so that a server with several workers has something to share out. */
const CLIENTS = 16
const LOST_AFTER_SECONDS = 2

/** Loads a server with EDNS queries and says what came back. */
export async function load({ port, queries, seconds, perSecondMax }: Load): Promise<LoadResult> {
  const args = ['-s', '127.0.0.1', '-p', port, '-d', queries, '-e', '-l', seconds]
  args.push('-q', OUTSTANDING_MAX, '-c', CLIENTS, '-T', 1, '-t', LOST_AFTER_SECONDS, '-W')
  if (perSecondMax !== undefined) args.push('-Q', perSecondMax)
  const child = startProcess({ command: 'dnsperf', args: args.map(String), core: LOAD_CORE })
  const status = await child.ended
  const result = parseDnsperf(child.output())
  if (status !== 0 || !result) throw new Error(`dnsperf ended with ${status}:\n${child.output()}`)
  return result
}

/** Reads the statistics that dnsperf prints when it ends; undefined if they are not there. */
export function parseDnsperf(output: string): LoadResult | undefined {
  const read = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN)
  const result = {
    answered: read(/Queries completed:\s+(\d+)/),
    lost: read(/Queries lost:\s+(\d+)/),
    perSecond: read(/Queries per second:\s+([\d.]+)/),
    latencyAvgUs: read(/Average Latency \(s\):\s+([\d.]+)/) * 1e6,
    latencyMaxUs: read(/Average Latency \(s\):.*max ([\d.]+)/) * 1e6,
    latencyStddevUs: read(/Latency StdDev \(s\):\s+([\d.]+)/) * 1e6,
  }
  const isComplete = Number.isFinite(result.answered) && Number.isFinite(result.lost)
  return isComplete ? result : undefined
}
