/**
 * A ring is a roster made ready for the wire: the records of one binding in one family, encoded,
 * and the turns of a cycle as offsets into them. Each layer's records stand twice in a row, so a
 * turn that goes around the end is still one stretch of octets, copied at once.
 *
 * All rings of an engine lie in one heap, each in one piece, so that drawing a turn touches a few
 * neighbouring cache lines, be there ten pools or a hundred thousand. In words of 32 bits:
 *
 *   ring   cycle, record size, size in words, whether turns are drawn by dice, then its turns
 *   turn   in order: offset of its first record; number of records, cell of its leader << 16
 *          by dice:  word of its layer; number of records
 *   layer  offset of its first record, number of members, then for each: place, cell << 16
 *
 * A layer's members stand in the order of the last shuffle: all of a ring that changes.
 */

import { policyNamed } from '../balance/policy.ts'
import type { Lineup } from '../balance/roster.ts'
import { inLayers, type Schedule, scheduleOf } from '../balance/schedule.ts'

import { CLASS, TYPE } from '../wire/registry.ts'

import { NO_CELL } from './tally.ts'

export interface RingHeap {
  words: Uint32Array
  /** The same memory by octets. */
  octets: Uint8Array
  /** Words in use, and how many of these belong to rings that were dropped. */
  length: number
  deadLength: number
}

export const RING = { CYCLE: 0, RECORD_SIZE: 1, SIZE: 2, BY_DICE: 3, TURNS: 4 } as const
export const TURN_WORDS = 2
export const LAYER = { RECORDS: 0, SIZE: 1, MEMBERS: 2 } as const

/** Stands for a ring that has not been built: no ring starts at the heap's start. */
export const NO_RING = 0

const WORDS_AT_FIRST = 1024

export function createRingHeap(): RingHeap {
  const words = new Uint32Array(WORDS_AT_FIRST)
  return { words, octets: new Uint8Array(words.buffer), length: NO_RING + 1, deadLength: 0 }
}

/** Gives up a ring; its room is won back when the heap is next found full. */
export function dropRing(heap: RingHeap, ring: number): void {
  if (ring !== NO_RING) heap.deadLength += heap.words[ring + RING.SIZE]
}

/** Empties the heap. */
export function clearRings(heap: RingHeap): void {
  heap.length = NO_RING + 1
  heap.deadLength = 0
}

/** Whether so much of the heap is dead that building all anew is better than growing it. */
export function isMostlyDead({ words, length, deadLength }: RingHeap): boolean {
  return length > words.length / 2 && deadLength > length / 2
}

/** Builds the ring of those who take part in a family and returns where it is. `ttl` in seconds. */
export function addRing(
  heap: RingHeap,
  lineup: Lineup,
  family: 'v4' | 'v6',
  answers: number,
  ttl: number,
): number {
  const seats = seatsOf(lineup, family)
  if (seats.length === 0) return allocate(heap, RING.TURNS)
  const weights = seats.map(({ weight }) => weight)
  const byDice = policyNamed(lineup.policy).draw === 'by-dice'
  const schedule = byDice ? inLayers(weights, answers) : scheduleOf(weights, answers)
  const recordSize = 12 + seats[0].octets.length
  const shape = shapeOf(schedule, byDice, recordSize)
  const ring = allocate(heap, shape.size)
  const { words } = heap
  words[ring + RING.CYCLE] = schedule.layerOf.length
  words[ring + RING.RECORD_SIZE] = recordSize
  words[ring + RING.BY_DICE] = byDice ? 1 : 0
  writeRecords(heap, ring, shape, schedule, seats, ttl)
  if (byDice) writeDiceTurns(heap, ring, shape, schedule, seats)
  else writeTurns(heap, ring, shape, schedule, seats)
  return ring
}

/** A candidate in one family. */
interface Seat {
  readonly weight: number
  readonly octets: Uint8Array
  readonly cell: number
}

