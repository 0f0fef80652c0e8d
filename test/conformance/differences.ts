/**
 * Where servers may differ, and why each is allowed to. A difference that is not listed here is a
 * failure; so is an entry that no reply needs any more. Every entry names the parts of a reply that
 * it explains, and explains none that it has not looked at.
 */

import { TYPE } from '../../src/wire/registry.ts'

import type { Query } from '../support/query.ts'
import type { Aspect, Difference } from './compare.ts'
import type { Reply } from './reply.ts'

/** A difference with both replies there; silence is never allowed. */
export interface Answered extends Difference {
  readonly ours: Reply
  readonly theirs: Reply
  /** The apex of the zone that holds a name, or undefined if the servers have none for it. */
  readonly zoneOf: (name: string) => string | undefined
}

export interface Allowance {
  /** Read after "allowed because". Names the RFC. */
  readonly reason: string
  /** Kinds of server whose replies it is about; all if unset. */
  readonly rivals?: readonly string[]
  readonly explains: readonly Aspect[]
  matches(difference: Answered): boolean
}

export const ALLOWANCES: readonly Allowance[] = [
  {
    reason: 'any subset of the sets at a name answers ANY (RFC 8482 §4.1)',
    explains: ['answer', 'additional'],
    matches: ({ query, ours, theirs }) =>
      query.type === TYPE.ANY && ours.answer.length > 0 && theirs.answer.length > 0,
  },
  {
    reason:
      'ANY is answered by the alias itself (RFC 1034 §4.3.2 step 3a); NSD and Knot follow DNAME',
    rivals: ['nsd', 'knot'],
    explains: ['rcode', 'answer', 'authority'],
    matches: ({ query, ours, theirs }) =>
      query.type === TYPE.ANY &&
      hasType(ours.answer, 'DNAME') &&
      ours.rcode === 'NOERROR' &&
      isSubset(ours.answer, theirs.answer),
  },
  {
    reason: 'what is added to a complete answer is a courtesy (RFC 1034 §4.3.2 step 6)',
    explains: ['additional'],
    matches: ({ ours, theirs }) =>
      isAuthoritative(ours) &&
      ours.answer.length > 0 &&
      (isSubset(ours.additional, theirs.additional) ||
        isSubset(theirs.additional, ours.additional)),
  },
  {
    reason: 'the sections of a truncated reply are to be ignored (RFC 2181 §9)',
    explains: ['rcode', 'answer', 'authority', 'additional'],
    matches: ({ ours, theirs }) => isTruncated(ours) && isTruncated(theirs),
  },
  {
    reason: 'how well names are compressed decides what fits (RFC 1035 §4.1.4 makes it optional)',
    explains: ['rcode', 'flags', 'answer', 'authority', 'additional'],
    matches: ({ query, ours, theirs }) =>
      isTruncated(ours) !== isTruncated(theirs) &&
      (isTruncated(ours) ? theirs : ours).looseSize > room(query),
  },
  {
    reason: 'glue that does not fit must set TC (RFC 9471 §3.1); NSD and BIND leave it out unsaid',
    rivals: ['nsd', 'bind'],
    explains: ['flags', 'additional'],
    matches: ({ ours, theirs }) =>
      isReferral(ours) && isReferral(theirs) && isTruncated(ours) && !isTruncated(theirs),
  },
  {
    reason: 'addresses of servers that are not below the cut may be added or not (RFC 9471 §3.2)',
    explains: ['additional'],
    matches: ({ ours, theirs }) => {
      const cut = theirs.authority[0]?.split(' ')[0]
      if (!isReferral(ours) || !isReferral(theirs) || cut === undefined) return false
      return [
        ...missing(ours.additional, theirs.additional),
        ...missing(theirs.additional, ours.additional),
      ]
        .map((record) => record.split(' ')[0]!)
        .every((owner) => !isBelow(owner, cut))
    },
  },
  {
    reason:
      'a chain into another zone need not be followed (RFC 1034 §3.6.2); resolvers do it again',
    explains: ['rcode', 'answer', 'authority', 'additional'],
    matches: ({ query, ours, theirs, zoneOf }) => {
      const shorter = ours.answer.length <= theirs.answer.length ? ours : theirs
      const longer = shorter === ours ? theirs : ours
      const home = zoneOf(query.name)
      return (
        shorter.rcode === 'NOERROR' &&
        isSubset(shorter.answer, longer.answer) &&
        aliasTargets(shorter.answer).some((target) => zoneOf(target) !== home && zoneOf(target))
      )
    },
  },
  {
    reason: 'a chain without an end is cut somewhere, and each server has its own idea where',
    explains: ['rcode', 'flags', 'answer', 'authority'],
    matches: ({ ours, theirs }) =>
      isEndless([...ours.answer, ...theirs.answer]) &&
      (isSubset(ours.answer, theirs.answer) || isSubset(theirs.answer, ours.answer)) &&
      [ours, theirs].every(({ rcode }) => rcode === 'NOERROR' || rcode === 'SERVFAIL'),
  },
  {
    reason: 'Knot calls a name that grows too long NXDOMAIN; RFC 6672 §2.2 calls it YXDOMAIN',
    rivals: ['knot'],
    explains: ['rcode', 'authority'],
    matches: ({ ours, theirs }) => ours.rcode === 'YXDOMAIN' && theirs.rcode === 'NXDOMAIN',
  },
  {
    reason:
      "NSD keeps parent and child in one tree, so the parent's hidden data shows (RFC 1034 §4.2)",
    rivals: ['nsd'],
    explains: ['rcode'],
    matches: ({ query, ours, theirs }) =>
      /^stale\.child\.parent\./i.test(query.name) &&
      ours.rcode === 'NXDOMAIN' &&
      theirs.rcode === 'NOERROR' &&
      theirs.answer.length === 0,
  },
  {
    reason: 'a class that is not served is refused or not implemented; no RFC says which',
    explains: ['rcode'],
    matches: ({ query, ours, theirs }) =>
      query.class !== undefined &&
      [ours, theirs].every(({ rcode }) => rcode === 'REFUSED' || rcode === 'NOTIMP'),
  },
  {
    reason: 'what comes after the header of an unknown opcode may be no question to repeat',
    rivals: ['nsd', 'bind'],
    explains: ['question'],
    matches: ({ ours, theirs }) => isNotImplemented(ours, theirs) && theirs.question === '',
  },
  {
    reason: 'NSD does not read so far as the OPT that RFC 6891 §6.1.1 has answered by another',
    rivals: ['nsd'],
    explains: ['edns'],
    matches: ({ ours, theirs }) => isNotImplemented(ours, theirs) && theirs.edns === 'none',
  },
  {
    reason: 'NSD does not repeat a question in a class that it does not serve',
    rivals: ['nsd'],
    explains: ['question'],
    matches: ({ query, theirs }) => query.class !== undefined && theirs.question === '',
  },
]

