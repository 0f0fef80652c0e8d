/** Draws a turn from a ring and writes it as the records of an answer. */

import { mix } from '../base/mix.ts'
import { roll } from '../base/random.ts'

import { putName, putOctets, rewind, type Writer } from '../wire/writer.ts'

import { stepCursor } from './cursors.ts'
import { type Engine, ringOf } from './engine.ts'
import type { RingHeap } from './heap.ts'
import { noteAnswered, noteSharers } from './ledger.ts'
import { ALIAS, CLIENT, COUNT_BITS, COUNT_MASK, KIND, LAYER } from './node.ts'
import { MEMBER, NODE, TURN_WORDS } from './node.ts'
import { nodeOfPlace } from './place.ts'
import { OWNER_POINTER_SIZE } from './records.ts'
import { countTurn } from './sharers.ts'
import { leaderOf, memberAt, rankingOf } from './sticky.ts'
import { noteTurn } from './talkers.ts'

/** What `putTurn` returns where an alias was drawn: `scratch.alias` says where its record is. */
export const DRAWN_ALIAS = -2

/**
 * Writes a turn and returns how many records it has; 0 where nobody may be answered, -1 where not
 * even one fits, or DRAWN_ALIAS. Fewer records than drawn are written where that is what fits: a
 * shorter stretch of the same turn keeps the shares exact, and a client is better served by it than
 * by TC.
 */
export function putTurn(
  engine: Engine,
  binding: number,
  isV6Record: boolean,
  owner: Uint8Array | null,
): number {
  noteTurn(engine.talkers, engine.scratch.client, engine.scratch.clientHash)
  const ring = ringOf(engine, binding, isV6Record)
  const { heap } = engine
  let leaf = ring
  if (heap.words[ring] !== KIND.TURNS) {
    leaf = leafOf(engine, ring, binding, isV6Record)
    if (heap.words[leaf] !== KIND.TURNS) return putOther(engine, ring, leaf, owner)
  }
  const { words } = heap
  const cycle = words[leaf + NODE.CYCLE]
  if (cycle === 0) return 0
  const { writer, clientHash } = engine.scratch
  const hash = clientHash ^ words[leaf + NODE.SEED]
  const turn = stepCursor(engine.cursors, binding, isV6Record, hash, cycle)
  const at = leaf + NODE.BODY + turn * TURN_WORDS
  const from = words[at]
  const drawn = words[at + 1] & COUNT_MASK
  const recordSize = words[leaf + NODE.RECORD_SIZE]
  let count = -1
  if (owner !== null) count = putOwned(writer, heap, from, recordSize, drawn, owner)
  else {
    const room = ((writer.limit - writer.at) / recordSize) | 0
    if (room > 0) {
      count = Math.min(drawn, room)
      putOctets(writer, heap.octets, from, count * recordSize)
    }
  }
  if (count > 0) {
    const cellsAt = leaf + (words[at + 1] >>> COUNT_BITS)
    countTurn(engine, leaf, words[cellsAt] >>> 16)
    noteAnswered(engine, cellsAt, count, words[leaf + NODE.TTL])
    if (words[leaf + NODE.SHARERS] !== 0) noteSharers(engine, leaf + words[leaf + NODE.SHARERS])
  }
  return count
}

/** A turn from a leaf that is not drawn in order. */
function putOther(engine: Engine, ring: number, leaf: number, owner: Uint8Array | null): number {
  const kind = engine.heap.words[leaf]
  if (kind === KIND.ALIAS) return takeAlias(engine, leaf)
  const count =
    kind === KIND.DICE ? putByDice(engine, leaf, owner) : putByClient(engine, ring, leaf, owner)
  const sharers = engine.heap.words[leaf + NODE.SHARERS]
  if (sharers !== 0 && count > 0) noteSharers(engine, leaf + sharers)
  return count
}

function takeAlias(engine: Engine, leaf: number): typeof DRAWN_ALIAS {
  const { words } = engine.heap
  engine.scratch.alias = (leaf + ALIAS.RECORD) * 4
  engine.tally[words[leaf + ALIAS.CELL] >>> 16]++
  noteAnswered(engine, leaf + ALIAS.CELL, 1, words[leaf + NODE.TTL])
  return DRAWN_ALIAS
}

/**
 * Draws a turn for a question of an alias alone and says whether it is one: of a pool that has
 * hosts as well, some turns are not. They have cursors of their own, since whoever asks so between
 * A and A would else meet every other member only.
 */
