/**
 * A zone as a few flat arrays over shared memory: built once, then read by every worker without a
 * copy and never changed. This file is the layout; `builder.ts` writes it and `lookup.ts` reads it.
 *
 *   nodes   a hash table with linear probing: for each place the hash of a node, where its name is
 *           (0: the place is empty), where its data is (0: it has none), and flags
 *   octets  names and data
 *
 *   name    length, then that many octets: the labels between the node and the apex, lower case
 *   data    number of RRsets (2), then for each: type (2), records (2), octets that follow (4)
 *   record  C00C type class ttl rdlength rdata: ready to be copied behind a question for its owner
 *
 * Every ancestor of a node up to the apex is a node too, so an empty non-terminal is found like any
 * other name (RFC 4592 §2.2.2) and merely has no data.
 */

import { TYPE } from '../wire/registry.ts'

export interface ZoneImage {
  /** Lower-case octets, and how many labels they are. */
  readonly apex: Uint8Array
  readonly apexDepth: number
  readonly serial: number
  readonly nodeCount: number
  readonly recordCount: number
  /** The apex's place; a node's number is its place in the table. */
  readonly apexNode: number
  readonly nodes: Uint32Array
  readonly octets: Uint8Array
}

export const NODE = { HASH: 0, NAME: 1, DATA: 2, FLAGS: 3, SIZE: 4 } as const

export const FLAG = {
  /** Has NS and is not the apex: what is below belongs to somebody else. */
  CUT: 1,
  /** Is below a cut or a DNAME: never answered, but may be glue. */
  OCCLUDED: 2,
  HAS_DNAME: 4,
  HAS_CNAME: 8,
  /** Has a child named `*`. */
  HAS_WILDCARD: 16,
} as const

/** The upper bits of a node's flags hold its binding + 1: the number of what balances it. */
export const BINDING_SHIFT = 8
export const BINDINGS_MAX = 2 ** 24 - 2

export const RRSET_HEADER_SIZE = 8
/** Octets of a record before its RDATA: pointer, type, class, TTL, RDLENGTH. */
export const RECORD_HEADER_SIZE = 12

/** The binding of a node, or -1 where the zone's own records answer. */
export function bindingOf(image: ZoneImage, node: number): number {
  return (image.nodes[node * NODE.SIZE + NODE.FLAGS] >>> BINDING_SHIFT) - 1
}

/** Binds a node anew; only while nobody answers from the image yet. */
export function rebind(image: ZoneImage, node: number, binding: number): void {
  const at = node * NODE.SIZE + NODE.FLAGS
  image.nodes[at] = (image.nodes[at] & (2 ** BINDING_SHIFT - 1)) | ((binding + 1) << BINDING_SHIFT)
}

export function flagsOf(image: ZoneImage, node: number): number {
  return image.nodes[node * NODE.SIZE + NODE.FLAGS]
}

/**
 * Where the RRset of a type starts (its header) among a node's data, or 0 where there is none.
 * A node has few RRsets, so walking them beats any index.
 */
export function findRrset(image: ZoneImage, node: number, type: number): number {
  const { octets } = image
  let at = image.nodes[node * NODE.SIZE + NODE.DATA]
  if (at === 0) return 0
  let left = (octets[at] << 8) | octets[at + 1]
  at += 2
  while (left-- > 0) {
    if (((octets[at] << 8) | octets[at + 1]) === type) return at
    at += RRSET_HEADER_SIZE + rrsetLength(octets, at)
  }
  return 0
}

/** Where a node's first RRset starts, or 0 where it has none. Addresses may be passed over. */
export function firstRrset(image: ZoneImage, node: number, skipsAddresses = false): number {
  const { octets } = image
  let at = image.nodes[node * NODE.SIZE + NODE.DATA]
  if (at === 0) return 0
  let left = (octets[at] << 8) | octets[at + 1]
  at += 2
  for (; left > 0; left--) {
    const type = rrsetType(octets, at)
    if (!skipsAddresses || (type !== TYPE.A && type !== TYPE.AAAA)) return at
    at += RRSET_HEADER_SIZE + rrsetLength(octets, at)
  }
  return 0
}

/** The TTL (seconds) and a copy of the RDATA of each record of an RRset, in the zone's order. */
export function* recordsOf({ octets }: ZoneImage, rrset: number) {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const end = rrset + RRSET_HEADER_SIZE + rrsetLength(octets, rrset)
  for (let at = rrset + RRSET_HEADER_SIZE; at < end; ) {
    const ttl = view.getUint32(at + 6)
    const length = view.getUint16(at + 10)
    at += RECORD_HEADER_SIZE
    yield { ttl, rdata: octets.slice(at, at + length) }
    at += length
  }
}

/** The types that a node has, in the order of its data. */
export function rrsetTypes(image: ZoneImage, node: number): number[] {
  const { octets } = image
  const types: number[] = []
  let at = image.nodes[node * NODE.SIZE + NODE.DATA]
  if (at === 0) return types
  let left = (octets[at] << 8) | octets[at + 1]
  at += 2
  for (; left > 0; left--) {
    types.push(rrsetType(octets, at))
    at += RRSET_HEADER_SIZE + rrsetLength(octets, at)
  }
  return types
}

export function rrsetType(octets: Uint8Array, rrset: number): number {
  return (octets[rrset] << 8) | octets[rrset + 1]
}

/** How many records an RRset has. */
export function rrsetCount(octets: Uint8Array, rrset: number): number {
  return (octets[rrset + 2] << 8) | octets[rrset + 3]
}

/** How many octets its records take. */
export function rrsetLength(octets: Uint8Array, rrset: number): number {
  return (
    ((octets[rrset + 4] << 24) |
      (octets[rrset + 5] << 16) |
      (octets[rrset + 6] << 8) |
      octets[rrset + 7]) >>>
    0
  )
}
