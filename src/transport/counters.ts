/**
 * What threads count while they answer: one row of shared cells for each, written by it alone and
 * summed by whoever asks. A cell is a double, exact up to 2^53.
 */

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

/** A row fills whole cache lines, so that threads do not fight over one. */
const ROW = 16
const RCODES_COUNTED = 6

export type Counters = Float64Array

export function createCounters(): Counters {
  return new Float64Array(new SharedArrayBuffer(ROW * 8))
}

/**
 * Counts one query and what came of it; `length` 0 is silence. `rcode` is the whole one: the upper
 * bits of an extended RCODE are not in the header. Allocates nothing.
 */
export function count(counters: Counters, out: Uint8Array, length: number, rcode: number): void {
  counters[CELL.QUERIES]++
  if (length === 0) {
    counters[CELL.SILENCES]++
    return
  }
  counters[CELL.ANSWERS]++
  if ((out[2] & 0x02) !== 0) counters[CELL.TRUNCATIONS]++
  counters[rcode < RCODES_COUNTED ? CELL.NOERROR + rcode : CELL.OTHER_RCODE]++
}

export type Totals = Readonly<Record<Lowercase<keyof typeof CELL>, number>>

export function sumCounters(rows: Iterable<Counters>): Totals {
  const totals: Record<string, number> = {}
  for (const name of Object.keys(CELL)) totals[name.toLowerCase()] = 0
  for (const row of rows) {
    for (const [name, cell] of Object.entries(CELL)) totals[name.toLowerCase()] += row[cell]
  }
  return totals as Totals
}
