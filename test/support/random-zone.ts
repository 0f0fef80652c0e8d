/**
 * Random zones that a master file may hold: few labels, so that names meet, nest and cover each
 * other; every kind of record that changes how a name is found.
 */

import fc from 'fast-check'

import type { ReferenceZone, ZoneRecord } from './reference.ts'

export const APEX = 'example.test.'
export const LABELS = ['a', 'b', 'c', '*'] as const

const TYPES = ['A', 'AAAA', 'TXT', 'MX', 'SRV', 'CNAME', 'DNAME', 'NS', 'DS'] as const

const TTL = 300
export const POOL_TTL = 30

const OWNER = fc.array(fc.constantFrom(...LABELS), { maxLength: 3 }).map(nameOf)
const TARGET = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }).map(nameOf) },
  { weight: 1, arbitrary: fc.constant('www.example.org.') },
)
const RECORD = fc.record({
  owner: OWNER,
  type: fc.constantFrom(...TYPES),
  target: TARGET,
  host: fc.integer({ min: 1, max: 3 }),
})

/** A zone of up to 24 records beside its SOA and NS, with up to two balanced names. */
export const RANDOM_ZONE: fc.Arbitrary<ReferenceZone> = fc
  .record({
    records: fc.array(RECORD, { maxLength: 24 }),
    pools: fc.array(OWNER, { maxLength: 2 }),
  })
  .map(({ records, pools }) => {
    const zone: ZoneRecord[] = [
      record(APEX, 'SOA', `ns1.example.org. hostmaster.example.org. 1 7200 3600 1209600 60`),
      record(APEX, 'NS', 'ns1.example.org.'),
    ]
    for (const { owner, type, target, host } of records) {
      const next = record(owner, type, dataOf(type, target, host))
      if (mayStand(next, zone)) zone.push(next)
    }
    const isAlias = (name: string) => zone.some((r) => r.owner === name && r.type === 'CNAME')
    return { apex: APEX, records: zone, balanced: new Set(pools.filter((name) => !isAlias(name))) }
  })

/** The zone as a file: every record a line. */
export function zoneText({ records }: ReferenceZone): string {
  return records.map(({ owner, ttl, type, data }) => `${owner} ${ttl} ${type} ${data}\n`).join('')
}

/** The zone with the one member of every pool in place of the addresses in the file. */
export function withPools(zone: ReferenceZone, address: string): ReferenceZone {
  const isAddress = ({ type }: ZoneRecord) => type === 'A' || type === 'AAAA'
  const rest = zone.records.filter((entry) => !(zone.balanced.has(entry.owner) && isAddress(entry)))
  const turns = [...zone.balanced].map((owner) => ({
    ...record(owner, 'A', address),
    ttl: POOL_TTL,
  }))
  // A turn is what ANY of a balanced name gets, so it stands before the rest of the name.
  return { ...zone, records: [...turns, ...rest] }
}

function nameOf(labels: readonly string[]): string {
  return [...labels, APEX].join('.')
}

function record(owner: string, type: string, data: string): ZoneRecord {
  return { owner, type, data, ttl: TTL }
}

function dataOf(type: (typeof TYPES)[number], target: string, host: number): string {
  if (type === 'A') return `192.0.2.${host}`
  if (type === 'AAAA') return `2001:db8::${host}`
  if (type === 'TXT') return `"text ${host}"`
  if (type === 'MX') return `${host} ${target}`
  if (type === 'SRV') return `0 ${host} 443 ${target}`
  if (type === 'DS') return `${host} 13 2 ${'0'.repeat(64)}`
  return target
}

/** What the RFCs let stand together; a wildcard that delegates or redirects they leave undefined. */
function mayStand(next: ZoneRecord, zone: readonly ZoneRecord[]): boolean {
  const beside = zone.filter(({ owner }) => owner === next.owner)
  const has = (type: string) => beside.some((entry) => entry.type === type)
  if (beside.some(({ type, data }) => type === next.type && data === next.data)) return false
  if (next.owner.startsWith('*.') && (next.type === 'NS' || next.type === 'DNAME')) return false
  if (next.type === 'CNAME') return beside.length === 0 // RFC 1034 §3.6.2
  if (has('CNAME')) return false
  if (next.type === 'DNAME') return !has('DNAME') && !has('NS') // RFC 6672 §2.3, §2.4
  if (next.type === 'NS') return !has('DNAME')
  return next.type !== 'DS' || has('NS')
}
