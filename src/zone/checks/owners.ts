/** What may stand together at one owner, and what only once or only at the apex. */

import { printRdata } from '../../wire/rdata/print.ts'
import { TYPE, typeName } from '../../wire/registry.ts'

import { APEX, NONE } from '../builder.ts'
import { RECORD_HEADER_SIZE } from '../image.ts'
import type { Tell } from './check.ts'
import {
  compareRecords,
  firstRecord,
  isWildcard,
  nextRecord,
  nodeName,
  recordOf,
  recordTitle,
  typeOf,
  type ZoneView,
} from './view.ts'

/** The longest message, less its header and the longest question. */
const RRSET_OCTETS_MAX = 65_535 - 12 - 259

/** RFC 1035 §5.2: "Exactly one SOA RR should be present at the top of the zone." */
export function checkSoaPresent(view: ZoneView, node: number, tell: Tell): void {
  if (recordOf(view, node, TYPE.SOA) !== NONE) return
  tell(NONE, `zone ${nodeName(view, node)} has no SOA record`)
}

export function checkSoaPlace(view: ZoneView, node: number, tell: Tell): void {
  if (node === APEX) return
  const record = recordOf(view, node, TYPE.SOA)
  tell(record, `${recordTitle(view, node, record)} is not at the apex, ${nodeName(view, APEX)}`)
}

/** RFC 1034 §4.2.1: the NS at the top say who serves the zone, and are a part of it. */
export function checkNsPresent(view: ZoneView, node: number, tell: Tell): void {
  if (recordOf(view, node, TYPE.NS) !== NONE) return
  tell(recordOf(view, node, TYPE.SOA), `zone ${nodeName(view, node)} has no NS record at its apex`)
}

/** Signatures that nobody serves make a zone bogus wherever its parent vouches for them by a DS. */
export function checkUnsigned(view: ZoneView, node: number, tell: Tell): void {
  const record = recordOf(view, node, TYPE.RRSIG)
  if (record === NONE) return
  const remedy = 'load the unsigned zone, and take its DS out of the parent'
  tell(record, `zone ${nodeName(view, node)} is signed, and signatures are not served: ${remedy}`)
}

/** What no message can hold is truncated over TCP too, and so could never be had. */
export function checkSize(view: ZoneView, node: number, tell: Tell): void {
  const octets = new Map<number, number>()
  for (let record = firstRecord(view, node); record !== NONE; record = nextRecord(view, record)) {
    const type = typeOf(view, record)
    const length = view.builder.records.shape.data[record] & 0xffff
    octets.set(type, (octets.get(type) ?? 0) + RECORD_HEADER_SIZE + length)
  }
  for (const [type, total] of octets) {
    if (total <= RRSET_OCTETS_MAX) continue
    const what = `${typeName(type)} of ${nodeName(view, node)}`
    tell(
      recordOf(view, node, type),
      `${what} takes ${total} octets; a message holds ${RRSET_OCTETS_MAX} at most`,
    )
  }
}

/** RFC 1034 §3.6.2 (CNAME), RFC 6672 §2.4 (DNAME), RFC 1035 §5.2 (SOA): one is all there may be. */
export function checkSingle(view: ZoneView, node: number, tell: Tell): void {
  for (const type of SINGLE) {
    const first = recordOf(view, node, type)
    if (first === NONE) continue
    for (let other = nextRecord(view, first); other !== NONE; other = nextRecord(view, other)) {
      if (typeOf(view, other) !== type || compareRecords(view, first, other) === 0) continue
      tell(other, `${recordTitle(view, node, other)} is given twice, and differs`)
    }
  }
}

/** RFC 1034 §3.6.2: "If a CNAME RR is present at a node, no other data should be present". */
export function checkAlias(view: ZoneView, node: number, tell: Tell): void {
  const alias = recordOf(view, node, TYPE.CNAME)
  for (let record = firstRecord(view, node); record !== NONE; record = nextRecord(view, record)) {
    const type = typeOf(view, record)
    if (type === TYPE.CNAME || BESIDE_ALIAS.has(type)) continue
    const other = typeName(type)
    tell(alias, `${recordTitle(view, node, alias)} stands beside ${other}, and must stand alone`)
    return
  }
}

/** RFC 4592: a wildcard NS is "discouraged, but not barred" (§4.2), a DNAME is no better (§4.4). */
export function checkWildcard(view: ZoneView, node: number, tell: Tell): void {
  if (!isWildcard(view, node)) return
  for (const type of [TYPE.NS, TYPE.DNAME]) {
    const record = recordOf(view, node, type)
    if (record === NONE) continue
    tell(record, `${recordTitle(view, node, record)} has a wildcard owner: no server agrees on it`)
  }
}

/** RFC 2181 §5.2: "the TTLs of all RRs in an RRSet must be the same". The lowest is used. */
export function checkTtls(view: ZoneView, node: number, tell: Tell): void {
  const { ttl } = view.builder.records
  const sorted = recordsByType(view, node)
  for (let start = 0, end: number; start < sorted.length; start = end) {
    const type = typeOf(view, sorted[start])
    let [lowest, highest] = [sorted[start], sorted[start]]
    for (end = start + 1; end < sorted.length && typeOf(view, sorted[end]) === type; end++) {
      if (ttl.data[sorted[end]] < ttl.data[lowest]) lowest = sorted[end]
      if (ttl.data[sorted[end]] > ttl.data[highest]) highest = sorted[end]
    }
    // Signatures cover sets of different types, and each has the TTL of its set.
    if (ttl.data[lowest] === ttl.data[highest] || type === TYPE.RRSIG) continue
    const span = `TTLs of ${ttl.data[lowest]} and ${ttl.data[highest]} seconds`
    tell(highest, `${recordTitle(view, node, highest)} has ${span}: the lowest is used`)
  }
}

/** RFC 2181 §5: two records with "label, class, type and data all equal" are "meaningless". */
export function checkRepeats(view: ZoneView, node: number, tell: Tell): void {
  const sorted = recordsByType(view, node)
  for (let i = 1; i < sorted.length; i++) {
    if (compareRecords(view, sorted[i - 1], sorted[i]) !== 0) continue
    const title = recordTitle(view, node, sorted[i])
    tell(sorted[i], `${title} is given twice: ${dataOf(view, sorted[i])}`)
  }
}

const SINGLE = [TYPE.SOA, TYPE.CNAME, TYPE.DNAME]

/** RFC 2181 §10.1 and RFC 4035 §2.5: what signs or denies an alias stands beside it. */
const BESIDE_ALIAS: ReadonlySet<number> = new Set([TYPE.RRSIG, TYPE.NSEC])

/** A message has room for an address or a name, not for a key. */
const DATA_SHOWN_MAX = 60

function dataOf(view: ZoneView, record: number): string {
  const { records, rdata } = view.builder
  const length = records.shape.data[record] & 0xffff
  const text = printRdata(typeOf(view, record), rdata.octets, records.rdata.data[record], length)
  return text.length > DATA_SHOWN_MAX ? `${text.slice(0, DATA_SHOWN_MAX)}…` : text
}

/** The records of a node, equal ones side by side, and those in the order of the file. */
function recordsByType(view: ZoneView, node: number): number[] {
  const sorted: number[] = []
  for (let record = firstRecord(view, node); record !== NONE; record = nextRecord(view, record)) {
    sorted.push(record)
  }
  return sorted.sort((a, b) => compareRecords(view, a, b) || a - b)
}
