/**
 * What an authority should answer, by RFC 1034 §4.3.2 read aloud: names are strings, the zone is a
 * map, and every step is a sentence of the RFC. Slow and plain, so that it can be seen to be right;
 * the engine is held against it.
 */

/** A record of a zone; names are absolute and in lower case. */
export interface ZoneRecord {
  readonly owner: string
  readonly type: string
  /** As a zone file has it; a target is its last word. */
  readonly data: string
  readonly ttl: number
}

export interface ReferenceZone {
  /** With its final dot. */
  readonly apex: string
  /** In the order of the file. */
  readonly records: readonly ZoneRecord[]
  /** Names whose addresses are turns, and so are never added to another answer. */
  readonly balanced: ReadonlySet<string>
}

export interface ReferenceAnswer {
  readonly rcode: string
  readonly isAuthoritative: boolean
  readonly answer: readonly string[]
  readonly authority: readonly string[]
  readonly additional: readonly string[]
}

/** As many aliases as a chain is followed through. */
const ALIASES_MAX = 16

/** Answers `name type` from one zone; `name` is absolute, in lower case and within the zone. */
export function referenceAnswer(zone: ReferenceZone, name: string, type: string): ReferenceAnswer {
  const answer: ZoneRecord[] = []
  const met = [name]
  for (;;) {
    const step = answerStep(zone, met.at(-1)!, type)
    for (const record of step.answer) if (!answer.includes(record)) answer.push(record)
    const next = step.next
    const isOver = next === undefined || met.includes(next) || met.length > ALIASES_MAX
    if (isOver || !isWithin(next, zone.apex)) {
      return {
        rcode: step.rcode,
        isAuthoritative: met.length > 1 || !step.isReferral,
        answer: answer.map(print),
        authority: step.authority.map(print),
        additional: [...new Set(step.additional.map(print))].sort(),
      }
    }
    met.push(next)
  }
}

interface Step {
  readonly rcode: string
  readonly isReferral?: boolean
  readonly answer: readonly ZoneRecord[]
  readonly authority: readonly ZoneRecord[]
  readonly additional: readonly ZoneRecord[]
  /** The name that an alias leads to. */
  readonly next?: string
}

const NOTHING: Step = { rcode: 'NOERROR', answer: [], authority: [], additional: [] }

function answerStep(zone: ReferenceZone, name: string, type: string): Step {
  // Step 3: "start matching down, label by label".
  for (const above of fromApexDownTo(zone.apex, name)) {
    if (above !== zone.apex && has(zone, above, 'NS')) {
      // "b. If a match would take us out of the authoritative data, we have a referral." The DS of
      // the cut itself is on our side of it (RFC 4035 §3.1.4.1).
      if (above === name && type === 'DS') return answerFrom(zone, at(zone, name), name, type)
      return referTo(zone, above)
    }
    const dname = at(zone, above).find((record) => record.type === 'DNAME')
    if (dname && above !== name) return redirect(name, type, dname)
  }
  // "a. If the whole of QNAME is matched, we have found the node."
  if (exists(zone, name)) return answerFrom(zone, at(zone, name), name, type)
  // "c. … look to see if a [sic] the '*' label exists": below the closest encloser (RFC 4592 §3.3.1).
  const enclosers = fromApexDownTo(zone.apex, name).filter((above) => exists(zone, above))
  const wildcard = `*.${enclosers.at(-1)}`
  if (exists(zone, wildcard)) return answerFrom(zone, at(zone, wildcard), name, type)
  return { ...NOTHING, rcode: 'NXDOMAIN', authority: [negativeSoa(zone)] }
}

