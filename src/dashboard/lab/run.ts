/**
 * A run: visit after visit, counted by whom DNS sent them to, by who served them, by the second.
 * What was expected is counted too, by the shares that were in force at each visit, so that a run
 * across a failover is held to what was promised before it, during it and after it.
 */

import type { VisitRecord } from './visitor.ts'

export interface RunSettings {
  readonly name: string
  readonly type: string
  readonly model: string
  readonly clients: number
  /** What the clients' networks are of; `one` sends none. */
  readonly networks: string
}

export interface Tally {
  /** Visits whose client tried this address first. */
  chosen: number
  /** What the shares in force would have made of that. */
  expected: number
  /** Answers that had it, in any place. */
  listed: number
  served: number
  failed: number
}

export interface Second {
  /** Since 1970. */
  readonly second: number
  /** Visits that were sent to an address, by address. */
  readonly chosen: Map<string, number>
  /** Visits that nobody served. */
  failed: number
}

export interface Marker {
  readonly atMs: number
  readonly words: string
}

export interface Run {
  readonly settings: RunSettings
  readonly startedMs: number
  readonly tallies: Map<string, Tally>
  /** The latest last; of a long run the last hour's worth at a few a second. */
  readonly visits: VisitRecord[]
  /** Visits that are counted and no longer kept. */
  forgotten: number
  readonly seconds: Second[]
  readonly markers: Marker[]
  /** Queries that went over the wire. */
  queries: number
  /** Visits that were sent to somebody. */
  chosen: number
  /** Of those, visits that a share was known for. */
  judged: number
  count: number
  failed: number
}

export const VISITS_MAX = 20_000
export const SECONDS_MAX = 900
const MARKERS_MAX = 200
/** More addresses than any answer has; a server that tells ever new ones fills no memory. */
const TALLIES_MAX = 4_096

export function createRun(settings: RunSettings, startedMs: number): Run {
  return {
    ...{ settings, startedMs, tallies: new Map(), visits: [], forgotten: 0, seconds: [] },
    ...{ markers: [], queries: 0, chosen: 0, judged: 0, count: 0, failed: 0 },
  }
}

/** The part of each address of the visits, 0 to 1; undefined where nothing is promised. */
export type Shares = ReadonlyMap<string, number> | undefined

/** Counts a visit that is over. */
export function note(run: Run, record: VisitRecord, shares: Shares): void {
  run.count++
  run.queries += record.queries
  if (record.served === undefined) run.failed++
  for (const { values } of record.answers) {
    for (const value of values) bump(run, value, 'listed')
  }
  for (const { address, isServed } of record.tries) {
    bump(run, address, isServed ? 'served' : 'failed')
  }
  if (record.chosen !== undefined) {
    run.chosen++
    bump(run, record.chosen, 'chosen')
    if (shares) {
      run.judged++
      for (const [address, share] of shares) bump(run, address, 'expected', share)
    }
  }
  noteSecond(run, record)
  run.visits.push(record)
  if (run.visits.length > VISITS_MAX) {
    run.visits.shift()
    run.forgotten++
  }
}

export function mark(run: Run, marker: Marker): void {
  run.markers.push(marker)
  if (run.markers.length > MARKERS_MAX) run.markers.shift()
}

/** Visits end in another order than they began, by a little: a late one finds its second again. */
function noteSecond({ seconds }: Run, { atMs, chosen, served }: VisitRecord): void {
  const second = Math.floor(atMs / 1_000)
  const last = seconds.at(-1)
  let row = seconds.findLast((one) => one.second <= second)
  if (row?.second !== second) {
    if (last && last.second > second) return
    row = { second, chosen: new Map(), failed: 0 }
    seconds.push(row)
    if (seconds.length > SECONDS_MAX) seconds.shift()
  }
  if (chosen !== undefined) row.chosen.set(chosen, (row.chosen.get(chosen) ?? 0) + 1)
  if (served === undefined) row.failed++
}

function bump({ tallies }: Run, address: string, key: keyof Tally, by = 1): void {
  let tally = tallies.get(address)
  if (!tally) {
    if (tallies.size >= TALLIES_MAX) return
    tally = { chosen: 0, expected: 0, listed: 0, served: 0, failed: 0 }
    tallies.set(address, tally)
  }
  tally[key] += by
}
