/**
 * Nodes that know a client again: rendezvous (`balance/rendezvous.ts`), made O(1). A client's
 * prefix falls into one of 4096 slots, and a slot's ranking is worked out when it is first asked
 * for and kept: the member that leads there, then those who follow. A ranking depends on nothing
 * but the slot and who takes part, so every thread comes to the same, in both families.
 *
 * A bound on the load keeps a big resolver, or a proxy that many stand behind, from filling one
 * member: a turn goes to the first of the ranking that has not had more than its bound of the turns
 * of late (consistent hashing with bounded loads, Mirrokni, Thorup and Zadimoghaddam 2016). Each
 * thread counts for itself: where every part of the turns keeps to the bound, so does their sum.
 */

import { mix } from '../base/mix.ts'

import { hashOfName, scoreOf } from '../balance/rendezvous.ts'
import type { Stickiness } from '../balance/roster.ts'
import { CANDIDATES_MAX, sumOf } from '../balance/weights.ts'

import { type Identity, identify, noteScope } from './client.ts'
import type { Engine } from './engine.ts'
import { allocate, growRing, type RingHeap } from './heap.ts'
import { CLIENT, KIND, MEMBER, MEMBER_WORDS, NODE } from './node.ts'
import { RECORD_HEADER, writeAddress } from './records.ts'
import type { Crowd } from './ring.ts'
import { addSharers, firstsOf } from './sharers.ts'

/**
 * As many kinds of clients as are told apart; one of five members has 819 of them, give or take 26.
 */
const SLOTS = 4096
const SLOTS_A_PAGE = 64
const PAGES = SLOTS / SLOTS_A_PAGE
const MEMBERS = CLIENT.PAGES + PAGES

/** A page starts with a bit for each slot whose ranking has been worked out. */
const RANKED_WORDS = SLOTS_A_PAGE / 32

/** Members kept of a ranking; whoever overflows past them goes where there is most room. */
const RANKS = 8

/** Leads are halved at so many: what counts is who had them lately, and no clock is needed. */
const LEADS_MAX = 16_384

const WHOLE = 2 ** 32

/** Room for the scores of a ranking while it is worked out. */
export function createScores(): Float64Array {
  return new Float64Array(CANDIDATES_MAX)
}

/** Builds a node by client, a leaf of records or a fork. `ttl` in seconds. */
export function addClientNode(
  heap: RingHeap,
  { seats, isFork }: Crowd,
  { v4Prefix, v6Prefix, loadBound }: Stickiness,
  answers: number,
  ttl: number,
  seed: number,
): number {
  const recordSize = RECORD_HEADER + seats[0].octets.length
  const recordsAt = MEMBERS + seats.length * MEMBER_WORDS
  const node = allocate(heap, recordsAt + Math.ceil((seats.length * recordSize) / 4))
  const firsts = isFork ? [...seats.keys()] : firstsOf(seats)
  const records = new Set(firsts).size
  addSharers(heap, node, seats, firsts)
  const { words } = heap
  words[node + NODE.KIND] = isFork ? KIND.CLIENT_FORK : KIND.CLIENT
  words[node + NODE.CYCLE] = seats.length
  words[node + NODE.RECORD_SIZE] = recordSize
  words[node + NODE.SEED] = seed
  words[node + NODE.TTL] = ttl
  words[node + CLIENT.ANSWERS] = Math.min(isFork ? 1 : answers, records)
  words[node + CLIENT.V4_PREFIX] = v4Prefix
  words[node + CLIENT.V6_PREFIX] = v6Prefix
  words[node + CLIENT.IS_BOUNDED] = loadBound === undefined ? 0 : 1
  const ranks = records < seats.length ? seats.length : Math.max(RANKS, answers)
  words[node + CLIENT.RANKS] = Math.min(seats.length, ranks)
  const total = sumOf(seats.map(({ weight }) => weight))
  seats.forEach(({ name, weight, octets, node: child }, seat) => {
    const at = node + MEMBERS + seat * MEMBER_WORDS
    const record = (node + recordsAt) * 4 + firsts[seat] * recordSize
    words[at + MEMBER.NAME_HASH] = hashOfName(name)
    words[at + MEMBER.WEIGHT] = weight
    words[at + MEMBER.ENTRY] = isFork ? child : record
    words[at + MEMBER.CELL] = seats[firsts[seat]].cell << 16
    const bound = ((loadBound ?? 1) * weight) / total
    words[at + MEMBER.BOUND] = Math.min(WHOLE - 1, Math.floor(bound * WHOLE))
    if (!isFork) writeAddress(heap.octets, record, octets, ttl)
  })
  return node
}

/**
 * Where in the heap's octets the ranking of the query's client is: places of members, best first,
 * `CLIENT.RANKS` of them. `ring` is the one that the node is part of.
 */
