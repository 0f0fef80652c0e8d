/** Draws a turn from a ring and writes it as the records of an answer. */

import { roll } from '../base/random.ts'

import { putName, putOctets, rewind, type Writer } from '../wire/writer.ts'

import { stepCursor } from './cursors.ts'
import { type Engine, ringOf } from './engine.ts'
import type { DiceRing, Ring } from './ring.ts'

/** The pointer that starts an encoded record: its owner is the question's name. */
const OWNER_POINTER_SIZE = 2

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
  if (ring.cycle === 0) return 0
  const { writer, clientHash } = engine.scratch
  if (ring.dice !== null) return putByDice(engine, ring, ring.dice, owner)
  const turn = stepCursor(engine.cursors, binding, isV6Record, clientHash, ring.cycle)
  const from = ring.turnAt[turn]
  engine.tally[ring.turnCell[turn]]++
  if (owner !== null) return putOwned(writer, ring, from, ring.turnCount[turn], owner)

  const room = ((writer.limit - writer.at) / ring.recordSize) | 0
  const count = Math.min(ring.turnCount[turn], room)
  if (count <= 0) return -1
  putOctets(writer, ring.records, from, count * ring.recordSize)
  return count
}

/** The records of a turn whose owner is not the question's name but the end of a chain. */
function putOwned(
  writer: Writer,
  ring: Ring,
  from: number,
  count: number,
  owner: Uint8Array,
): number {
  const bodySize = ring.recordSize - OWNER_POINTER_SIZE
  for (let done = 0; done < count; done++) {
    const start = writer.at
    if (!putName(writer, owner, 0) || writer.at + bodySize > writer.limit) {
      rewind(writer, start)
      return done === 0 ? -1 : done
    }
    const record = from + done * ring.recordSize
    putOctets(writer, ring.records, record + OWNER_POINTER_SIZE, bodySize)
  }
  return count
}

/** Rolls the turn's layer, then shuffles as much of the layer as the turn takes (Fisher–Yates). */
function putByDice(
  engine: Engine,
  ring: Ring,
  { layerOf, layerAt, layerSize, order, orderAt, cells }: DiceRing,
  owner: Uint8Array | null,
): number {
  const { writer } = engine.scratch
  const turn = roll(engine.dice, ring.cycle)
  const layer = layerOf[turn]
  const size = layerSize[layer]
  const first = orderAt[layer]
  const count = ring.turnCount[turn]
  for (let done = 0; done < count; done++) {
    const place = first + done
    const other = place + roll(engine.dice, size - done)
    const drawn = order[other]
    order[other] = order[place]
    order[place] = drawn
    if (done === 0) engine.tally[cells[first + drawn]]++
    const record = layerAt[layer] + drawn * ring.recordSize
    if (owner !== null) {
      if (putOwned(writer, ring, record, 1, owner) < 0) return done === 0 ? -1 : done
      continue
    }
    if (writer.at + ring.recordSize > writer.limit) return done === 0 ? -1 : done
    putOctets(writer, ring.records, record, ring.recordSize)
  }
  return count
}
