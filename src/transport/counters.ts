/**
 * What threads count while they answer: one row of shared cells for each thread and listener,
 * written by it alone and summed by whoever asks. A cell is a double, exact up to 2^53.
 */

import { TYPE } from '../wire/registry.ts'

import type { Scratch } from '../engine/engine.ts'

/** The cells of a row. Answers are counted by RCODE; those above REFUSED share a cell. */
export const CELL = {
  QUERIES: 0,
  ANSWERS: 1,
  /** Not answered: too short, or itself an answer. */
  SILENCES: 2,
  TRUNCATIONS: 3,
  /** Answers that the kernel would not send. */
  SEND_FAILURES: 4,
  /** Calls that brought queries in; queries divided by it is the size of a batch. */
  BATCHES: 5,
  NOERROR: 6,
  FORMERR: 7,
  SERVFAIL: 8,
  NXDOMAIN: 9,
  NOTIMP: 10,
  REFUSED: 11,
  OTHER_RCODE: 12,
} as const

const RCODES_COUNTED = 6

/** The types that are counted apart, each in a cell from `TYPES_AT` on; all others are the last. */
export const TYPES_COUNTED = [
  ...['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'HTTPS', 'ANY'],
  'other',
] as const

export const TYPES_AT = 13

/** By type, the cell; the types above 255 that there are, nobody asks for. */
const CELL_OF_TYPE = new Uint8Array(256).fill(TYPES_AT + TYPES_COUNTED.length - 1)
for (const [index, name] of TYPES_COUNTED.entries()) {
  if (name !== 'other') CELL_OF_TYPE[TYPE[name]] = TYPES_AT + index
}

/**
 * How long answers took, in cells from `LATENCY_AT` on: how many within each of these bounds but
 * not the one before, how many beyond the last, and the sum of all in milliseconds.
 */
export const LATENCY_BOUNDS_MS = Float64Array.of(
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000],
)
export const LATENCY_AT = TYPES_AT + TYPES_COUNTED.length
export const LATENCY_SUM = LATENCY_AT + LATENCY_BOUNDS_MS.length + 1

/** A row fills whole cache lines, so that threads do not fight over one. */
const ROW = 48

export type Counters = Float64Array

export function createCounters(): Counters {
  return new Float64Array(new SharedArrayBuffer(ROW * 8))
}

/**
 * Counts the query that was answered last and what came of it; `length` 0 is silence. The RCODE is
 * the whole one: the upper bits of an extended RCODE are not in the header. Allocates nothing.
 */
export function count(
  counters: Counters,
  { query, rcode }: Scratch,
  out: Uint8Array,
  length: number,
): void {
  counters[CELL.QUERIES]++
  // Where no question could be read, the type is that of a query before.
  counters[CELL_OF_TYPE[query.questionEnd > 0 && query.type < 256 ? query.type : 0]]++
  if (length === 0) {
    counters[CELL.SILENCES]++
    return
  }
  counters[CELL.ANSWERS]++
  if ((out[2] & 0x02) !== 0) counters[CELL.TRUNCATIONS]++
  counters[rcode < RCODES_COUNTED ? CELL.NOERROR + rcode : CELL.OTHER_RCODE]++
}

/**
 * Counts that `queries` took so long from when they were received until their answers were sent,
 * each the time of the batch that it came in. The moments are cells, in milliseconds: a number that
 * is no whole one would be an object where this is not inlined. Allocates nothing.
 */
export function countLatency(
  counters: Counters,
  received: Float64Array,
  sent: Float64Array,
  queries: number,
): void {
  const elapsedMs = sent[0] - received[0]
  let bucket = 0
  while (bucket < LATENCY_BOUNDS_MS.length && elapsedMs > LATENCY_BOUNDS_MS[bucket]) bucket++
  counters[LATENCY_AT + bucket] += queries
  counters[LATENCY_SUM] += elapsedMs * queries
}

/** How queries come in. */
export const TRANSPORTS = ['udp', 'tcp', 'tls', 'https'] as const
export type Transport = (typeof TRANSPORTS)[number]
export type StreamTransport = Exclude<Transport, 'udp'>

/** A row, and whose queries it counts. */
export interface Row {
  readonly transport: Transport
  readonly isV6: boolean
  readonly counters: Counters
}

/** The rows of the main thread: one for each transport but UDP, and family of its listeners. */
export class MainRows {
  readonly rows: readonly Row[] = TRANSPORTS.slice(1).flatMap((transport) =>
    [false, true].map((isV6) => ({ transport, isV6, counters: createCounters() })),
  )

  /** The row of a listener at this address. */
  of(transport: StreamTransport, address: string): Counters {
    const isV6 = address.includes(':')
    const row = this.rows.find((one) => one.transport === transport && one.isV6 === isV6)
    return row!.counters
  }
}

/** The cells of several rows, added up. */
export function addRows(rows: Iterable<Counters>): Counters {
  const sums = new Float64Array(ROW)
  for (const row of rows) for (let cell = 0; cell < ROW; cell++) sums[cell] += row[cell]
  return sums
}

export type Totals = Readonly<Record<Lowercase<keyof typeof CELL>, number>>

export function sumCounters(rows: Iterable<Counters>): Totals {
  const sums = addRows(rows)
  const totals = Object.entries(CELL).map(([name, cell]) => [name.toLowerCase(), sums[cell]])
  return Object.fromEntries(totals) as Totals
}
