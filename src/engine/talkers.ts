/**
 * Who asks the most: a sketch of the resolvers behind the turns, one row of shared cells for each
 * thread. A resolver that asks for half of all turns skews what weights promise, and an operator
 * wants its address.
 *
 * One turn in sixteen is noted. A resolver's hash picks one of 512 slots, and of those who fall on
 * a slot a majority vote keeps the one that asks the most (Boyer and Moore 1981): whoever has more
 * than half of its slot's turns is there, with a count that is at most what it really has.
 */

import type { Client } from './world.ts'

export type Talkers = Int32Array

export interface Talker {
  /** 4 octets of IPv4 or 16 of IPv6. */
  readonly address: Uint8Array
  /** Of all balanced turns of late, at least; 1 is all. */
  readonly share: number
}

const SLOTS = 512
const SAMPLE_MASK = 15

/** Cells of a row: turns since its start, samples of late, then the slots. */
const ROW = { TURNS: 0, SAMPLES: 1, SLOTS: 2 } as const

/** Cells of a slot: how far its holder is ahead, its family, its address as it was received. */
const SLOT = { LEAD: 0, IS_V6: 1, ADDRESS: 2 } as const
const SLOT_CELLS = 6

/** All counts are halved at so many samples: what counts is who asks now. */
const SAMPLES_MAX = 16_384

/** A slot's lead below this is noise; so is what a row of fewer samples in all says. */
const LEAD_MIN = 4

export function createTalkers(): Talkers {
  return new Int32Array(new SharedArrayBuffer((ROW.SLOTS + SLOTS * SLOT_CELLS) * 4))
}

/** Notes a turn in this thread's row, or, fifteen times of sixteen, only that there was one. */
export function noteTurn(talkers: Talkers, client: Client, clientHash: number): void {
  const turns = (talkers[ROW.TURNS] + 1) | 0
  talkers[ROW.TURNS] = turns
  if ((turns & SAMPLE_MASK) === 0) vote(talkers, client, clientHash)
}

function vote(talkers: Talkers, client: Client, clientHash: number): void {
  const at = ROW.SLOTS + (clientHash & (SLOTS - 1)) * SLOT_CELLS
  if (isHolder(talkers, at, client)) talkers[at + SLOT.LEAD]++
  else if (talkers[at + SLOT.LEAD] > 0) talkers[at + SLOT.LEAD]--
  else take(talkers, at, client)
  if (++talkers[ROW.SAMPLES] === SAMPLES_MAX) halve(talkers)
}

function isHolder(talkers: Talkers, at: number, { address, isV6 }: Client): boolean {
  if (talkers[at + SLOT.IS_V6] !== (isV6 ? 1 : 0)) return false
  for (let word = 0; word < (isV6 ? 4 : 1); word++) {
    if (talkers[at + SLOT.ADDRESS + word] !== wordOf(address, word)) return false
  }
  return true
}

/** A lead of 0 while the address changes: whoever reads meanwhile passes the slot over. */
function take(talkers: Talkers, at: number, { address, isV6 }: Client): void {
  talkers[at + SLOT.IS_V6] = isV6 ? 1 : 0
  for (let word = 0; word < 4; word++) {
    talkers[at + SLOT.ADDRESS + word] = isV6 || word === 0 ? wordOf(address, word) : 0
  }
  Atomics.store(talkers, at + SLOT.LEAD, 1)
}

function wordOf(address: Uint8Array, word: number): number {
  const at = word * 4
  return (address[at] << 24) | (address[at + 1] << 16) | (address[at + 2] << 8) | address[at + 3]
}

function halve(talkers: Talkers): void {
  talkers[ROW.SAMPLES] >>>= 1
  for (let slot = 0; slot < SLOTS; slot++) {
    talkers[ROW.SLOTS + slot * SLOT_CELLS + SLOT.LEAD] >>>= 1
  }
}

/** The resolvers that ask the most, loudest first, from the rows of all threads. */
export function loudest(rows: Iterable<Talkers>, most = 10): Talker[] {
  const leads = new Map<string, { readonly address: Uint8Array; lead: number }>()
  let samples = 0
  for (const row of rows) {
    samples += row[ROW.SAMPLES]
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = ROW.SLOTS + slot * SLOT_CELLS
      const lead = Atomics.load(row, at + SLOT.LEAD)
      if (lead < LEAD_MIN) continue
      const address = addressAt(row, at)
      const key = address.join('.')
      const known = leads.get(key) ?? { address, lead: 0 }
      known.lead += lead
      leads.set(key, known)
    }
  }
  return [...leads.values()]
    .sort((a, b) => b.lead - a.lead)
    .slice(0, most)
    .map(({ address, lead }) => ({ address, share: Math.min(1, lead / samples) }))
}

function addressAt(row: Talkers, at: number): Uint8Array {
  const address = new Uint8Array(row[at + SLOT.IS_V6] === 1 ? 16 : 4)
  const view = new DataView(address.buffer)
  for (let word = 0; word * 4 < address.length; word++) {
    view.setInt32(word * 4, row[at + SLOT.ADDRESS + word])
  }
  return address
}
