/**
 * A ring is a roster made ready for the wire: the records of one binding in one family, encoded,
 * and the turns of a cycle as offsets into them. Each layer's records stand twice in a row, so a
 * turn that goes around the end is still one stretch of octets, copied at once.
 */

import type { PolicyName } from '../balance/policy.ts'
import { policyNamed } from '../balance/policy.ts'
import type { Candidate } from '../balance/roster.ts'
import type { Schedule } from '../balance/schedule.ts'

import { CLASS, TYPE } from '../wire/registry.ts'

import { NO_CELL } from './tally.ts'

export interface Ring {
  readonly records: Uint8Array
  readonly recordSize: number
  /** How many turns a cycle has; 0 where nobody may be answered. */
  readonly cycle: number
  /** For each turn: where its first record stands, and how many records it has. */
  readonly turnAt: Uint32Array
  readonly turnCount: Uint16Array
  /** For each turn: the tally's cell of the member that leads it. */
  readonly turnCell: Uint16Array
  /** For turns by dice: each turn's layer, and each layer's first record and size. */
  readonly dice: DiceRing | null
}

export interface DiceRing {
  readonly layerOf: Uint16Array
  readonly layerAt: Uint32Array
  readonly layerSize: Uint16Array
  /** Each layer's records in the order of the last shuffle: all of a ring that changes. */
  readonly order: Uint16Array
  readonly orderAt: Uint32Array
  /** The tally's cell of each place; layers one after the other, as in `order`. */
  readonly cells: Uint16Array
}

const EMPTY: Ring = {
  records: new Uint8Array(0),
  recordSize: 0,
  cycle: 0,
  turnAt: new Uint32Array(0),
  turnCount: new Uint16Array(0),
  turnCell: new Uint16Array(0),
  dice: null,
}

/** Builds the ring of the candidates that take part. `ttl` in seconds. */
export function createRing(
  policy: PolicyName,
  candidates: readonly Candidate[],
  answers: number,
  ttl: number,
): Ring {
  if (candidates.length === 0) return EMPTY
  const weights = candidates.map(({ weight }) => weight)
  const schedule = policyNamed(policy).schedule(weights, answers)
  const recordSize = 12 + candidates[0].address.length
  const layerAt = layerOffsets(schedule, recordSize)
  const records = new Uint8Array(layerAt[schedule.layers.length])
  schedule.layers.forEach((layer, index) => {
    for (let place = 0; place < layer.length * 2; place++) {
      const candidate = candidates[layer[place % layer.length]]
      writeRecord(records, layerAt[index] + place * recordSize, candidate.address, ttl)
    }
  })
  const { layers, layerOf, startOf } = schedule
  const cells = candidates.map(({ cell }) => cell ?? NO_CELL)
  return {
    records,
    recordSize,
    cycle: layerOf.length,
    turnAt: Uint32Array.from(layerOf, (layer, turn) => layerAt[layer] + startOf[turn] * recordSize),
    turnCount: Uint16Array.from(layerOf, (layer) =>
      Math.min(schedule.answers, layers[layer].length),
    ),
    turnCell: Uint16Array.from(layerOf, (layer, turn) => cells[layers[layer][startOf[turn]]]),
    dice: schedule.draw === 'by-dice' ? createDiceRing(schedule, layerAt, cells) : null,
  }
}

function createDiceRing(
  { layers, layerOf }: Schedule,
  layerAt: Uint32Array,
  cells: readonly number[],
): DiceRing {
  const orderAt = new Uint32Array(layers.length)
  for (let i = 1; i < layers.length; i++) orderAt[i] = orderAt[i - 1] + layers[i - 1].length
  return {
    layerOf,
    layerAt,
    layerSize: Uint16Array.from(layers, (layer) => layer.length),
    order: Uint16Array.from(layers.flatMap((layer) => layer.map((_, place) => place))),
    orderAt,
    cells: Uint16Array.from(layers.flatMap((layer) => layer.map((member) => cells[member]))),
  }
}

/** Where each layer starts among the records, and last where they end. */
function layerOffsets({ layers }: Schedule, recordSize: number): Uint32Array {
  const offsets = new Uint32Array(layers.length + 1)
  layers.forEach((layer, index) => {
    offsets[index + 1] = offsets[index] + layer.length * 2 * recordSize
  })
  return offsets
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
