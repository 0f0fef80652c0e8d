/**
 * Several servers under the same load, in rounds: A B C, A B C, … A slow minute of the machine then
 * falls on all of them, and a ratio taken inside each round cancels what is left.
 */

import { temporaryFolder } from '../support/folder.ts'
import { type ServerKind, type Setup, startServer } from '../support/servers/server.ts'
import { findTool } from '../support/tools.ts'
import { measure, median, type Sample } from './measure.ts'
import { reasonOf } from './part.ts'
import { figure, table } from './table.ts'
import { compileVolley } from './volley.ts'

export interface Entrant {
  readonly label: string
  readonly kind: ServerKind
  readonly setup: Setup
  /** A file of its questions, as dnsperf reads them. */
  readonly queries: string
}

export interface Contest {
  /** One sample for each round, by label, in the order of the entrants. */
  readonly samples: ReadonlyMap<string, readonly Sample[]>
  /** Who could not take part, and why. */
  readonly absent: readonly string[]
}

export interface Rounds {
  readonly rounds: number
  readonly seconds: number
}

/** A compiler that works while the server runs should be done before it is measured. */
const WARM_UP_SECONDS = 2

/** Starts every entrant on core 0, then measures one at a time while the others idle. */
export async function contest(
  entrants: readonly Entrant[],
  { rounds, seconds }: Rounds,
): Promise<Contest> {
  const folder = temporaryFolder('contest')
  const volley = compileVolley(folder.path)
  const absent: string[] = []
  const ready = []
  const samples = new Map<string, Sample[]>()
  try {
    for (const { label, kind, setup, queries } of entrants) {
      if (findTool(kind.program) === undefined) {
        absent.push(`${label}: program "${kind.program}" is not installed`)
        continue
      }
      try {
        const server = await startServer(kind, { ...setup, core: 0 })
        ready.push({ label, server, queries })
        samples.set(label, [])
      } catch (error) {
        absent.push(`${label}: ${reasonOf(error)}`)
      }
    }
    for (const { server, queries } of ready) await volley(server.port, queries, WARM_UP_SECONDS)
    for (let round = 0; round < rounds; round++) {
      for (const { label, server, queries } of ready) {
        const loaded = { port: server.port, pid: server.process.pid, queries }
        samples.get(label)!.push(await measure(loaded, volley, seconds))
      }
    }
  } finally {
    await Promise.all(ready.map(({ server }) => server.stop()))
    folder.remove()
  }
  return { samples, absent }
}

/** Medians of each entrant, and its cost as a multiple of `base`'s in the same round. */
export function contestTable({ samples }: Contest, base: string): string {
  const baseSamples = samples.get(base)
  const rows = [...samples].map(([label, rounds]) => {
    const middle = (read: (sample: Sample) => number) => median(rounds.map(read))
    const ratios = baseSamples?.map((sample, round) => rounds[round]!.costUs / sample.costUs)
    return [
      label,
      figure(
        middle(({ costUs }) => costUs),
        2,
      ),
      figure(
        middle(({ userUs }) => userUs),
        2,
      ),
      figure(
        middle(({ systemUs }) => systemUs),
        2,
      ),
      ratios ? `${figure(median(ratios), 2)}×` : '–',
      figure(middle(({ perSecond }) => perSecond)),
      figure(middle(({ latencyAvgUs }) => latencyAvgUs)),
      figure(rounds.reduce((sum, { lost }) => sum + lost, 0)),
    ]
  })
  const head = ['server', 'µs CPU', 'user', 'system', `to ${base}`, 'qps', 'latency µs', 'lost']
  return table(head, rows)
}
