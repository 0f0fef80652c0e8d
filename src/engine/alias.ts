/**
 * Aliases: CNAME, and DNAME with the CNAME that is made from it (RFC 6672 §3.1). A chain is
 * followed within its zone, and no alias is told twice: a chain that comes back to a name it had
 * ends there.
 */

import { NAME_OCTETS_MAX, nameLength } from '../wire/name.ts'
import { type NamePath, setPath, suffixAt } from '../wire/name-path.ts'
import { HEADER_SIZE } from '../wire/query.ts'
import { CLASS, RCODE, TYPE } from '../wire/registry.ts'
import {
  hasRoom,
  isSameInMessage,
  putName,
  putOctets,
  putU16,
  rewind,
  type Writer,
} from '../wire/writer.ts'

import { findRrset, RECORD_HEADER_SIZE, RRSET_HEADER_SIZE, type ZoneImage } from '../zone/image.ts'

import type { Engine, Scratch } from './engine.ts'
import { enterQuestion, ownerOf, putRrset, truncate } from './sections.ts'
import { findZone, NO_ZONE } from './zone-table.ts'

/** What a step along a chain comes to when it is not yet an RCODE: the chain goes on. */
export const FOLLOW = -1

export function followCname(engine: Engine, zone: ZoneImage, node: number): number {
  const { scratch } = engine
  const cname = findRrset(zone, node, TYPE.CNAME)
  const owner = ownerOf(scratch)
  const ownerAt = owner === null ? HEADER_SIZE : scratch.writer.at
  const count = putRrset(scratch, zone.octets, cname, owner)
  if (count < 0) return truncate(scratch)
  scratch.answerCount += count
  const target = cname + RRSET_HEADER_SIZE + RECORD_HEADER_SIZE
  return follow(engine, zone, ownerAt, zone.octets, target)
}

/** The CNAME that was drawn as a balanced name's turn, with the TTL of its roster. */
export function followDrawn(engine: Engine, zone: ZoneImage): number {
  const { scratch, heap } = engine
  const { asked, query, writer, alias } = scratch
  const target = alias + RECORD_HEADER_SIZE
  enterQuestion(writer)
  const ownerAt = writer.at
  if (!putSyntheticCname(writer, asked, heap.octets, target, heap.octets, alias)) {
    rewind(writer, ownerAt)
    return truncate(scratch)
  }
  scratch.answerCount++
  return query.type === TYPE.CNAME || query.type === TYPE.ANY
    ? RCODE.NOERROR
    : follow(engine, zone, ownerAt, heap.octets, target)
}

/** The DNAME itself, then a CNAME made from it for the name at hand. */
export function followDname(engine: Engine, zone: ZoneImage, node: number): number {
  const { scratch } = engine
  const { asked, found, query, writer, name } = scratch
  const dname = findRrset(zone, node, TYPE.DNAME)
  const { octets } = zone
  const prefix = suffixAt(asked, found.depth)
  if (!putDname(scratch, octets, dname, prefix)) return truncate(scratch)

  const record = dname + RRSET_HEADER_SIZE
  const targetAt = record + RECORD_HEADER_SIZE
  const targetLength = nameLength(octets, targetAt)
  if (prefix + targetLength > NAME_OCTETS_MAX) return RCODE.YXDOMAIN
  joinName(name, asked, prefix, octets, targetAt, targetLength)

  enterQuestion(writer)
  const ownerAt = writer.at
  if (!putSyntheticCname(writer, asked, name, 0, octets, record)) {
    rewind(writer, ownerAt)
    return truncate(scratch)
  }
  scratch.answerCount++
  return query.type === TYPE.CNAME || query.type === TYPE.ANY
    ? RCODE.NOERROR
    : follow(engine, zone, ownerAt, name, 0)
}

/**
 * Goes on with the alias's target if this zone answers for it; another is asked for what it does
 * not, be it another of ours: who resolves believes each server for its own zone alone. `ownerAt`
 * is where the alias's name stands in the message.
 */
function follow(
  engine: Engine,
  zone: ZoneImage,
  ownerAt: number,
  source: Uint8Array,
  at: number,
): number {
  const { scratch, world } = engine
  const { aliases, chain, query } = scratch
  if (scratch.aliasCount === aliases.length) return RCODE.NOERROR
  aliases[scratch.aliasCount++] = ownerAt
  setPath(chain, source, at, source.length)
  scratch.asked = chain
  for (let i = 0; i < scratch.aliasCount; i++) {
    if (isSameInMessage(scratch.writer.out, aliases[i], chain.octets, 0)) return RCODE.NOERROR
  }
  const number = findZone(engine.zoneTable, world.zones, chain, query.type)
  return number !== NO_ZONE && world.zones[number] === zone ? FOLLOW : RCODE.NOERROR
}

/** Writes a DNAME unless the chain has met it before; false where it does not fit. */
function putDname(scratch: Scratch, octets: Uint8Array, dname: number, prefix: number): boolean {
  if (isTold(scratch, dname)) return true
  const count = putRrset(scratch, octets, dname, scratch.asked.octets, prefix)
  if (count < 0) return false
  scratch.answerCount += count
  scratch.dnames[scratch.dnameCount++] = dname
  return true
}

/** Whether an RRset is a DNAME's that the chain has led through, and so in the answer already. */
export function isTold({ dnames, dnameCount }: Scratch, rrset: number): boolean {
  for (let i = 0; i < dnameCount; i++) if (dnames[i] === rrset) return true
  return false
}

/** Writes the first `prefix` octets of `asked` and then a name into `out`. */
function joinName(
  out: Uint8Array,
  asked: NamePath,
  prefix: number,
  octets: Uint8Array,
  at: number,
  length: number,
): void {
  for (let i = 0; i < prefix; i++) out[i] = asked.octets[i]
  for (let i = 0; i < length; i++) out[prefix + i] = octets[at + i]
}

/**
 * A CNAME from `asked` to the name at target[targetAt], with the TTL of the record at
 * octets[record].
 */
function putSyntheticCname(
  writer: Writer,
  asked: NamePath,
  target: Uint8Array,
  targetAt: number,
  octets: Uint8Array,
  record: number,
): boolean {
  if (!putName(writer, asked.octets, 0) || !hasRoom(writer, RECORD_HEADER_SIZE - 2)) return false
  putU16(writer, TYPE.CNAME)
  putU16(writer, CLASS.IN)
  putOctets(writer, octets, record + 6, 4)
  const lengthAt = writer.at
  putU16(writer, 0)
  if (!putName(writer, target, targetAt)) return false
  const length = writer.at - lengthAt - 2
  writer.out[lengthAt] = length >>> 8
  writer.out[lengthAt + 1] = length
  return true
}
