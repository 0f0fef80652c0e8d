/** Writes RRsets of a zone into the sections of a response. */

import { nameLayout } from '../wire/rdata/layout.ts'
import { setPath } from '../wire/name-path.ts'
import { HEADER_SIZE } from '../wire/query.ts'
import { RCODE, TYPE } from '../wire/registry.ts'
import {
  enterName,
  hasRoom,
  putName,
  putOctets,
  putU16,
  rewind,
  type Writer,
} from '../wire/writer.ts'

import {
  bindingOf,
  FLAG,
  findRrset,
  flagsOf,
  RECORD_HEADER_SIZE,
  RRSET_HEADER_SIZE,
  rrsetCount,
  rrsetLength,
  rrsetType,
  type ZoneImage,
} from '../zone/image.ts'
import { NO_NODE, nodeAtDepth } from '../zone/lookup.ts'

import type { Scratch } from './engine.ts'
import { isInZone } from './zone-table.ts'

/** Lets names be compressed against the question's; done once, and only when a name is written. */
export function enterQuestion(writer: Writer): void {
  if (writer.labelCount === 0) enterName(writer, HEADER_SIZE)
}

/** The owner of what is written now: null stands for the question's name. */
export function ownerOf({ asked, query }: Scratch): Uint8Array | null {
  return asked === query.path ? null : asked.octets
}

/** RFC 2181 §9: TC where a required RRset did not fit; what did fit stays. */
export function truncate(scratch: Scratch): number {
  scratch.isTruncated = true
  return RCODE.NOERROR
}

/**
 * Writes an RRset and returns how many records that were, or -1 where it does not fit: then nothing
 * of it is left. A null owner is the question's name. `ttl` below 0 leaves the records' own.
 */
export function putRrset(
  scratch: Scratch,
  octets: Uint8Array,
  rrset: number,
  owner: Uint8Array | null,
  ownerAt = 0,
  ttl = -1,
): number {
  const { writer } = scratch
  const layout = nameLayout(rrsetType(octets, rrset))
  const isPlain = layout === undefined || !layout.compressible
  const first = rrset + RRSET_HEADER_SIZE
  const length = rrsetLength(octets, rrset)
  const count = rrsetCount(octets, rrset)
  if (isPlain && owner === null && ttl < 0) {
    if (!hasRoom(writer, length)) return -1
    putOctets(writer, octets, first, length)
    return count
  }
  enterQuestion(writer)
  const start = writer.at
  for (let at = first; at < first + length; at += recordLength(octets, at)) {
    if (putRecord(writer, octets, at, owner, ownerAt, ttl)) continue
    rewind(writer, start)
    return -1
  }
  return count
}

function recordLength(octets: Uint8Array, record: number): number {
  return RECORD_HEADER_SIZE + ((octets[record + 10] << 8) | octets[record + 11])
}

function putRecord(
  writer: Writer,
  octets: Uint8Array,
  record: number,
  owner: Uint8Array | null,
  ownerAt: number,
  ttl: number,
): boolean {
  if (owner === null) {
    if (!hasRoom(writer, RECORD_HEADER_SIZE)) return false
    putU16(writer, 0xc000 | HEADER_SIZE)
  } else if (!putName(writer, owner, ownerAt) || !hasRoom(writer, RECORD_HEADER_SIZE - 2)) {
    return false
  }
  const { out } = writer
  const header = writer.at
  putOctets(writer, octets, record + 2, RECORD_HEADER_SIZE - 2)
  if (ttl >= 0) {
    out[header + 4] = ttl >>> 24
    out[header + 5] = ttl >>> 16
    out[header + 6] = ttl >>> 8
    out[header + 7] = ttl
  }
  const start = writer.at
  const length = recordLength(octets, record) - RECORD_HEADER_SIZE
  if (!putRdata(writer, octets, record + RECORD_HEADER_SIZE, length)) return false
  const written = writer.at - start
  out[start - 2] = written >>> 8
  out[start - 1] = written
  return true
}

/** Copies RDATA; the names in it are compressed where RFC 3597 §4 allows. */
function putRdata(writer: Writer, octets: Uint8Array, at: number, length: number): boolean {
  const type = (writer.out[writer.at - 10] << 8) | writer.out[writer.at - 9]
  const layout = nameLayout(type)
  if (layout === undefined || !layout.compressible) {
    if (!hasRoom(writer, length)) return false
    putOctets(writer, octets, at, length)
    return true
  }
  if (!hasRoom(writer, layout.skip)) return false
  putOctets(writer, octets, at, layout.skip)
  let from = at + layout.skip
  for (let left = layout.names; left > 0; left--) {
    if (!putName(writer, octets, from)) return false
    while (octets[from] !== 0) from += octets[from] + 1
    from++
  }
  const rest = at + length - from
  if (!hasRoom(writer, rest)) return false
  putOctets(writer, octets, from, rest)
  return true
}