function seatsOf({ candidates }: Lineup, family: 'v4' | 'v6'): Seat[] {
  return candidates.flatMap(({ weight, [family]: offer }) =>
    offer?.kind === 'address'
      ? [{ weight, octets: offer.octets, cell: offer.cell ?? NO_CELL }]
      : [],
  )
}

/** Where the parts of a ring stand: layers in words from its start, records in octets. */
interface Shape {
  readonly size: number
  readonly layerAt: readonly number[]
  readonly recordsAt: readonly number[]
  readonly recordSize: number
}

function shapeOf({ layers, layerOf }: Schedule, byDice: boolean, recordSize: number): Shape {
  let word = RING.TURNS + layerOf.length * TURN_WORDS
  const layerAt = layers.map((layer) => {
    const at = word
    if (byDice) word += LAYER.MEMBERS + layer.length
    return at
  })
  let octet = word * 4
  const recordsAt = layers.map((layer) => {
    const at = octet
    octet += layer.length * 2 * recordSize
    return at
  })
  return { size: Math.ceil(octet / 4), layerAt, recordsAt, recordSize }
}

/** Room for a ring, all zeroes but for its size. */
function allocate(heap: RingHeap, size: number): number {
  const ring = heap.length
  heap.length += size
  if (heap.length > heap.words.length) {
    const grown = new Uint32Array(Math.max(heap.length, heap.words.length * 2))
    grown.set(heap.words)
    heap.words = grown
    heap.octets = new Uint8Array(grown.buffer)
  }
  heap.words.fill(0, ring, heap.length)
  heap.words[ring + RING.SIZE] = size
  return ring
}

function writeTurns(
  { words }: RingHeap,
  ring: number,
  { recordsAt, recordSize }: Shape,
  { layers, layerOf, startOf, answers }: Schedule,
  seats: readonly Seat[],
): void {
  layerOf.forEach((number, turn) => {
    const layer = layers[number]
    const at = ring + RING.TURNS + turn * TURN_WORDS
    words[at] = ring * 4 + recordsAt[number] + startOf[turn] * recordSize
    words[at + 1] = Math.min(answers, layer.length) | (seats[layer[startOf[turn]]].cell << 16)
  })
}

function writeDiceTurns(
  { words }: RingHeap,
  ring: number,
  { layerAt, recordsAt }: Shape,
  { layers, layerOf, answers }: Schedule,
  seats: readonly Seat[],
): void {
  layerOf.forEach((number, turn) => {
    const at = ring + RING.TURNS + turn * TURN_WORDS
    words[at] = ring + layerAt[number]
    words[at + 1] = Math.min(answers, layers[number].length)
  })
  layers.forEach((layer, number) => {
    const at = ring + layerAt[number]
    words[at + LAYER.RECORDS] = ring * 4 + recordsAt[number]
    words[at + LAYER.SIZE] = layer.length
    layer.forEach((member, place) => {
      words[at + LAYER.MEMBERS + place] = place | (seats[member].cell << 16)
    })
  })
}

function writeRecords(
  { octets }: RingHeap,
  ring: number,
  { recordsAt, recordSize }: Shape,
  { layers }: Schedule,
  seats: readonly Seat[],
  ttl: number,
): void {
  layers.forEach((layer, number) => {
    for (let place = 0; place < layer.length * 2; place++) {
      const seat = seats[layer[place % layer.length]]
      writeRecord(octets, ring * 4 + recordsAt[number] + place * recordSize, seat.octets, ttl)
    }
  })
}

/** One A or AAAA record whose owner is the question's name, by pointer. */
function writeRecord(out: Uint8Array, at: number, address: Uint8Array, ttl: number): void {
  const view = new DataView(out.buffer)
  view.setUint16(at, 0xc00c)
  view.setUint16(at + 2, address.length === 4 ? TYPE.A : TYPE.AAAA)
  view.setUint16(at + 4, CLASS.IN)
  view.setUint32(at + 6, ttl)
  view.setUint16(at + 10, address.length)
  out.set(address, at + 12)
}
