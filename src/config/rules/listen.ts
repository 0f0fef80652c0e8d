/** Rules of sockets, of what belongs to the server as a whole, and of zones. */

import { type Endpoint, printEndpoint } from '../../base/address.ts'

import type { Facts } from '../facts/facts.ts'
import { nameKey, readDomainName } from '../values/names.ts'
import type { Rule } from '../rules.ts'
import type { Draft } from '../schema/schema.ts'
import { isFault } from '../values/values.ts'
import { fault, repeats } from './report.ts'

export const LISTEN_RULES: readonly Rule[] = [
  { says: 'every address that DNS is served on is named once', find: repeatedEndpoints },
  { says: 'HTTP and DNS over TCP do not share a port', find: sharedPort },
  { says: 'there is a zone to answer for', find: noZone },
  { says: 'an apex is a name', find: badApexes },
  { says: 'an apex stands once, whatever its case and final dot', find: repeatedZones },
]

const WILDCARDS: readonly string[] = ['0.0.0.0', '::']

/** Whether two sockets of one protocol cannot both be open. */
function isClash(a: Endpoint, b: Endpoint): boolean {
  const isOneFamily = a.address.includes(':') === b.address.includes(':')
  const isCovered = [a, b].some(({ address }) => WILDCARDS.includes(address))
  return (
    a.port !== 0 && a.port === b.port && (a.address === b.address || (isOneFamily && isCovered))
  )
}

function* repeatedEndpoints({ draft, origin }: Facts) {
  const endpoints = endpointsOf(draft.listen?.dns)
  for (const item of endpoints) {
    const first = endpoints.slice(0, item.index).find((before) => isClash(before, item))
    if (!first) continue
    const [path, before] = [item, first].map(({ index }) => ['listen', 'dns', index])
    const seen = origin.mention(before)
    yield fault(
      origin.valueAt(path),
      item.address === first.address
        ? `${origin.words(path)} ${printEndpoint(item)} is repeated; see ${seen}`
        : `${origin.words(path)} ${printEndpoint(item)} cannot be opened beside ` +
            `${printEndpoint(first)} (${seen}): one of them is every address of its family`,
    )
  }
}

function* sharedPort({ draft, origin }: Facts) {
  const dns = takingHttp(draft)
  if (!draft.listen?.http || !dns) return
  const [path, taken] = [
    ['listen', 'http'],
    ['listen', 'dns', dns.index],
  ]
  yield fault(
    origin.valueAt(path),
    `${origin.words(path)} ${printEndpoint(draft.listen.http)} is taken by DNS over TCP ` +
      `(${origin.mention(taken)})`,
  )
}

/** The endpoint of DNS over TCP that leaves HTTP no port. */
function takingHttp({ listen }: Draft) {
  const http = listen?.http
  return http && endpointsOf(listen.dns).find((endpoint) => isClash(endpoint, http))
}

function* noZone({ draft, origin, isFaulty }: Facts) {
  if (Object.keys(draft.zones ?? {}).length > 0 || isFaulty(['zones'])) return
  yield fault(
    origin.keyAt(['zones']),
    'there is no zone to answer for; write "zones:" with at least one apex and its file',
  )
}

function* badApexes({ draft, origin }: Facts) {
  for (const text of Object.keys(draft.zones ?? {})) {
    const octets = readDomainName(text)
    const path = ['zones', text]
    if (isFault(octets)) yield fault(origin.keyAt(path), `${origin.words(path)} ${octets.fault}`)
  }
}

function* repeatedZones({ zones, origin }: Facts) {
  for (const { item, first } of repeats(zones, ({ apex }) => nameKey(apex))) {
    const same = `is the same as "${first.text}" (${origin.mention(first.path)})`
    yield fault(origin.keyAt(item.path), `${origin.words(item.path)} ${same}`)
  }
}

function endpointsOf(dns: readonly Endpoint[] = []) {
  return dns.map((endpoint, index) => ({ ...endpoint, index }))
}
