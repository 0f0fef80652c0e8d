/**
 * Decides what a question gets: RFC 1034 §4.3.2, with the turns of balanced names in place of their
 * addresses. Writes the sections through `sections.ts` and `turn.ts`, and returns the RCODE.
 */

import { suffixAt } from '../wire/name-path.ts'
import { isInternet } from '../wire/query.ts'
import { EXTENDED_ERROR, RCODE, TYPE } from '../wire/registry.ts'

import {
  bindingOf,
  FLAG,
  findRrset,
  firstRrset,
  flagsOf,
  rrsetCount,
  rrsetType,
  type ZoneImage,
} from '../zone/image.ts'
import { FOUND, lookUp } from '../zone/lookup.ts'

import type { ServiceSet } from '../balance/roster.ts'

import { FOLLOW, followCname, followDname, followDrawn, isTold } from './alias.ts'
import { solveChaos } from './chaos.ts'
import { bindingFor } from './client.ts'
import type { Engine, Scratch } from './engine.ts'
import { asksWhy, solveWhy } from './explain.ts'
import {
  enterQuestion,
  mention,
  ownerOf,
  putAdditional,
  putNegativeSoa,
  putRrset,
  truncate,
} from './sections.ts'
import { DRAWN_ALIAS, drawAlias, putTurn } from './turn.ts'
import { findZone, NO_ZONE } from './zone-table.ts'

/** What a step comes to where nobody may be answered in a family; no RCODE either. */
const NOBODY = -2

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
  while (rcode === FOLLOW) rcode = solveStep(engine, zone)
  return rcode
}

/** Types that are requests, not data (RFC 6895 §3.1): transfers, TKEY, TSIG, mailboxes, OPT. */
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
      return solveNode(engine, zone, found.node)
    case FOUND.WILDCARD:
      return asksWhy(engine, zone) ? solveWhy(engine, zone) : solveNode(engine, zone, found.node)
    case FOUND.CUT:
      // DS at the cut itself is the parent's data (RFC 4035 §3.1.4.1).
      if (query.type === TYPE.DS && found.depth === asked.depth) {
        return solveType(scratch, zone, found.node)
      }
      return refer(scratch, zone, found.node)
    case FOUND.DNAME:
      return followDname(engine, zone, found.node)
    default:
      return asksWhy(engine, zone) ? solveWhy(engine, zone) : deny(scratch, zone, RCODE.NXDOMAIN)
  }
}

function solveNode(engine: Engine, zone: ZoneImage, node: number): number {
  const { scratch } = engine
  const { query } = scratch
  const own = bindingOf(zone, node)
  if (own >= 0) {
    if (query.type === TYPE.A) return solveAddress(engine, zone, own, false)
    if (query.type === TYPE.AAAA) return solveAddress(engine, zone, own, true)
    if (query.type === TYPE.ANY) return solveAnyTurn(engine, zone, node, own)
    const service = serviceOf(engine, own, query.type)
    if (service) return solveService(scratch, zone, service)
  }
  const isAlias = (flagsOf(zone, node) & FLAG.HAS_CNAME) !== 0
  if (isAlias && query.type !== TYPE.CNAME && query.type !== TYPE.ANY) {
    return followCname(engine, zone, node)
  }
  const mayAlias = own >= 0 && engine.world.bindings[own].mayAlias === true
  return mayAlias && findRrset(zone, node, query.type) === 0
    ? solveAlias(engine, zone, own)
    : solveType(scratch, zone, node)
}

function solveAddress(engine: Engine, zone: ZoneImage, own: number, isV6Record: boolean): number {
  const binding = engine.hasClientRules ? bindingFor(engine, own) : own
  const rcode = solveTurn(engine, zone, binding, isV6Record)
  return rcode === NOBODY ? deny(engine.scratch, zone, RCODE.NOERROR) : rcode
}

/**
 * What a balanced name has no records of. RFC 1034 §3.6.2: an alias is one for all types, or caches
 * would say otherwise by what they were asked first; only who asks for it is not led on to its
 * target.
 */