/** The allowances that together explain every aspect of a difference; undefined if some is left. */
export function explain(difference: Answered, rival: string): readonly Allowance[] | undefined {
  const used = ALLOWANCES.filter(
    (allowance) =>
      (allowance.rivals?.includes(rival) ?? true) &&
      allowance.explains.some((aspect) => difference.aspects.includes(aspect)) &&
      allowance.matches(difference),
  )
  const explained = new Set(used.flatMap(({ explains }) => explains))
  return difference.aspects.every((aspect) => explained.has(aspect)) ? used : undefined
}

/** How many octets a reply may have: 512 without EDNS, and these servers stop at 1232 with it. */
function room({ edns }: Query): number {
  return Math.min(1232, Math.max(512, edns?.payload ?? 512))
}

function isTruncated({ flags }: Reply): boolean {
  return flags.split(' ').includes('tc')
}

function isNotImplemented(ours: Reply, theirs: Reply): boolean {
  return ours.rcode === 'NOTIMP' && theirs.rcode === 'NOTIMP'
}

function isAuthoritative({ flags }: Reply): boolean {
  return flags.split(' ').includes('aa')
}

function isReferral(reply: Reply): boolean {
  return reply.rcode === 'NOERROR' && reply.answer.length === 0 && hasType(reply.authority, 'NS')
}

function hasType(records: readonly string[], type: string): boolean {
  return records.some((record) => typeOf(record) === type)
}

function typeOf(record: string): string {
  return record.split(' ')[3]!
}

/** Records of `from` that are not in `others`. */
function missing(from: readonly string[], others: readonly string[]): string[] {
  return from.filter((record) => !others.includes(record))
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  return missing(part, whole).length === 0
}

/** Whether a name is `above` or under it. Both are in lower case, as replies are read. */
function isBelow(name: string, above: string): boolean {
  return name === above || name.endsWith(`.${above}`)
}

function aliasTargets(records: readonly string[]): string[] {
  return records
    .filter((record) => typeOf(record) === 'CNAME')
    .map((record) => record.split(' ')[4]!)
}

/**
 * Whether a chain comes back to where it was, or grows by a DNAME that points below itself, and so
 * never arrived at data.
 */
function isEndless(records: readonly string[]): boolean {
  if (!records.every((record) => ['CNAME', 'DNAME'].includes(typeOf(record)))) return false
  const next = new Map(
    records.map((record) => record.split(' ')).map(([owner, , , , target]) => [owner!, target!]),
  )
  const grows = records.some((record) => {
    const [owner, , , type, target] = record.split(' ')
    return type === 'DNAME' && isBelow(target!, owner!)
  })
  return grows || [...next.keys()].some((start) => comesBack(start, next))
}

function comesBack(start: string, next: ReadonlyMap<string, string>): boolean {
  let name = next.get(start)
  for (let steps = 0; name !== undefined && steps < next.size; steps++) {
    if (name === start) return true
    name = next.get(name)
  }
  return false
}
