/**
 * The heap that all rings of an engine lie in, in words of 32 bits: drawing a turn touches a few
 * neighbouring cache lines, be there ten pools or a hundred thousand, and a collector sees one
 * object. A ring may grow while it is used, by what is worked out at its first need.
 */

import { NODE } from './node.ts'
import type { Places } from './ring.ts'

export interface RingHeap {
  words: Uint32Array
  /** The same memory by octets. */
  octets: Uint8Array
  /** Words in use, and how many of these belong to rings that were dropped. */
  length: number
  deadLength: number
  /** What the nodes by place of a ring are grown from, by where the ring is. */
  readonly places: Map<number, readonly Places[]>
}

/** Stands for a ring that has not been built: no ring starts at the heap's start. */
export const NO_RING = 0

const WORDS_AT_FIRST = 1024

export function createRingHeap(): RingHeap {
  const words = new Uint32Array(WORDS_AT_FIRST)
  const octets = new Uint8Array(words.buffer)
  return { words, octets, length: NO_RING + 1, deadLength: 0, places: new Map() }
}

/** Room for `size` words, all zeroes. The heap's arrays may be others afterwards. */
export function allocate(heap: RingHeap, size: number): number {
  const at = heap.length
  heap.length += size
  if (heap.length > heap.words.length) {
    const grown = new Uint32Array(Math.max(heap.length, heap.words.length * 2))
    grown.set(heap.words)
    heap.words = grown
    heap.octets = new Uint8Array(grown.buffer)
  }
  heap.words.fill(0, at, heap.length)
  return at
}

/** Room for what a ring grows by while it is used; it goes when the ring goes. */
export function growRing(heap: RingHeap, ring: number, size: number): number {
  const at = allocate(heap, size)
  heap.words[ring + NODE.SIZE] += size
  return at
}

/** Gives up a ring with all its nodes; their room is won back when the heap is next found full. */
export function dropRing(heap: RingHeap, ring: number): void {
  if (ring === NO_RING) return
  heap.deadLength += heap.words[ring + NODE.SIZE]
  heap.places.delete(ring)
}

/** Empties the heap. */
export function clearRings(heap: RingHeap): void {
  heap.length = NO_RING + 1
  heap.deadLength = 0
  heap.places.clear()
}

/** Whether so much of the heap is dead that building all anew is better than growing it. */
export function isMostlyDead({ words, length, deadLength }: RingHeap): boolean {
  return length > words.length / 2 && deadLength > length / 2
}
