/**
 * What is right in a configuration and in its zones, and is a slip between the two: warnings that
 * need both. See config/rules/lints.ts for those that the configuration alone shows.
 */

import type { Diagnostic } from '../../base/diagnostic.ts'

import { createPath, setPath } from '../../wire/name-path.ts'
import { TYPE } from '../../wire/registry.ts'

import {
  bindingOf,
  findRrset,
  RECORD_HEADER_SIZE,
  RRSET_HEADER_SIZE,
  rrsetCount,
  rrsetLength,
  type ZoneImage,
} from '../../zone/image.ts'
import { NO_NODE, nodeAtDepth } from '../../zone/lookup.ts'

import { printSeconds } from '../../config/budget/budget.ts'
import type { Config, NameConfig, PoolConfig } from '../../config/config.ts'
import { failoversOf } from '../../config/budget/failover.ts'
import { nameKey, showName, zoneFinder } from '../../config/values/names.ts'

import type { Plan, PlannedBinding } from './plan.ts'

/** Every warning; `bindings` are those that were fitted to `zones`. */
export function* lintZones(
  config: Config,
  plan: Plan,
  bindings: readonly PlannedBinding[],
  zones: readonly ZoneImage[],
): Iterable<Diagnostic> {
  yield* balancedServers(config, zones)
  yield* lonelyAddresses(plan, bindings)
  yield* longDenials(config, plan, zones)
}

function told({ place, name }: NameConfig, claim: string): Diagnostic {
  return { severity: 'warning', ...place, message: `name "${showName(name)}" ${claim}` }
}

/** A zone whose name servers come and go with health is a zone that comes and goes. */
function* balancedServers({ names }: Config, zones: readonly ZoneImage[]): Iterable<Diagnostic> {
  const zoneOf = zoneFinder(zones)
  const path = createPath()
  for (const zone of zones) {
    for (const server of recordsOf(zone, TYPE.NS)) {
      const home = zoneOf(server)
      if (!home) continue
      setPath(path, server, 0, server.length)
      const node = nodeAtDepth(home, path, path.depth)
      if (node === NO_NODE || bindingOf(home, node) < 0) continue
      const key = nameKey(server)
      const name = names.find((one) => nameKey(one.name) === key)
      const claim =
        `is a name server of zone ${showName(zone.apex)}: its addresses would come and go ` +
        'with health, beside those that the parent zone has'
      if (name) yield told(name, claim)
    }
  }
}

/** As config/rules/lints.ts has it for pools, where the members are a zone's records. */
function* lonelyAddresses(
  { pools }: Plan,
  bindings: readonly PlannedBinding[],
): Iterable<Diagnostic> {
  const seen = new Set<PoolConfig>()
  for (const { pool } of bindings) {
    const isOwn = pools.get(pool.name) !== pool && !seen.has(pool)
    const isAnswered = pool.whenAllDown.every(({ kind }) => kind === 'all' || kind === 'last-good')
    if (!isOwn || !pool.condition || pool.members.length !== 1 || !isAnswered) continue
    if (pool.registration) continue
    seen.add(pool)
    const claim =
      'has one address in its zone, and when_all_down answers it all the same: the check changes ' +
      'nothing; add an address, or write what is answered instead'
    yield { severity: 'warning', ...pool.place, message: `name "${pool.name}" ${claim}` }
  }
}

/** RFC 2308 §5: resolvers keep a denial for the least of the TTL and the MINIMUM of the SOA. */
function* longDenials(
  config: Config,
  plan: Plan,
  zones: readonly ZoneImage[],
): Iterable<Diagnostic> {
  const pools = new Set([...config.pools.values()].filter(isEverDenied).map(({ name }) => name))
  const denied = config.names.flatMap((name, index) => {
    const isDenied = name.own ? isEverDenied(name.own) : pools.has(name.pool!)
    return isDenied ? [{ name, zone: zones[plan.zoneOfName[index]!]! }] : []
  })
  const failovers = failoversOf({ ...config, names: denied.map(({ name }) => name) })
  // Once for each zone: it is the zone that is to be changed.
  const seen = new Set<ZoneImage>()
  for (const [index, { name, zone }] of denied.entries()) {
    const worst = failovers[index]!.blackHole
    const seconds = negativeTtl(zone)
    if (seen.has(zone) || !worst || seconds * 1000 <= worst.totalMs) continue
    seen.add(zone)
    const claim =
      `may be answered nodata, which caches keep for ${seconds} s by the SOA of zone ` +
      `${showName(zone.apex)}, longer than its failover of ${printSeconds(worst.totalMs)}; ` +
      "lower MINIMUM, the SOA's last number"
    yield told(name, claim)
  }
}

/** What follows `all` is for the day on which operators have taken out everybody. */
function isEverDenied({ whenAllDown }: Pick<PoolConfig, 'whenAllDown'>): boolean {
  const last = whenAllDown.findIndex(({ kind, forMs }) => kind === 'all' && forMs === undefined)
  const steps = last < 0 ? whenAllDown : whenAllDown.slice(0, last)
  return steps.some(({ kind }) => kind === 'nodata')
}

function negativeTtl(zone: ZoneImage): number {
  const rrset = findRrset(zone, zone.apexNode, TYPE.SOA)
  const { octets } = zone
  const record = rrset + RRSET_HEADER_SIZE
  const view = new DataView(octets.buffer, octets.byteOffset)
  const minimumAt = record + rrsetLength(octets, rrset) - MINIMUM_SIZE
  return Math.min(view.getUint32(record + TTL_AT), view.getUint32(minimumAt))
}

/** In a record: after pointer, type and class; and RDLENGTH after the TTL. */
const TTL_AT = 6
const LENGTH_AT = 10
/** The last field of an SOA (RFC 1035 §3.3.13). */
const MINIMUM_SIZE = 4

/** The RDATA of each record of a type at the apex. */
function* recordsOf(zone: ZoneImage, type: number): Iterable<Uint8Array> {
  const { octets } = zone
  const rrset = findRrset(zone, zone.apexNode, type)
  if (rrset === 0) return
  let at = rrset + RRSET_HEADER_SIZE
  for (let left = rrsetCount(octets, rrset); left > 0; left--) {
    const length = (octets[at + LENGTH_AT]! << 8) | octets[at + LENGTH_AT + 1]!
    const from = at + RECORD_HEADER_SIZE
    yield octets.slice(from, from + length)
    at = from + length
  }
}
