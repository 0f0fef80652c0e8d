/**
 * A zone for names that came without one: SOA, NS, and each balanced name with every member's
 * address, just as a zone file beside a YAML file would have them.
 *
 * The name server is `ns.<apex>` and its addresses are those of `listen`; a server that listens on
 * every address says loopback, since it cannot know which of them a client would reach.
 */

import { parseAddress, printAddress } from '../../base/address.ts'

import { printName } from '../../wire/name.ts'

import type { Config, NameConfig } from '../config.ts'
import { nameKey, zoneFinder } from '../values/names.ts'

/** RFC 1912 §2.2 for what only a secondary reads; MINIMUM is short, as failure should be. */
const SOA_TIMES = '3600 600 604800'
const NEGATIVE_TTL_SECONDS = 5
/** For SOA and NS, which only a restart changes. */
const APEX_TTL_SECONDS = 3_600

/** The same configuration, in which each zone is text. */
export function withBuiltInZones(config: Config): Config {
  const zoneOf = zoneFinder(config.zones)
  const zones = config.zones.map((zone) => {
    const names = config.names.filter(({ name }) => zoneOf(name) === zone)
    return { ...zone, source: { text: zoneText(zone.apex, names, config) } }
  })
  return { ...config, zones }
}

function zoneText(apex: Uint8Array, names: readonly NameConfig[], config: Config): string {
  const origin = printName(apex)
  const suffix = origin === '.' ? '.' : `.${origin}`
  const server = `ns${suffix}`
  const soa = `${server} hostmaster${suffix} 1 ${SOA_TIMES} ${NEGATIVE_TTL_SECONDS}`
  const isTaken = names.some(({ name }) => nameKey(name) === `\x02ns${nameKey(apex)}`)
  return [
    `${origin} ${APEX_TTL_SECONDS} IN SOA ${soa}`,
    `${origin} ${APEX_TTL_SECONDS} IN NS ${server}`,
    ...(isTaken
      ? []
      : serverAddresses(config).map((text) => record(server, text, APEX_TTL_SECONDS))),
    ...names.flatMap((name) => memberRecords(name, config)),
    '',
  ].join('\n')
}

function memberRecords({ name, pool, ttl }: NameConfig, { pools }: Config): string[] {
  const addresses = pools.get(pool ?? '')?.members.flatMap(({ v4, v6 }) => [v4, v6]) ?? []
  return addresses.flatMap((octets) =>
    octets ? [record(printName(name), printAddress(octets), ttl.max)] : [],
  )
}

function serverAddresses({ listen }: Config): string[] {
  const loopbacks: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  return [...new Set(listen.dns.map(({ address }) => loopbacks[address] ?? address))]
}

function record(owner: string, address: string, ttlSeconds: number): string {
  const type = parseAddress(address)?.length === 16 ? 'AAAA' : 'A'
  return `${owner} ${ttlSeconds} IN ${type} ${address}`
}
