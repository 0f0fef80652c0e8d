/** Rules of sockets, of what belongs to the server as a whole, and of zones. */

import { type Endpoint, printEndpoint } from '../../base/address.ts'

import type { Facts } from '../facts/facts.ts'
import type { Path } from '../facts/origin.ts'
import { nameKey, readDomainName } from '../values/names.ts'
import type { Rule } from '../rules.ts'
import type { Draft } from '../schema/schema.ts'
import { isFault } from '../values/values.ts'
import { fault, repeats, warning } from './report.ts'

export const LISTEN_RULES: readonly Rule[] = [
  { says: 'every address that a protocol is served on is named once', find: repeatedEndpoints },
  { says: 'two protocols over TCP do not share a port', find: sharedPorts },
  { says: 'a name by which HTTP is asked stands once, and HTTP is served', find: oddHosts },
  { says: 'what is served over TLS has a certificate', find: noCertificate },
  { says: 'a certificate is there for a reason', find: idleCertificate },
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

/** What is served over TCP, in the order in which a port is given away. */
const PROTOCOLS = {
  dns: 'DNS over TCP',
  http: 'HTTP',
  tls: 'DNS over TLS',
  https: 'DNS over HTTPS',
} as const

type Protocol = keyof typeof PROTOCOLS

interface Socket extends Endpoint {
  readonly protocol: Protocol
  readonly path: Path
}

function* repeatedEndpoints({ draft, origin }: Facts) {
  for (const protocol of LISTS) {
    const sockets = socketsOf(draft, protocol)
    for (const [index, item] of sockets.entries()) {
      const first = sockets.slice(0, index).find((before) => isClash(before, item))
      if (!first) continue
      const seen = origin.mention(first.path)
      yield fault(
        origin.valueAt(item.path),
        item.address === first.address
          ? `${origin.words(item.path)} ${printEndpoint(item)} is repeated; see ${seen}`
          : `${origin.words(item.path)} ${printEndpoint(item)} cannot be opened beside ` +
              `${printEndpoint(first)} (${seen}): one of them is every address of its family`,
      )
    }
  }
}

const LISTS = ['dns', 'tls', 'https'] as const

function* sharedPorts({ draft, origin }: Facts) {
  const all = Object.keys(PROTOCOLS).flatMap((protocol) => socketsOf(draft, protocol as Protocol))
  for (const [index, item] of all.entries()) {
    const holder = all
      .slice(0, index)
      .find((before) => before.protocol !== item.protocol && isClash(before, item))
    if (!holder) continue
    yield fault(
      origin.valueAt(item.path),
      `${origin.words(item.path)} ${printEndpoint(item)} is taken by ` +
        `${PROTOCOLS[holder.protocol]} (${origin.mention(holder.path)})`,
    )
  }
}

function* oddHosts({ draft: { listen }, origin, isFaulty }: Facts) {
  const hosts = (listen?.hosts ?? []).map((host, index) => ({
    host,
    path: ['listen', 'hosts', index],
  }))
  for (const { item, first } of repeats(hosts, ({ host }) => host)) {
    const seen = origin.mention(first.path)
    yield fault(
      origin.valueAt(item.path),
      `${origin.words(item.path)} ${item.host} is repeated; see ${seen}`,
    )
  }
  if (hosts.length === 0 || listen?.http || isFaulty(['listen', 'http'])) return
  yield warning(
    origin.keyAt(['listen', 'hosts']),
    'listen: hosts are names of listen.http, which is not there; add http: "127.0.0.1:8053"',
  )
}

function* noCertificate({ draft: { listen, tls }, origin, isFaulty }: Facts) {
  if (tls || isFaulty(['tls'])) return
  const key = ['tls', 'https'].find((name) => listen?.[name as 'tls' | 'https'])
  if (key === undefined) return
  const path = ['listen', key]
  yield fault(
    origin.keyAt(path),
    `${origin.words(path)} has no certificate to show; ` +
      'write "tls: { certificate: server.crt, key: server.key }"',
  )
}

function* idleCertificate({ draft: { listen, tls }, origin, isFaulty }: Facts) {
  if (!tls || listen?.tls || listen?.https || isFaulty(['listen'])) return
  yield warning(
    origin.keyAt(['tls']),
    'tls is shown by nobody; add listen: { tls: "0.0.0.0:853" }, or https with port 443',
  )
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

function socketsOf({ listen }: Draft, protocol: Protocol): Socket[] {
  if (protocol === 'http') {
    return listen?.http ? [{ ...listen.http, protocol, path: ['listen', 'http'] }] : []
  }
  return (listen?.[protocol] ?? []).map((endpoint, index) => ({
    ...endpoint,
    protocol,
    path: ['listen', protocol, index],
  }))
}
