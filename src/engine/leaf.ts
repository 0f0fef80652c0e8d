/**
 * Leaves of a ring that hold a schedule: the records of one lineup in one family, encoded, and the
 * turns of a cycle as offsets into them. Each layer's records stand twice in a row, so a turn that
 * goes around the end is still one stretch of octets, copied at once; and so do their cells.
 */

import { assert } from '../base/assert.ts'

import { inLayers, type Schedule, smoothly } from '../balance/schedule.ts'

import { allocate, type RingHeap } from './heap.ts'
import { COUNT_BITS, KIND, LAYER, NODE, TURN_WORDS } from './node.ts'
import { RECORD_HEADER, writeAddress } from './records.ts'
import type { Crowd } from './ring.ts'
import { addSharers, firstsOf } from './sharers.ts'

/** Builds a leaf that is drawn in order, or by dice, and returns where it is. */
export function addLeaf(
  heap: RingHeap,
  { seats, weights, present }: Crowd,
  byDice: boolean,
  answers: number,
  ttl: number,
): number {
  const firsts = firstsOf(seats)
  const schedule =
    answers === 1 && !byDice
      ? smoothly(weights, present)
      : inLayers(weights, answers, present, firsts)
  const cells = firsts.map((first) => seats[first].cell)
  const recordSize = RECORD_HEADER + seats[0].octets.length
  const shape = shapeOf(schedule, byDice, recordSize)
  assert(shape.recordsAt[0] / 4 < 2 ** (32 - COUNT_BITS), 'a turn can say where its cells are')
  const leaf = allocate(heap, shape.size)
  addSharers(heap, leaf, seats, firsts)
  const { words } = heap
  words[leaf + NODE.KIND] = byDice ? KIND.DICE : KIND.TURNS
  words[leaf + NODE.CYCLE] = schedule.layerOf.length
  words[leaf + NODE.RECORD_SIZE] = recordSize
  words[leaf + NODE.TTL] = ttl
  const encoded = new Uint8Array(seats.length * recordSize)
  seats.forEach(({ octets }, seat) => {
    writeAddress(encoded, seat * recordSize, octets, ttl)
  })
  schedule.layers.forEach((layer, number) => {
    let at = leaf * 4 + shape.recordsAt[number]
    for (let place = 0; place < layer.length; place++) {
      const from = layer[place] * recordSize
      for (let octet = 0; octet < recordSize; octet++) heap.octets[at++] = encoded[from + octet]
    }
    heap.octets.copyWithin(at, at - layer.length * recordSize, at)
  })
  if (byDice) writeDiceTurns(words, leaf, shape, schedule, cells)
  else writeTurns(words, leaf, shape, schedule, cells)
  return leaf
}

/** Where the parts stand: layers, or their cells, in words from the start, records in octets. */
interface Shape {
  readonly size: number
  readonly layerAt: readonly number[]
  readonly recordsAt: readonly number[]
  readonly recordSize: number
}

function shapeOf({ layers, layerOf }: Schedule, byDice: boolean, recordSize: number): Shape {
  let word = NODE.BODY + layerOf.length * TURN_WORDS
  const layerAt = layers.map((layer) => {
    const at = word
    word += byDice ? LAYER.MEMBERS + layer.length : layer.length * 2
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

function writeTurns(
  words: Uint32Array,
  leaf: number,
  { layerAt, recordsAt, recordSize }: Shape,
  { layers, layerOf, startOf, answers }: Schedule,
  cells: readonly number[],
): void {
  const counts = layers.map((layer) => Math.min(answers, layer.length))
  for (let turn = 0; turn < layerOf.length; turn++) {
    const number = layerOf[turn]
    const at = leaf + NODE.BODY + turn * TURN_WORDS
    words[at] = leaf * 4 + recordsAt[number] + startOf[turn] * recordSize
    words[at + 1] = counts[number] | ((layerAt[number] + startOf[turn]) << COUNT_BITS)
  }
  layers.forEach((layer, number) => {
    const at = leaf + layerAt[number]
    for (let place = 0; place < layer.length; place++) words[at + place] = cells[layer[place]] << 16
    words.copyWithin(at + layer.length, at, at + layer.length)
  })
}

function writeDiceTurns(
  words: Uint32Array,
  leaf: number,
  { layerAt, recordsAt }: Shape,
  { layers, layerOf, answers }: Schedule,
  cells: readonly number[],
): void {
  for (let turn = 0; turn < layerOf.length; turn++) {
    const number = layerOf[turn]
    const at = leaf + NODE.BODY + turn * TURN_WORDS
    words[at] = leaf + layerAt[number]
    words[at + 1] = Math.min(answers, layers[number].length)
  }
  layers.forEach((layer, number) => {
    const at = leaf + layerAt[number]
    words[at + LAYER.RECORDS] = leaf * 4 + recordsAt[number]
    words[at + LAYER.SIZE] = layer.length
    layer.forEach((seat, place) => {
      words[at + LAYER.MEMBERS + place] = place | (cells[seat] << 16)
    })
  })
}