/**
 * Writes the SOA that tells how long a negative answer may be kept: the lesser of its TTL and its
 * MINIMUM (RFC 2308 §3). Returns 1, 0 where the zone has no SOA, or -1 where it does not fit.
 */
export function putNegativeSoa(scratch: Scratch, zone: ZoneImage): number {
  const soa = findRrset(zone, zone.apexNode, TYPE.SOA)
  if (soa === 0) return 0
  const { octets } = zone
  const first = soa + RRSET_HEADER_SIZE
  const ttl = u32(octets, first + 6)
  const minimum = u32(octets, first + recordLength(octets, first) - 4)
  return putRrset(scratch, octets, soa, zone.apex, 0, Math.min(ttl, minimum))
}

function u32(octets: Uint8Array, at: number): number {
  return (
    ((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) >>> 0
  )
}

/** Notes an RRset whose targets' addresses would help (RFC 1034 §4.3.2 step 6, RFC 2782). */
export function mention(scratch: Scratch, octets: Uint8Array, rrset: number): void {
  if (targetSkip(rrsetType(octets, rrset)) < 0) return
  if (scratch.mentionCount === scratch.mentions.length) return
  scratch.mentions[scratch.mentionCount++] = rrset
}

/** Octets of RDATA before a target that has addresses, or -1 for a type without one. */
function targetSkip(type: number): number {
  if (type === TYPE.NS) return 0
  if (type === TYPE.MX) return 2
  return type === TYPE.SRV ? 6 : -1
}

/**
 * Adds the addresses of the targets mentioned. `cutDepth` is the depth of the cut in a referral, or
 * 0: glue for a name at or below the cut must come along or TC be set (RFC 9471 §3.1); everything
 * else is a courtesy, left out where it does not fit. A balanced name's addresses are never added:
 * its turns are for those who ask for it.
 */
export function putAdditional(scratch: Scratch, zone: ZoneImage, cutDepth: number): void {
  const { octets } = zone
  for (let i = 0; i < scratch.mentionCount; i++) {
    const rrset = scratch.mentions[i]
    const skip = RECORD_HEADER_SIZE + targetSkip(rrsetType(octets, rrset))
    const first = rrset + RRSET_HEADER_SIZE
    const end = first + rrsetLength(octets, rrset)
    for (let at = first; at < end; at += recordLength(octets, at)) {
      putAddresses(scratch, zone, at + skip, cutDepth)
    }
  }
}

function putAddresses(scratch: Scratch, zone: ZoneImage, nameAt: number, cutDepth: number): void {
  const { target } = scratch
  const { octets } = zone
  if (setPath(target, octets, nameAt, octets.length) < 0 || !isInZone(zone, target)) return
  const node = nodeAtDepth(zone, target, target.depth)
  if (node === NO_NODE || bindingOf(zone, node) >= 0 || isAdded(scratch, node)) return
  const isOccluded = (flagsOf(zone, node) & (FLAG.OCCLUDED | FLAG.CUT)) !== 0
  if (isOccluded && cutDepth === 0) return
  const isNeeded =
    isOccluded &&
    target.depth >= cutDepth &&
    target.hashes[cutDepth] === scratch.asked.hashes[cutDepth]
  putAddressRrset(scratch, zone, node, TYPE.A, nameAt, isNeeded)
  putAddressRrset(scratch, zone, node, TYPE.AAAA, nameAt, isNeeded)
}

function putAddressRrset(
  scratch: Scratch,
  zone: ZoneImage,
  node: number,
  type: number,
  nameAt: number,
  isNeeded: boolean,
): void {
  const rrset = findRrset(zone, node, type)
  if (rrset === 0) return
  const count = putRrset(scratch, zone.octets, rrset, zone.octets, nameAt)
  if (count >= 0) scratch.additionalCount += count
  else if (isNeeded) scratch.isTruncated = true
}

function isAdded(scratch: Scratch, node: number): boolean {
  for (let i = 0; i < scratch.addedCount; i++) if (scratch.added[i] === node) return true
  if (scratch.addedCount < scratch.added.length) scratch.added[scratch.addedCount++] = node
  return false
}
