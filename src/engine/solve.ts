/**
 * Decides what a question gets: RFC 1034 §4.3.2, with the turns of balanced names in place of their
 * addresses. Writes the sections through `sections.ts` and `turn.ts`, and returns the RCODE.
 */

import { nameLength } from '../wire/name.ts'
import { type NamePath, setPath, suffixAt } from '../wire/name-path.ts'
import { isInternet } from '../wire/query.ts'
import { CLASS, EXTENDED_ERROR, RCODE, TYPE } from '../wire/registry.ts'
import { putU16, putU32, putName, hasRoom } from '../wire/writer.ts'

import {
  bindingOf,
  FLAG,
  findRrset,
  firstRrset,
  flagsOf,
  RECORD_HEADER_SIZE,
  RRSET_HEADER_SIZE,
  type ZoneImage,
} from '../zone/image.ts'
import { FOUND, lookUp } from '../zone/lookup.ts'

import { solveChaos } from './chaos.ts'
import type { Engine, Scratch } from './engine.ts'
import { enterQuestion, mention, putAdditional, putNegativeSoa, putRrset } from './sections.ts'
import { putTurn } from './turn.ts'
import { findZone, isInZone, NO_ZONE } from './zone-table.ts'

/** As many aliases as BIND follows; a loop ends here, with what it gave so far. */
const CHAIN_MAX = 16

/** What one step along a chain of aliases came to: an RCODE, or that the chain goes on. */
const FOLLOW = -1
/** RFC 6672 §2.2: the name that a DNAME makes may be too long. */
const YXDOMAIN = 6

/** Answers the question that `scratch.query` holds. */
export function solve(engine: Engine): number {
  const { scratch, world } = engine
  const { query } = scratch
  if (!isInternet(query)) return solveChaos(engine)
  if (isMeta(query.type)) return refuse(scratch, EXTENDED_ERROR.NOT_SUPPORTED)
  const number = findZone(engine.zoneTable, world.zones, query.path, query.type)
  if (number === NO_ZONE) return refuse(scratch, EXTENDED_ERROR.NOT_AUTHORITATIVE)

  const zone = world.zones[number]
  scratch.isAuthoritative = true
  let rcode = FOLLOW
  for (let aliases = 0; rcode === FOLLOW; aliases++) {
    rcode = aliases > CHAIN_MAX ? RCODE.NOERROR : solveStep(engine, zone)
  }
  return rcode
}

/** Types that are requests, not data (RFC 6895 §3.1): transfers, TKEY, TSIG, mailbox queries, OPT. */
function isMeta(type: number): boolean {
  return type === TYPE.OPT || type === 0 || (type >= TYPE.TKEY && type <= TYPE.MAILA)
}

function refuse(scratch: Scratch, errorCode: number): number {
  scratch.errorCode = errorCode
  return RCODE.REFUSED
}

function solveStep(engine: Engine, zone: ZoneImage): number {
  const { scratch } = engine
  const { found, query, asked } = scratch
  lookUp(zone, asked, found)
  switch (found.kind) {
    case FOUND.NODE:
    case FOUND.WILDCARD:
      return solveNode(engine, zone, found.node)
    case FOUND.CUT:
      // DS at the cut itself is the parent's data (RFC 4035 §3.1.4.1).
      if (query.type === TYPE.DS && found.depth === asked.depth) {
        return solveType(scratch, zone, found.node)
      }
      return refer(scratch, zone, found.node)
    case FOUND.DNAME:
      return solveDname(scratch, zone, found.node)
    default:
      return deny(scratch, zone, RCODE.NXDOMAIN)
  }
}

function solveNode(engine: Engine, zone: ZoneImage, node: number): number {
  const { scratch } = engine
  const { query } = scratch
  const binding = bindingOf(zone, node)
  if (binding >= 0) {
    if (query.type === TYPE.A) return solveTurn(engine, zone, binding, false)
    if (query.type === TYPE.AAAA) return solveTurn(engine, zone, binding, true)
    if (query.type === TYPE.ANY) return solveAnyTurn(engine, zone, binding)
  }
  const isAlias = (flagsOf(zone, node) & FLAG.HAS_CNAME) !== 0
  if (isAlias && query.type !== TYPE.CNAME && query.type !== TYPE.ANY) {
    return followCname(scratch, zone, node)
  }
  return solveType(scratch, zone, node)
}

/** The owner of what is written now: null stands for the question's name. */
function ownerOf({ asked, query }: Scratch): Uint8Array | null {
  return asked === query.path ? null : asked.octets
}

function solveTurn(engine: Engine, zone: ZoneImage, binding: number, isV6Record: boolean): number {
  const { scratch } = engine
  const owner = ownerOf(scratch)
  if (owner !== null) enterQuestion(scratch.writer)
  const count = putTurn(engine, binding, isV6Record, owner)
  if (count === 0) return deny(scratch, zone, RCODE.NOERROR)
  if (count > 0) scratch.answerCount += count
  else scratch.isTruncated = true
  return RCODE.NOERROR
}

/** RFC 8482 §4.1: one RRset is answer enough for ANY; of a balanced name, a turn. */
function solveAnyTurn(engine: Engine, zone: ZoneImage, binding: number): number {
  const owner = ownerOf(engine.scratch)
  if (owner !== null) enterQuestion(engine.scratch.writer)
  const count = putTurn(engine, binding, false, owner)
  if (count === 0) return solveTurn(engine, zone, binding, true)
  if (count > 0) engine.scratch.answerCount += count
  else engine.scratch.isTruncated = true
  return RCODE.NOERROR
}

