/**
 * Fits the names of a configuration to the zones that answer for them: a name without a pool takes
 * its members from its zone file, and a name that its zone has given away cannot be balanced.
 */

import { printAddress } from '../../base/address.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'

import { createPath, setPath } from '../../wire/name-path.ts'
import { TYPE, typeName } from '../../wire/registry.ts'

import { addressesOf } from '../../zone/addresses.ts'
import { findRrset, FLAG, flagsOf, rrsetTypes, type ZoneImage } from '../../zone/image.ts'
import { NO_NODE, nodeAtDepth } from '../../zone/lookup.ts'
import { servicesOf } from '../../zone/services.ts'

import type {
  Config,
  MemberConfig,
  MinHealthy,
  NameConfig,
  PoolConfig,
} from '../../config/config.ts'
import { WEIGHT } from '../../config/defaults.ts'
import { showName } from '../../config/values/names.ts'
import { MEMBERS_MAX } from '../../config/values/values.ts'

import { createOffers, type Offers, poolsOf } from './offers.ts'
import type { Plan, PlannedBinding } from './plan.ts'

export interface Fitting {
  /** Those of the plan, the pools of names without one filled with what their zone files say. */
  readonly bindings: readonly PlannedBinding[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Fits names to zones; `zones` are the images of `config.zones`, in their order. */
export function fitNames(config: Config, plan: Plan, zones: readonly ZoneImage[]): Fitting {
  const filled = new Map<PoolConfig, PoolConfig>()
  const diagnostics: Diagnostic[] = []
  const offersOf = createOffers(config.pools)
  // Few have any, and there may be a hundred thousand names to ask for it.
  const hasAliases = [...config.pools.values()].some((pool) => offersOf(pool).alias)
  const path = createPath()
  config.names.forEach((name, index) => {
    const zone = zones[plan.zoneOfName[index]]
    setPath(path, name.name, 0, name.name.length)
    const node = nodeAtDepth(zone, path, path.depth)
    const misfit = misfitOf(zone, node)
    if (misfit !== undefined) {
      diagnostics.push(fault(name, misfit))
      return
    }
    const pool = config.pools.get(name.pool ?? '')
    if (pool) diagnostics.push(...unanswered(name, pool, offersOf(pool), zone, node))
    const pools = hasAliases ? poolsOf(name, config) : []
    const alias = pools.find((one) => offersOf(one).alias)
    const clash = alias && aliasClash(offersOf(alias), zone, node)
    if (clash !== undefined) diagnostics.push(fault(name, clash))
    if (!name.own) return
    const members = ownMembers(name, zone, node)
    const lack = lackOf(members, name.own.minHealthy, zone)
    if (lack !== undefined) diagnostics.push(fault(name, lack))
    const own = plan.bindings[plan.bindingOfName[index]].pool
    filled.set(own, { ...own, members })
  })
  const bindings = plan.bindings.map((binding) => {
    const pool = filled.get(binding.pool)
    return pool ? { ...binding, pool } : binding
  })
  return { bindings, diagnostics }
}

function fault({ place, name }: NameConfig, predicate: string): Diagnostic {
  return { severity: 'error', ...place, message: `name "${showName(name)}" ${predicate}` }
}

/** A name that its zone has given away, or made an alias, would never be answered from its pool. */
function misfitOf(zone: ZoneImage, node: number): string | undefined {
  const flags = flagsOf(zone, node)
  const apex = showName(zone.apex)
  if ((flags & (FLAG.CUT | FLAG.OCCLUDED)) !== 0) {
    return `is at or below a delegation or a DNAME of zone ${apex}`
  }
  return (flags & FLAG.HAS_CNAME) !== 0
    ? `is a CNAME in zone ${apex}; take out one or the other`
    : undefined
}

/** A pool stands in for both types, so what its members lack is not answered from the zone. */
function unanswered(
  name: NameConfig,
  pool: PoolConfig,
  offers: Offers,
  zone: ZoneImage,
  node: number,
) {
  if (node === NO_NODE) return []
  return FAMILIES.filter(
    ({ type, family }) => findRrset(zone, node, type) !== 0 && !offers[family],
  ).map(({ word, family }): Diagnostic => {
    const why = `pool "${pool.name}" has no ${family} members`
    const claim = `has ${word} in zone ${showName(zone.apex)} that will not be answered: ${why}`
    return { ...fault(name, claim), severity: 'warning' }
  })
}

const FAMILIES = [
  { type: TYPE.A, word: 'A', family: 'v4' },
  { type: TYPE.AAAA, word: 'AAAA', family: 'v6' },
] as const

/** RFC 1034 §3.6.2: where an alias may be answered, no other data can be; at an apex there is. */
function aliasClash({ alias }: Offers, zone: ZoneImage, node: number): string | undefined {
  if (!alias) return undefined
  const { pool, member } = alias
  const who = `member "${member.name}" of pool "${pool.name}" (line ${member.place.line})`
  const apex = showName(zone.apex)
  if (node === zone.apexNode)
    return `is the apex of its zone, which cannot be an alias: ${who} is one`
  const other =
    node === NO_NODE ? undefined : rrsetTypes(zone, node).find((type) => !MAY_STAY.has(type))
  return other === undefined
    ? undefined
    : `has ${typeName(other)} in zone ${apex}, and ${who} is an alias; an alias has no other data`
}

/** Addresses are the pool's to answer, and an alias may be signed (RFC 4034 §3, §4). */
const MAY_STAY: ReadonlySet<number> = new Set([TYPE.A, TYPE.AAAA, TYPE.RRSIG, TYPE.NSEC])

function ownMembers(
  { name, place }: NameConfig,
  zone: ZoneImage,
  node: number,
): readonly MemberConfig[] {
  const own = addressesOf(zone, name)
  // A service has no addresses: its hosts are those that it leads to.
  const addresses = own.length > 0 ? own : targetsOf(zone, node)
  const members = addresses.map((address) => ({
    place,
    name: printAddress(address),
    ...(address.length === 4 ? { v4: address } : { v6: address }),
    weight: WEIGHT,
  }))
  return [...new Map(members.map((member) => [member.name, member])).values()]
}

function targetsOf(zone: ZoneImage, node: number): Uint8Array[] {
  return node === NO_NODE ? [] : servicesOf(zone, node).flatMap(({ addresses }) => addresses)
}

/** What the rules ask of the members of a pool, where the members are a zone's records. */
function lackOf(members: readonly MemberConfig[], minHealthy: MinHealthy, { apex }: ZoneImage) {
  const zone = `zone ${showName(apex)}`
  const count = members.length
  if (count === 0) return `has no pool, and no A or AAAA in ${zone} to be its members`
  if (count > MEMBERS_MAX) {
    return `has ${count} addresses in ${zone}; without a pool it takes 1–${MEMBERS_MAX}`
  }
  const v4Count = members.filter(({ v4 }) => v4).length
  const most = Math.max(v4Count, count - v4Count)
  return 'count' in minHealthy && minHealthy.count > most
    ? `has ${most} address${most === 1 ? '' : 'es'}${most < count ? ' of one family' : ''} ` +
        `in ${zone}, fewer than min_healthy ${minHealthy.count}`
    : undefined
}
