/**
 * A ring is a roster made ready for the wire, for one binding in one family: a tree of nodes in the
 * heap (`node.ts`). A lineup of addresses is one leaf. Where somebody offers an alias or another
 * pool, the lineup is a fork: a node for each candidate, and turns that each lead to one of them.
 */

import { mix } from '../base/mix.ts'

import { type Draw, policyNamed } from '../balance/policy.ts'
import { STICKINESS } from '../balance/policies/sticky.ts'
import { hashOfName } from '../balance/rendezvous.ts'
import { LINEUP_DEPTH_MAX, type Lineup, type Offer } from '../balance/roster.ts'
import { smoothly } from '../balance/schedule.ts'

import { TYPE } from '../wire/registry.ts'

import { allocate, NO_RING, type RingHeap } from './heap.ts'
import { addLeaf } from './leaf.ts'
import { ALIAS, KIND, NODE, PLACE, PLACES_A_PAGE } from './node.ts'
import { RECORD_HEADER, writeRecord } from './records.ts'
import { addClientNode } from './sticky.ts'
import { NO_CELL } from './tally.ts'
import type { Nearness } from './world.ts'

/** Those of a lineup who may be drawn in one family. */
export interface Crowd {
  readonly seats: readonly Seat[]
  /** Of all who are in either family, and the places of the seats among them (`leads.ts`). */
  readonly weights: readonly number[]
  readonly present: readonly number[]
  /** Whether each seat is a node of its own. */
  readonly isFork: boolean
}

/** A candidate in one family. */
export interface Seat {
  readonly name: string
  readonly index: number
  readonly weight: number
  /** Its address; of no meaning in a fork. */
  readonly octets: Uint8Array
  readonly cell: number
  /** In a fork, the node that its turns come from. */
  readonly node: number
}

/** What a node by place is grown from when somebody asks from a place for the first time. */
export interface Places {
  readonly crowd: Crowd
  readonly answers: number
  readonly ttl: number
  readonly seed: number
  /** The nodes there are, by who takes part in them. */
  readonly nodes: Map<string, number>
}

/** All that the nodes of one ring have in common. */
interface Frame {
  readonly heap: RingHeap
  readonly family: Family
  readonly answers: number
  /** In seconds. */
  readonly ttl: number
  readonly nearness: readonly Nearness[]
  readonly places: Places[]
}

type Family = 'v4' | 'v6'

/** Builds the ring of those who take part in a family and returns where it is. `ttl` in seconds. */
export function addRing(
  heap: RingHeap,
  lineup: Lineup,
  family: Family,
  answers: number,
  ttl: number,
  nearness: readonly Nearness[],
): number {
  const start = heap.length
  const places: Places[] = []
  const ring = addLineup({ heap, family, answers, ttl, nearness, places }, lineup, 0)
  heap.words[ring + NODE.SIZE] = heap.length - start
  if (places.length > 0) heap.places.set(ring, places)
  return ring
}

/**
 * A lineup's seed is its way from the outermost, by name: the same in both families, and in
 * whatever order members are written.
 */
function addLineup(frame: Frame, lineup: Lineup, seed: number): number {
  const { heap, answers, ttl, nearness } = frame
  const crowd = crowdOf(frame, lineup, seed)
  if (crowd.seats.length === 0) return allocate(heap, NODE.BODY)
  const { draw } = policyNamed(lineup.policy)
  const near = nearness[lineup.nearness ?? -1]
  if (draw === 'by-place' && near) return addPlaces(frame, crowd, seed, near, lineup.nearness!)
  if (draw === 'by-client') {
    return addClientNode(heap, crowd, lineup.sticky ?? STICKINESS, answers, ttl, seed)
  }
  return addScheduled(heap, crowd, draw, answers, ttl, seed)
}

/** A node that follows a schedule, in order or by dice. */
export function addScheduled(
  heap: RingHeap,
  crowd: Crowd,
  draw: Draw,
  answers: number,
  ttl: number,
  seed: number,
): number {
  const byDice = draw === 'by-dice'
  const node = crowd.isFork
    ? addFork(heap, crowd, byDice)
    : addLeaf(heap, crowd, byDice, answers, ttl)
  heap.words[node + NODE.SEED] = seed
  return node
}