function solveType(scratch: Scratch, zone: ZoneImage, node: number): number {
  const { type } = scratch.query
  // RFC 8482 §4.1 again: for ANY, the first RRset in the file.
  const rrset = type === TYPE.ANY ? firstRrset(zone, node) : findRrset(zone, node, type)
  if (rrset === 0) return deny(scratch, zone, RCODE.NOERROR)
  const count = putRrset(scratch, zone.octets, rrset, ownerOf(scratch))
  if (count < 0) return truncate(scratch)
  scratch.answerCount += count
  mention(scratch, zone.octets, rrset)
  putAdditional(scratch, zone, 0)
  return RCODE.NOERROR
}

/** RFC 2181 §9: TC where a required RRset did not fit; what did fit stays. */
function truncate(scratch: Scratch): number {
  scratch.isTruncated = true
  return RCODE.NOERROR
}

function deny(scratch: Scratch, zone: ZoneImage, rcode: number): number {
  const count = putNegativeSoa(scratch, zone)
  if (count >= 0) scratch.authorityCount += count
  else scratch.isTruncated = true
  return rcode
}

/** A referral is not authoritative, unless an alias of ours led to it (RFC 1034 §4.3.2 step 3b). */
function refer(scratch: Scratch, zone: ZoneImage, cut: number): number {
  const { asked, query, found } = scratch
  const owner = asked.octets
  const ownerAt = suffixAt(asked, found.depth)
  if (asked === query.path) scratch.isAuthoritative = false
  const ns = findRrset(zone, cut, TYPE.NS)
  const count = putRrset(scratch, zone.octets, ns, owner, ownerAt)
  if (count < 0) return truncate(scratch)
  scratch.authorityCount += count
  if (query.wantsDnssec) {
    // RFC 4035 §3.1.4.1: a referral brings the cut's DS for those who want DNSSEC.
    const ds = findRrset(zone, cut, TYPE.DS)
    const dsCount = ds === 0 ? 0 : putRrset(scratch, zone.octets, ds, owner, ownerAt)
    if (dsCount < 0) return truncate(scratch)
    scratch.authorityCount += dsCount
  }
  mention(scratch, zone.octets, ns)
  putAdditional(scratch, zone, found.depth)
  return RCODE.NOERROR
}

function followCname(scratch: Scratch, zone: ZoneImage, node: number): number {
  const cname = findRrset(zone, node, TYPE.CNAME)
  const count = putRrset(scratch, zone.octets, cname, ownerOf(scratch))
  if (count < 0) return truncate(scratch)
  scratch.answerCount += count
  const target = cname + RRSET_HEADER_SIZE + RECORD_HEADER_SIZE
  return follow(scratch, zone, zone.octets, target)
}

/** Goes on with the alias's target if it is in the zone; another server is asked for what is not. */
function follow(scratch: Scratch, zone: ZoneImage, source: Uint8Array, at: number): number {
  setPath(scratch.chain, source, at, source.length)
  scratch.asked = scratch.chain
  return isInZone(zone, scratch.chain) ? FOLLOW : RCODE.NOERROR
}

/** RFC 6672 §3.1: the DNAME itself, then a CNAME made from it for the name at hand. */
function solveDname(scratch: Scratch, zone: ZoneImage, node: number): number {
  const { asked, found, query, writer, name } = scratch
  const dname = findRrset(zone, node, TYPE.DNAME)
  const { octets } = zone
  const ownerAt = suffixAt(asked, found.depth)
  const count = putRrset(scratch, octets, dname, asked.octets, ownerAt)
  if (count < 0) return truncate(scratch)
  scratch.answerCount += count

  const record = dname + RRSET_HEADER_SIZE
  const targetAt = record + RECORD_HEADER_SIZE
  const targetLength = nameLength(octets, targetAt)
  if (ownerAt + targetLength > 255) return YXDOMAIN
  joinName(name, asked, ownerAt, octets, targetAt, targetLength)

  const start = writer.at
  enterQuestion(writer)
  if (!putSyntheticCname(scratch, octets, record + 6)) {
    writer.at = start
    return truncate(scratch)
  }
  scratch.answerCount++
  return query.type === TYPE.CNAME || query.type === TYPE.ANY
    ? RCODE.NOERROR
    : follow(scratch, zone, name, 0)
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

/** A CNAME from `asked` to `scratch.name`, with the DNAME's TTL, which stands at octets[ttlAt]. */
function putSyntheticCname(scratch: Scratch, octets: Uint8Array, ttlAt: number): boolean {
  const { writer, asked, name } = scratch
  if (!putName(writer, asked.octets, 0) || !hasRoom(writer, RECORD_HEADER_SIZE - 2)) return false
  putU16(writer, TYPE.CNAME)
  putU16(writer, CLASS.IN)
  putU32(
    writer,
    (octets[ttlAt] << 24) |
      (octets[ttlAt + 1] << 16) |
      (octets[ttlAt + 2] << 8) |
      octets[ttlAt + 3],
  )
  const lengthAt = writer.at
  putU16(writer, 0)
  if (!putName(writer, name, 0)) return false
  const length = writer.at - lengthAt - 2
  writer.out[lengthAt] = length >>> 8
  writer.out[lengthAt + 1] = length
  return true
}
