/**
 * Who a query is from, where that decides its turn: the subnet that the resolver sent on (RFC
 * 7871), or the resolver itself. Worked out once a query, and only where it is asked for.
 */

import { findLeaf, leafDepth, leafValue } from '../base/prefix-map.ts'

import type { Engine, Scratch } from './engine.ts'

/** The client of the query at hand, in `octets` the address and zeroes past what is known of it. */
export interface Identity {
  readonly octets: Uint8Array
  isV6: boolean
  /** Whether it came with the query: then the answer says how much of it was used. */
  isSubnet: boolean
  /** How many bits stand before `octets` in what came: 96 for IPv4 that was sent as IPv6. */
  bitsBefore: number
  isKnown: boolean
}

export function createIdentity(): Identity {
  return { octets: new Uint8Array(16), isV6: false, isSubnet: false, bitsBefore: 0, isKnown: false }
}

/** Family, source, scope: what stands before the address in the option (RFC 7871 §6). */
const SUBNET_HEADER = 4
const FAMILY_V4 = 1
const FAMILY_V6 = 2

const MAPPED_BITS = 96

/**
 * Finds out whose query this is. A source length of 0, and so no octets of address, asks that the
 * subnet be left out of account (RFC 7871 §7.1.2): then, as without one, it is the resolver's.
 */
export function identify({ identity, query, client }: Scratch): Identity {
  if (identity.isKnown) return identity
  identity.isKnown = true
  identity.bitsBefore = 0
  const { octets } = identity
  const { subnet } = query
  const family = (subnet[0] << 8) | subnet[1]
  identity.isSubnet =
    query.subnetLength > SUBNET_HEADER && (family === FAMILY_V4 || family === FAMILY_V6)
  identity.isV6 = identity.isSubnet ? family === FAMILY_V6 : client.isV6
  if (identity.isSubnet) {
    const given = query.subnetLength - SUBNET_HEADER
    for (let i = 0; i < 16; i++) octets[i] = i < given ? subnet[SUBNET_HEADER + i] : 0
  } else {
    for (let i = 0; i < 16; i++) octets[i] = client.address[i]
  }
  if (identity.isV6 && isMapped(octets)) unmap(identity)
  return identity
}

/** The binding that answers this client in place of `own`, by the client rules of its names. */
export function bindingFor({ scratch, world }: Engine, own: number): number {
  const { clients } = world.bindings[own]
  if (!clients) return own
  const { octets, isV6 } = identify(scratch)
  const leaf = findLeaf(clients, octets, isV6)
  noteScope(scratch, leafDepth(leaf))
  return leafValue(leaf)
}

/**
 * Says that so many bits of the client's address have decided; of several the most counts. Never
 * none: where a whole family gets the same, another may not, and a scope of 0 is "suitable as a
 * response for all networks" (RFC 7871 §7.3.1).
 */
export function noteScope(scratch: Scratch, bits: number): void {
  const { identity } = scratch
  if (!identity.isSubnet) return
  scratch.scope = Math.max(scratch.scope, identity.bitsBefore + Math.max(1, bits))
}

/** ::ffff:0:0/96 is IPv4 (RFC 4291 §2.5.5.2). */
function isMapped(octets: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (octets[i] !== 0) return false
  return octets[10] === 0xff && octets[11] === 0xff
}

function unmap(identity: Identity): void {
  const { octets } = identity
  for (let i = 0; i < 4; i++) octets[i] = octets[12 + i]
  identity.isV6 = false
  identity.bitsBefore = MAPPED_BITS
}