function addFork(heap: RingHeap, { seats, weights, present }: Crowd, byDice: boolean): number {
  const { startOf } = smoothly(weights, present)
  const fork = allocate(heap, NODE.BODY + startOf.length)
  const { words } = heap
  words[fork + NODE.KIND] = byDice ? KIND.DICE_FORK : KIND.FORK
  words[fork + NODE.CYCLE] = startOf.length
  startOf.forEach((seat, turn) => {
    words[fork + NODE.BODY + turn] = seats[seat].node
  })
  return fork
}

function addPlaces(
  { heap, answers, ttl, places }: Frame,
  crowd: Crowd,
  seed: number,
  near: Nearness,
  number: number,
): number {
  const everybody = addScheduled(heap, crowd, 'in-order', answers, ttl, seed)
  const node = allocate(heap, PLACE.PAGES + Math.ceil(near.places / PLACES_A_PAGE))
  const { words } = heap
  words[node + NODE.KIND] = KIND.PLACE
  words[node + NODE.CYCLE] = 1
  words[node + PLACE.NEARNESS] = number
  words[node + PLACE.PLACES] = places.length
  words[node + PLACE.EVERYBODY] = everybody
  places.push({ crowd, answers, ttl, seed, nodes: new Map() })
  return node
}

function crowdOf(frame: Frame, { candidates }: Lineup, seed: number): Crowd {
  const { family } = frame
  const other = family === 'v4' ? 'v6' : 'v4'
  const either = candidates.filter(
    (candidate) => isDrawn(candidate[family], family) || isDrawn(candidate[other], other),
  )
  const present = [...either.keys()].filter((place) => isDrawn(either[place][family], family))
  const isFork = present.some((place) => either[place][family]!.kind !== 'address')
  const seats = present.map((place): Seat => {
    const { name, index, weight, [family]: offer } = either[place]
    const node = isFork ? addOffer(frame, offer!, mix(seed ^ hashOfName(name))) : NO_RING
    const octets = offer?.kind === 'address' ? offer.octets : NO_OCTETS
    return { name, index, weight, octets, cell: cellOf(offer!), node }
  })
  return { seats, weights: either.map(({ weight }) => weight), present, isFork }
}

const NO_OCTETS = new Uint8Array(0)

/** Whether an offer comes to a turn: a pool of which nobody may be answered does not. */
function isDrawn(offer: Offer | undefined, family: Family, depth = 1): boolean {
  if (offer?.kind !== 'pool') return offer !== undefined
  if (depth === LINEUP_DEPTH_MAX) return false
  return offer.lineup.candidates.some((candidate) => isDrawn(candidate[family], family, depth + 1))
}

function cellOf(offer: Offer): number {
  return offer.kind === 'pool' ? NO_CELL : (offer.cell ?? NO_CELL)
}

/** The node of one candidate of a fork. */
function addOffer(frame: Frame, offer: Offer, seed: number): number {
  const { heap, ttl } = frame
  if (offer.kind === 'pool') return addLineup(frame, offer.lineup, seed)
  if (offer.kind === 'alias') return addAlias(heap, offer.target, cellOf(offer), ttl)
  const { octets } = offer
  const seat = { name: '', index: 0, weight: 1, octets, cell: cellOf(offer), node: NO_RING }
  const crowd = { seats: [seat], weights: [1], present: [0], isFork: false }
  return addScheduled(heap, crowd, 'in-order', 1, ttl, seed)
}

function addAlias(heap: RingHeap, target: Uint8Array, cell: number, ttl: number): number {
  const node = allocate(heap, ALIAS.RECORD + Math.ceil((RECORD_HEADER + target.length) / 4))
  heap.words[node + NODE.KIND] = KIND.ALIAS
  heap.words[node + NODE.CYCLE] = 1
  heap.words[node + NODE.TTL] = ttl
  heap.words[node + ALIAS.CELL] = cell << 16
  writeRecord(heap.octets, (node + ALIAS.RECORD) * 4, TYPE.CNAME, target, ttl)
  return node
}
