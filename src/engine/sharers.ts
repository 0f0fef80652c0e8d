/**
 * Members of one lineup that have the same address. An RRset has no record twice (RFC 2181 §5), so
 * the first of them stands for all: the address has the sum of their shares. Nobody can say whose
 * its turns are, so they are counted for each in turn, as the weights say; and until when a cache
 * may hold the address is noted for each.
 */

import type { Engine } from './engine.ts'
import { allocate, type RingHeap } from './heap.ts'
import { NODE, SHARER, SHARER_WORDS } from './node.ts'
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

/** Adds those who share an address to a node that was just allocated, if there are any. */
export function addSharers(
  heap: RingHeap,
  node: number,
  seats: readonly Seat[],
  firsts: readonly number[],
): void {
  const shared = new Set(firsts.filter((first, seat) => first !== seat))
  if (shared.size === 0) return
  const sharers = [...firsts.keys()].filter((seat) => shared.has(firsts[seat]))
  const at = allocate(heap, 1 + sharers.length * SHARER_WORDS)
  const { words } = heap
  words[node + NODE.SHARERS] = at - node
  words[at] = sharers.length
  sharers.forEach((seat, number) => {
    const word = at + 1 + number * SHARER_WORDS
    words[word + SHARER.CELLS] = (seats[firsts[seat]].cell << 16) | seats[seat].cell
    words[word + SHARER.WEIGHT] = seats[seat].weight
  })
}

/**
 * Counts a turn that the member of a cell leads: where it stands for others too, for the one of
 * them that is due most, as in smooth weighted rotation. Allocates nothing.
 */
export function countTurn({ heap: { words }, tally }: Engine, leaf: number, cell: number): void {
  if (words[leaf + NODE.SHARERS] === 0) {
    tally[cell]++
    return
  }
  const at = leaf + words[leaf + NODE.SHARERS]
  const end = at + 1 + words[at] * SHARER_WORDS
  let counted = cell
  let dueAt = 0
  let most = 0
  let total = 0
  for (let word = at + 1; word < end; word += SHARER_WORDS) {
    if (words[word + SHARER.CELLS] >>> 16 !== cell) continue
    const weight = words[word + SHARER.WEIGHT]
    // What is due may be below 0, which a word holds by its sign.
    const due = (words[word + SHARER.DUE] | 0) + weight
    words[word + SHARER.DUE] = due
    total += weight
    if (dueAt !== 0 && due <= most) continue
    counted = words[word + SHARER.CELLS] & 0xffff
    dueAt = word + SHARER.DUE
    most = due
  }
  if (dueAt !== 0) words[dueAt] = most - total
  tally[counted]++
}
