/**
 * What a builder gathers before it knows the whole zone: nodes and records as growing columns of
 * numbers. A million records are a million rows here and not one object, so gathering them costs
 * neither garbage nor pauses.
 *
 * Memory is asked for by the size of the text that is to come: what is asked for and never written
 * costs nothing, while growing in the middle of a large zone means copying it.
 */

/** A number column that doubles when full. */
export interface Column {
  data: Uint32Array
}

const ROWS_AT_FIRST = 1024

export function createColumn(rowsExpected: number): Column {
  return { data: new Uint32Array(Math.max(ROWS_AT_FIRST, rowsExpected)) }
}

/** Makes room for row `row`. Doubling keeps the cost of copying below one copy a row. */
export function reserve(column: Column, row: number): void {
  if (row >= column.data.length) grow(column, row)
}

function grow(column: Column, row: number): void {
  const grown = new Uint32Array(Math.max(row + 1, column.data.length * 2))
  grown.set(column.data)
  column.data = grown
}

/** Octets that are only ever appended to. */
export interface Heap {
  octets: Uint8Array
  length: number
}

export function createHeap(octetsExpected: number): Heap {
  return { octets: new Uint8Array(Math.max(ROWS_AT_FIRST, octetsExpected)), length: 0 }
}

/** Appends source[from..to) and returns where it went. */
export function append(heap: Heap, source: Uint8Array, from: number, to: number): number {
  const at = heap.length
  const length = at + to - from
  if (length > heap.octets.length) {
    const grown = new Uint8Array(Math.max(length, heap.octets.length * 2))
    grown.set(heap.octets)
    heap.octets = grown
  }
  const { octets } = heap
  for (let i = from, j = at; i < to; i++, j++) octets[j] = source[i]
  heap.length = length
  return at
}