/** What a node's records say to the question, under the name that was asked. */
function answerFrom(
  zone: ReferenceZone,
  records: readonly ZoneRecord[],
  name: string,
  type: string,
): Step {
  const cname = records.find((record) => record.type === 'CNAME')
  if (cname && type !== 'CNAME' && type !== 'ANY') {
    return { ...NOTHING, answer: [under(cname, name)], next: cname.data }
  }
  // RFC 8482 §4.1: ANY gets one RRset; ours is the first in the file.
  const wanted = type === 'ANY' ? records[0]?.type : type
  const found = records.filter((record) => record.type === wanted)
  if (found.length === 0) return { ...NOTHING, authority: [negativeSoa(zone)] }
  const named = found.flatMap(targetsOf).filter((target) => isWithin(target, zone.apex))
  const additional = named
    .filter((target) => !zone.balanced.has(target) && !isCovered(zone, target))
    .flatMap((target) => addressesAt(zone, target))
  return { ...NOTHING, answer: found.map((record) => under(record, name)), additional }
}

function referTo(zone: ReferenceZone, cut: string): Step {
  const authority = at(zone, cut).filter(({ type }) => type === 'NS')
  const additional = authority
    .flatMap(targetsOf)
    .filter((target) => isWithin(target, zone.apex) && !zone.balanced.has(target))
    .flatMap((target) => addressesAt(zone, target))
  return { ...NOTHING, isReferral: true, authority, additional }
}

/** RFC 6672 §3.1: the DNAME, and a CNAME made from it with its TTL. */
function redirect(name: string, type: string, dname: ZoneRecord): Step {
  const target = name.slice(0, -dname.owner.length) + dname.data
  if (target.length + 1 > 255) return { ...NOTHING, rcode: 'YXDOMAIN', answer: [dname] }
  const cname = { owner: name, type: 'CNAME', data: target, ttl: dname.ttl }
  const step = { ...NOTHING, answer: [dname, cname] }
  return type === 'CNAME' || type === 'ANY' ? step : { ...step, next: target }
}

/** RFC 2308 §3: kept for the lesser of the SOA's TTL and its MINIMUM. */
function negativeSoa({ records }: ReferenceZone): ZoneRecord {
  const soa = records.find(({ type }) => type === 'SOA')!
  return { ...soa, ttl: Math.min(soa.ttl, Number(soa.data.split(' ').at(-1))) }
}

/** Whether others answer for the name: it is a cut, or below a cut or a DNAME. */
function isCovered(zone: ReferenceZone, name: string): boolean {
  return fromApexDownTo(zone.apex, name).some(
    (above) =>
      (above !== zone.apex && has(zone, above, 'NS')) ||
      (above !== name && has(zone, above, 'DNAME')),
  )
}

function targetsOf({ type, data }: ZoneRecord): string[] {
  return ['NS', 'MX', 'SRV'].includes(type) ? [data.split(' ').at(-1)!] : []
}

function addressesAt(zone: ReferenceZone, name: string): ZoneRecord[] {
  return at(zone, name).filter(({ type }) => type === 'A' || type === 'AAAA')
}

/** The names from the apex to `name`, both included; a name that has one of them is below it. */
function fromApexDownTo(apex: string, name: string): string[] {
  const names = [name]
  while (names[0] !== apex) names.unshift(names[0]!.slice(names[0]!.indexOf('.') + 1))
  return names
}

/** A name exists if it has records or something below it has (RFC 4592 §2.2.2). */
function exists({ apex, records, balanced }: ReferenceZone, name: string): boolean {
  const owners = [...records.map(({ owner }) => owner), ...balanced, apex]
  return owners.some((owner) => owner === name || owner.endsWith(`.${name}`))
}

function at({ records }: ReferenceZone, name: string): ZoneRecord[] {
  return records.filter(({ owner }) => owner === name)
}

function has(zone: ReferenceZone, name: string, type: string): boolean {
  return at(zone, name).some((record) => record.type === type)
}

function isWithin(name: string, apex: string): boolean {
  return name === apex || name.endsWith(`.${apex}`)
}

function under(record: ZoneRecord, owner: string): ZoneRecord {
  return record.owner === owner ? record : { ...record, owner }
}

function print({ owner, ttl, type, data }: ZoneRecord): string {
  return `${owner} ${ttl} IN ${type} ${data}`
}
