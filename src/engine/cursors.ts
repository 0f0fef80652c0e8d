/**
 * Rotation cursors: one number per slot of a fixed table, picked by a hash of binding, family and
 * resolver. Bounded, without a lookup, and shared by all workers, so that one resolver's queries
 * walk the wheel evenly whichever worker the kernel gives them to.
 *
 * Two resolvers that fall on one slot share a cursor: each then still gets exact shares of what
 * both ask together.
 */

import { mix } from '../base/mix.ts'

import type { Client } from './world.ts'

/** 64 Ki slots of 4 octets: with 1,000 resolvers about one in 65 shares its cursor. */
const CURSORS = 2 ** 16

export function createCursors(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(CURSORS * 4))
}

/**
 * Where in a cycle of `cycle` turns this query's turn is. Steps the cursor.
 *
 * Cursors count from 0 and each resolver starts its cycle somewhere else, at an offset that A and
 * AAAA have in common: a resolver that asks for both walks both alike and meets the same member
 * first, and a thousand resolvers that ask once each do not all meet the first member.
 *
 * A lineup within another passes its seed mixed into `clientHash`, and so has a cursor of its own.
 */
export function stepCursor(
  cursors: Int32Array,
  binding: number,
  isV6Record: boolean,
  clientHash: number,
  cycle: number,
): number {
  const start = mix(clientHash ^ Math.imul(binding + 1, GOLDEN))
  // Neighbours, so never one: who asks for A and AAAA in turn would meet half of the members.
  const slot = (mix(start) ^ (isV6Record ? 1 : 0)) & (CURSORS - 1)
  const step = Atomics.add(cursors, slot, 1)
  // 31 bits: a remainder of whole numbers that stay small costs a tenth of one of doubles. The
  // start is far from their end, so that nobody's walk jumps there before 2 ** 30 turns.
  return (((start & START_MASK) + step) & 0x7fffffff) % cycle
}

/** Whole address for IPv4, /64 for IPv6: within it a host changes its address as it likes. */
export function hashClient(client: Client): number {
  const octets = client.address
  const high = (octets[0] << 24) | (octets[1] << 16) | (octets[2] << 8) | octets[3]
  if (!client.isV6) return mix(high)
  const low = (octets[4] << 24) | (octets[5] << 16) | (octets[6] << 8) | octets[7]
  return mix(mix(high) ^ low)
}

const GOLDEN = 0x9e3779b9 | 0

/** More places to start at than the longest cycle has turns. */
const START_MASK = 2 ** 24 - 1
