/** Draws a turn from a ring and writes it as the records of an answer. */

import { roll } from '../base/random.ts'

import { putName, putOctets, rewind, type Writer } from '../wire/writer.ts'

import { stepCursor } from './cursors.ts'
import { type Engine, ringOf } from './engine.ts'
import { LAYER, RING, type RingHeap, TURN_WORDS } from './ring.ts'

/** The pointer that starts an encoded record: its owner is the question's name. */
const OWNER_POINTER_SIZE = 2

/** Whether a binding has anybody to answer in a family. */
export function hasTurns(engine: Engine, binding: number, isV6Record: boolean): boolean {
  const ring = ringOf(engine, binding, isV6Record)
  return engine.heap.words[ring + RING.CYCLE] > 0
}

/**
 * Writes a turn and returns how many records it has; 0 where nobody may be answered, -1 where not
 * even one fits. Fewer records than drawn are written where that is what fits: a shorter stretch of
 * the same turn keeps the shares exact, and a client is better served by it than by TC.
 */
export function putTurn(
  engine: Engine,
  binding: number,
  isV6Record: boolean,
  owner: Uint8Array | null,
): number {
  const ring = ringOf(engine, binding, isV6Record)
  const { heap } = engine
  const { words } = heap
  const cycle = words[ring + RING.CYCLE]
  if (cycle === 0) return 0
  if (words[ring + RING.BY_DICE] === 1) return putByDice(engine, ring, cycle, owner)
  const { writer, clientHash } = engine.scratch
  const turn = stepCursor(engine.cursors, binding, isV6Record, clientHash, cycle)
  const at = ring + RING.TURNS + turn * TURN_WORDS
  const from = words[at]
  const drawn = words[at + 1] & 0xffff
  const recordSize = words[ring + RING.RECORD_SIZE]
  let count = -1
  if (owner !== null) count = putOwned(writer, heap, from, recordSize, drawn, owner)
  else {
    const room = ((writer.limit - writer.at) / recordSize) | 0
    if (room > 0) {
      count = Math.min(drawn, room)
      putOctets(writer, heap.octets, from, count * recordSize)
    }
  }
  if (count > 0) engine.tally[words[at + 1] >>> 16]++
  return count
}

/** The records of a turn whose owner is not the question's name but the end of a chain. */
function putOwned(
  writer: Writer,
  { octets }: RingHeap,
  from: number,
  recordSize: number,
  count: number,
  owner: Uint8Array,
): number {
  const bodySize = recordSize - OWNER_POINTER_SIZE
  for (let done = 0; done < count; done++) {
    const start = writer.at
    if (!putName(writer, owner, 0) || writer.at + bodySize > writer.limit) {
      rewind(writer, start)
      return done === 0 ? -1 : done
    }
    putOctets(writer, octets, from + done * recordSize + OWNER_POINTER_SIZE, bodySize)
  }
  return count
}

/** Rolls the turn's layer, then shuffles as much of the layer as the turn takes (Fisher–Yates). */
function putByDice(engine: Engine, ring: number, cycle: number, owner: Uint8Array | null): number {
  const { heap, dice } = engine
  const { writer } = engine.scratch
  const { words } = heap
  const recordSize = words[ring + RING.RECORD_SIZE]
  const turn = ring + RING.TURNS + roll(dice, cycle) * TURN_WORDS
  const layer = words[turn]
  const count = words[turn + 1]
  const size = words[layer + LAYER.SIZE]
  for (let done = 0; done < count; done++) {
    const place = layer + LAYER.MEMBERS + done
    const other = place + roll(dice, size - done)
    const drawn = words[other]
    words[other] = words[place]
    words[place] = drawn
    const record = words[layer + LAYER.RECORDS] + (drawn & 0xffff) * recordSize
    if (putOne(writer, heap, record, recordSize, owner) < 0) return done === 0 ? -1 : done
    if (done === 0) engine.tally[drawn >>> 16]++
  }
  return count
}

function putOne(
  writer: Writer,
  heap: RingHeap,
  record: number,
  recordSize: number,
  owner: Uint8Array | null,
): number {
  if (owner !== null) return putOwned(writer, heap, record, recordSize, 1, owner)
  if (writer.at + recordSize > writer.limit) return -1
  putOctets(writer, heap.octets, record, recordSize)
  return 1
}