export function rankingOf(engine: Engine, ring: number, node: number): number {
  const { heap, scratch } = engine
  const identity = identify(scratch)
  const prefix = heap.words[node + (identity.isV6 ? CLIENT.V6_PREFIX : CLIENT.V4_PREFIX)]
  noteScope(scratch, prefix)
  const slot = slotOf(identity, prefix)
  const place = slot % SLOTS_A_PAGE
  const pageAt = node + CLIENT.PAGES + Math.floor(slot / SLOTS_A_PAGE)
  const ranks = heap.words[node + CLIENT.RANKS]
  if (heap.words[pageAt] === 0) {
    const page = growRing(heap, ring, RANKED_WORDS + (SLOTS_A_PAGE / 4) * ranks)
    heap.words[pageAt] = page
  }
  const page = heap.words[pageAt]
  const ranking = (page + RANKED_WORDS) * 4 + place * ranks
  const bit = 1 << (place & 31)
  if ((heap.words[page + (place >> 5)] & bit) === 0) {
    heap.words[page + (place >> 5)] |= bit
    rank(engine, node, slot, ranking, ranks)
  }
  return ranking
}

/** The slot of a client: a hash of its first `prefix` bits. */
function slotOf({ octets, isV6 }: Identity, prefix: number): number {
  let hash = isV6 ? 6 : 4
  for (let word = 0; word * 32 < prefix; word++) {
    const at = word * 4
    const bits =
      (octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]
    const spare = Math.max(0, word * 32 + 32 - prefix)
    hash = mix(hash ^ ((bits >>> spare) << spare))
  }
  return mix(hash) & (SLOTS - 1)
}

/**
 * Works out who is best for a slot, by inserting each member among the best so far. The seed keeps
 * a pool within a pool from choosing alike: whoever won there would else win here by its name.
 */
function rank(engine: Engine, node: number, slot: number, ranking: number, ranks: number): void {
  const { words, octets } = engine.heap
  const { scores } = engine.scratch
  const slotHash = mix(slot + 1) ^ words[node + NODE.SEED]
  const count = words[node + NODE.CYCLE]
  for (let member = 0; member < count; member++) {
    const at = node + MEMBERS + member * MEMBER_WORDS
    const score = scoreOf(slotHash, words[at + MEMBER.NAME_HASH], words[at + MEMBER.WEIGHT])
    let place = Math.min(member, ranks)
    while (place > 0 && scores[place - 1] > score) {
      if (place < ranks) {
        scores[place] = scores[place - 1]
        octets[ranking + place] = octets[ranking + place - 1]
      }
      place--
    }
    if (place === ranks) continue
    scores[place] = score
    octets[ranking + place] = member
  }
}

/** Who leads the turn of a client with this ranking; counts it where loads are bounded. */
export function leaderOf({ words, octets }: RingHeap, node: number, ranking: number): number {
  if (words[node + CLIENT.IS_BOUNDED] === 0) return octets[ranking]
  const ranks = words[node + CLIENT.RANKS]
  const leads = words[node + CLIENT.LEADS] + 1
  let leader = -1
  for (let place = 0; place < ranks && leader < 0; place++) {
    if (hasRoom(words, node, octets[ranking + place], leads)) leader = octets[ranking + place]
  }
  if (leader < 0) leader = emptiest(words, node)
  words[memberAt(node, leader) + MEMBER.LEADS]++
  words[node + CLIENT.LEADS] = leads
  if (leads === LEADS_MAX) halveLeads(words, node)
  return leader
}

/**
 * Whether a member may lead one of `leads` turns more; somebody always may, as bounds are above 1.
 */
function hasRoom(words: Uint32Array, node: number, member: number, leads: number): boolean {
  const at = memberAt(node, member)
  return words[at + MEMBER.LEADS] * WHOLE < words[at + MEMBER.BOUND] * leads
}

/** The member that is farthest below its bound. */
function emptiest(words: Uint32Array, node: number): number {
  const count = words[node + NODE.CYCLE]
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let member = 0; member < count; member++) {
    const at = memberAt(node, member)
    const filled = words[at + MEMBER.LEADS] / words[at + MEMBER.BOUND]
    if (filled >= least) continue
    best = member
    least = filled
  }
  return best
}

function halveLeads(words: Uint32Array, node: number): void {
  const count = words[node + NODE.CYCLE]
  let leads = 0
  for (let member = 0; member < count; member++) {
    const at = memberAt(node, member) + MEMBER.LEADS
    words[at] >>>= 1
    leads += words[at]
  }
  words[node + CLIENT.LEADS] = leads
}

/** Where a member of a node by client is. */
export function memberAt(node: number, member: number): number {
  return node + MEMBERS + member * MEMBER_WORDS
}