function solveAlias(engine: Engine, zone: ZoneImage, own: number): number {
  const binding = engine.hasClientRules ? bindingFor(engine, own) : own
  return drawAlias(engine, binding)
    ? followDrawn(engine, zone)
    : deny(engine.scratch, zone, RCODE.NOERROR)
}

/** Writes a turn, or returns NOBODY where there is none. */
function solveTurn(engine: Engine, zone: ZoneImage, binding: number, isV6Record: boolean): number {
  const { scratch } = engine
  const owner = ownerOf(scratch)
  if (owner === null) scratch.binding = binding
  else enterQuestion(scratch.writer)
  const count = putTurn(engine, binding, isV6Record, owner)
  if (count === 0) return NOBODY
  if (count === DRAWN_ALIAS) return followDrawn(engine, zone)
  if (count > 0) scratch.answerCount += count
  else scratch.isTruncated = true
  return RCODE.NOERROR
}

/**
 * RFC 8482 §4.1: one RRset is answer enough for ANY; of a balanced name, a turn. Where nobody may
 * be answered it is another RRset of the name, never the addresses that the file has for it.
 */
function solveAnyTurn(engine: Engine, zone: ZoneImage, node: number, own: number): number {
  const binding = engine.hasClientRules ? bindingFor(engine, own) : own
  const v4 = solveTurn(engine, zone, binding, false)
  if (v4 !== NOBODY) return v4
  const v6 = solveTurn(engine, zone, binding, true)
  if (v6 !== NOBODY) return v6
  const rrset = firstRrset(zone, node, true)
  const service = rrset === 0 ? undefined : serviceOf(engine, own, rrsetType(zone.octets, rrset))
  return service
    ? solveService(engine.scratch, zone, service)
    : solveRrset(engine.scratch, zone, rrset)
}

/** The set that stands in for the zone's RRset of a type at a balanced name, if one does. */
function serviceOf(engine: Engine, own: number, type: number): ServiceSet | undefined {
  const set = serviceAmong(engine.rosters[own].services, type)
  if (!set || !engine.hasClientRules) return set
  return serviceAmong(engine.rosters[bindingFor(engine, own)].services, type)
}

function serviceAmong(services: readonly ServiceSet[] | undefined, type: number) {
  if (services === undefined) return undefined
  for (let i = 0; i < services.length; i++) if (services[i].type === type) return services[i]
  return undefined
}

/** The addresses of its targets are left out: they are for those who ask, and follow health too. */
function solveService(scratch: Scratch, zone: ZoneImage, { octets }: ServiceSet): number {
  if (rrsetCount(octets, 0) === 0) return deny(scratch, zone, RCODE.NOERROR)
  const count = putRrset(scratch, octets, 0, ownerOf(scratch))
  if (count < 0) return truncate(scratch)
  scratch.answerCount += count
  return RCODE.NOERROR
}

function solveType(scratch: Scratch, zone: ZoneImage, node: number): number {
  const { type } = scratch.query
  // RFC 8482 §4.1 again: for ANY, the first RRset in the file.
  const isAny = type === TYPE.ANY
  return solveRrset(scratch, zone, isAny ? firstRrset(zone, node) : findRrset(zone, node, type))
}

function solveRrset(scratch: Scratch, zone: ZoneImage, rrset: number): number {
  if (rrset === 0) return deny(scratch, zone, RCODE.NOERROR)
  if (isTold(scratch, rrset)) return RCODE.NOERROR
  const count = putRrset(scratch, zone.octets, rrset, ownerOf(scratch))
  if (count < 0) return truncate(scratch)
  scratch.answerCount += count
  mention(scratch, zone.octets, rrset)
  putAdditional(scratch, zone, 0)
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
  mention(scratch, zone.octets, ns)
  putAdditional(scratch, zone, found.depth)
  return RCODE.NOERROR
}