export function drawAlias(engine: Engine, binding: number): boolean {
  const { heap, scratch } = engine
  scratch.clientHash = mix(scratch.clientHash)
  const v4 = ringOf(engine, binding, false)
  const isV6Record = heap.words[v4 + NODE.CYCLE] === 0
  const ring = isV6Record ? ringOf(engine, binding, true) : v4
  if (heap.words[ring] === KIND.TURNS) return false
  const leaf = leafOf(engine, ring, binding, isV6Record)
  return heap.words[leaf] === KIND.ALIAS && takeAlias(engine, leaf) === DRAWN_ALIAS
}

/** Goes from a ring's root to the leaf that this turn comes from: one draw at each fork. */
function leafOf(engine: Engine, ring: number, binding: number, isV6Record: boolean): number {
  const { heap, scratch } = engine
  let node = ring
  for (;;) {
    // A node may have grown the heap into another array.
    const { words } = heap
    const cycle = words[node + NODE.CYCLE]
    switch (words[node]) {
      case KIND.FORK: {
        const hash = scratch.clientHash ^ words[node + NODE.SEED]
        const turn = stepCursor(engine.cursors, binding, isV6Record, hash, cycle)
        node = words[node + NODE.BODY + turn]
        break
      }
      case KIND.DICE_FORK:
        node = words[node + NODE.BODY + roll(engine.dice, cycle)]
        break
      case KIND.CLIENT_FORK: {
        const ranking = rankingOf(engine, ring, node)
        const leader = memberAt(node, leaderOf(heap, node, ranking))
        node = heap.words[leader + MEMBER.ENTRY]
        break
      }
      case KIND.PLACE:
        node = nodeOfPlace(engine, ring, node)
        break
      default:
        return node
    }
  }
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
function putByDice(engine: Engine, leaf: number, owner: Uint8Array | null): number {
  const { heap, dice } = engine
  const { writer } = engine.scratch
  const { words } = heap
  const recordSize = words[leaf + NODE.RECORD_SIZE]
  const turn = leaf + NODE.BODY + roll(dice, words[leaf + NODE.CYCLE]) * TURN_WORDS
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
    if (done === 0) countTurn(engine, leaf, drawn >>> 16)
    noteAnswered(engine, place, 1, words[leaf + NODE.TTL])
  }
  return count
}

/** The client's leader, then those who follow in its ranking. */
function putByClient(engine: Engine, ring: number, leaf: number, owner: Uint8Array | null): number {
  const { heap } = engine
  const { writer } = engine.scratch
  const ranking = rankingOf(engine, ring, leaf)
  const leader = leaderOf(heap, leaf, ranking)
  const { words, octets } = heap
  const recordSize = words[leaf + NODE.RECORD_SIZE]
  const first = memberAt(leaf, leader)
  if (putOne(writer, heap, words[first + MEMBER.ENTRY], recordSize, owner) < 0) return -1
  countTurn(engine, leaf, words[first + MEMBER.CELL] >>> 16)
  const ttl = words[leaf + NODE.TTL]
  noteAnswered(engine, first + MEMBER.CELL, 1, ttl)
  const answers = words[leaf + CLIENT.ANSWERS]
  const hasSharers = words[leaf + NODE.SHARERS] !== 0
  let count = 1
  for (let place = 0; count < answers; place++) {
    const member = octets[ranking + place]
    const at = memberAt(leaf, member)
    if (member === leader) continue
    if (hasSharers && isAnswered(heap, leaf, ranking, place, first)) continue
    if (putOne(writer, heap, words[at + MEMBER.ENTRY], recordSize, owner) < 0) break
    noteAnswered(engine, at + MEMBER.CELL, 1, ttl)
    count++
  }
  return count
}

/** Whether the record at a place of a ranking is there: the leader has it, or an earlier place. */
function isAnswered(
  { words, octets }: RingHeap,
  leaf: number,
  ranking: number,
  place: number,
  leader: number,
): boolean {
  const record = words[memberAt(leaf, octets[ranking + place]) + MEMBER.ENTRY]
  if (record === words[leader + MEMBER.ENTRY]) return true
  for (let before = 0; before < place; before++) {
    if (record === words[memberAt(leaf, octets[ranking + before]) + MEMBER.ENTRY]) return true
  }
  return false
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
