/**
 * Nodes that ask where a client is: of those present, the nearest to its place take turns by
 * weight. Who they are is worked out when somebody first asks from a place, and kept; places to
 * which the same members are nearest share a node.
 */

import { findLeaf, leafDepth, leafValue } from '../base/prefix-map.ts'
import { mix } from '../base/mix.ts'

import { identify, noteScope } from './client.ts'
import type { Engine } from './engine.ts'
import { growRing } from './heap.ts'
import { NODE, PLACE, PLACES_A_PAGE } from './node.ts'
import { addScheduled, type Crowd, type Places } from './ring.ts'
import type { Nearness } from './world.ts'

/** As many different circles of nearest members as a node keeps; past them, everybody. */
const NODES_MAX = 1024

const FARTHEST = 255

/** The node that the query's client draws from. `ring` is the one that the node is part of. */
export function nodeOfPlace(engine: Engine, ring: number, node: number): number {
  const { heap, scratch, world } = engine
  const near = world.nearness![heap.words[node + PLACE.NEARNESS]]
  const { octets, isV6 } = identify(scratch)
  const leaf = findLeaf(near.map, octets, isV6)
  noteScope(scratch, leafDepth(leaf))
  const place = leafValue(leaf)
  if (place >= near.places) return heap.words[node + PLACE.EVERYBODY]
  const pageAt = node + PLACE.PAGES + Math.floor(place / PLACES_A_PAGE)
  if (heap.words[pageAt] === 0) {
    const page = growRing(heap, ring, PLACES_A_PAGE)
    heap.words[pageAt] = page
  }
  const at = heap.words[pageAt] + (place % PLACES_A_PAGE)
  if (heap.words[at] === 0) {
    const found = growPlace(engine, ring, node, near, place)
    heap.words[at] = found
  }
  return heap.words[at]
}

function growPlace(
  engine: Engine,
  ring: number,
  node: number,
  near: Nearness,
  place: number,
): number {
  const { heap } = engine
  const places = heap.places.get(ring)![heap.words[node + PLACE.PLACES]]
  const crowd = nearestOf(places.crowd, near, place)
  const everybody = heap.words[node + PLACE.EVERYBODY]
  if (crowd.seats.length === places.crowd.seats.length) return everybody
  const key = crowd.seats.map(({ index }) => index).join(' ')
  const known = places.nodes.get(key)
  if (known !== undefined) return known
  if (places.nodes.size === NODES_MAX) return everybody
  return growNode(engine, ring, places, crowd, key)
}

function growNode(
  { heap }: Engine,
  ring: number,
  { answers, ttl, seed, nodes }: Places,
  crowd: Crowd,
  key: string,
): number {
  const start = heap.length
  // The seed follows from who takes part, so that both families are in step where they agree; and
  // from the complement, as a lineup within this one has the plain seed mixed with its own name.
  const own = crowd.seats.reduce((hash, { index }) => mix(hash ^ (index + 1)), mix(~seed))
  const node = addScheduled(heap, crowd, 'in-order', answers, ttl, own)
  heap.words[ring + NODE.SIZE] += heap.length - start
  nodes.set(key, node)
  return node
}

/** Those of the least rank at a place. */
function nearestOf({ seats, isFork }: Crowd, { ranks, width }: Nearness, place: number): Crowd {
  // Whoever has joined since the world was made is as far as can be.
  const rankOf = (index: number) => (index < width ? ranks[place * width + index] : FARTHEST)
  const least = Math.min(...seats.map(({ index }) => rankOf(index)))
  const nearest = seats.filter(({ index }) => rankOf(index) === least)
  const weights = nearest.map(({ weight }) => weight)
  return { seats: nearest, weights, present: [...nearest.keys()], isFork }
}
