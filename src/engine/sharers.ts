/**
 * Members of one lineup that have the same address. An RRset has no record twice (RFC 2181 §5), so
 * the first of them stands for all: the address has the sum of their shares, its turns are counted
 * for the first, and until when a cache may hold it is noted for each.
 */

import { allocate, type RingHeap } from './heap.ts'
import { NODE } from './node.ts'
import type { Seat } from './ring.ts'

/** For each seat the first that has the same address, which may be itself. */
export function firstsOf(seats: readonly Seat[]): number[] {
  const firsts = new Map<string, number>()
  return seats.map(({ octets }, seat) => {
    const key = octets.join(' ')
    const first = firsts.get(key) ?? seat
    firsts.set(key, first)
    return first
  })
}

/** Adds those for whom another stands to a node that was just allocated, if there are any. */
export function addSharers(
  heap: RingHeap,
  node: number,
  seats: readonly Seat[],
  firsts: readonly number[],
): void {
  const sharers = [...firsts.keys()].filter((seat) => firsts[seat] !== seat)
  if (sharers.length === 0) return
  const at = allocate(heap, 1 + sharers.length)
  const { words } = heap
  words[node + NODE.SHARERS] = at - node
  words[at] = sharers.length
  sharers.forEach((seat, number) => {
    words[at + 1 + number] = (seats[firsts[seat]].cell << 16) | seats[seat].cell
  })
}
