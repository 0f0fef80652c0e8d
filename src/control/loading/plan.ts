/**
 * What a configuration comes to once names share what they can: the bindings that zone images and
 * workers know by number, each with the pool that fills its roster. Where some clients of a name
 * are answered otherwise, that is a binding of its own, and a map of clients leads to it.
 */

import { assert } from '../../base/assert.ts'
import { buildPrefixMap } from '../../base/prefix-map.ts'
import { printPrefix } from '../../base/prefix.ts'

import { printName } from '../../wire/name.ts'

import type { BoundName } from '../../zone/load.ts'
import type { ServiceRecord } from '../../zone/services.ts'

import type { PolicyName } from '../../balance/policy.ts'

import type { ClientRule, Config, NameConfig, PoolConfig } from '../../config/config.ts'
import type { TtlMode, TtlRange } from '../../config/config.ts'
import { zoneFinder } from '../../config/values/names.ts'

import type { Binding } from '../../engine/world.ts'

import { createOffers, poolsOf } from './offers.ts'

/** A binding with what the control plane needs to keep its roster. */
export interface PlannedBinding extends Binding {
  /** The pool's name, or the name that is its own pool. */
  readonly label: string
  readonly pool: PoolConfig
  /** By which it is drawn; absent: by the pool's own. */
  readonly policy?: PolicyName
  readonly ttl: TtlRange
  /** Absent: `step`. */
  readonly ttlMode?: TtlMode
  /** How many rules its clients have; absent: none. */
  readonly rules?: number
  /** Records of its only name that follow the same health. */
  readonly services?: readonly ServiceRecord[]
  /** That name, for people; there where it has such records. */
  readonly servicesAt?: string
  /** Addresses to which these lead only those clients whom another pool of its name answers. */
  readonly strangers?: ReadonlySet<string>
  /** False where its name is no host's: then only its services are answered. Absent: true. */
  readonly holdsAddresses?: boolean
}

export interface Plan {
  readonly bindings: readonly PlannedBinding[]
  /** By name: those of the configuration that a binding leads to, at once or through others. */
  readonly pools: ReadonlyMap<string, PoolConfig>
  /** Which names of which zone each binding is for; the same order as `config.zones`. */
  readonly boundNames: readonly (readonly BoundName[])[]
  /** For each name of the configuration, the numbers of its zone and of its binding. */
  readonly zoneOfName: readonly number[]
  readonly bindingOfName: readonly number[]
}

/** Names with the same pool, answers, TTL and clients share a binding, and so one ring. */
export function planOf(config: Config): Plan {
  const bindings = createBindings(config)
  const boundNames: BoundName[][] = config.zones.map(() => [])
  const zoneOfName = zoneNumbers(config)
  const bindingOfName = config.names.map((name, index) => {
    const binding = bindings.numberOf(name)
    boundNames[zoneOfName[index]].push({ name: name.name, binding })
    return binding
  })
  const pools = poolsReached(config, bindings.all)
  return { bindings: bindings.all, pools, boundNames, zoneOfName, bindingOfName }
}

/** Gives out the numbers of bindings, each once for all names that ask for the same. */
function createBindings(config: Config) {
  const all: PlannedBinding[] = []
  const numbers = new Map<string, number>()
  const offersOf = createOffers(config.pools)
  const numberOf = (name: NameConfig): number => {
    const key = `${drawnKey(name, name.pool)} ${clientsKey(name)}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    const planned = plannedFor(config, name)
    // Those of its clients come first: the map of clients must know the number of its own.
    const others = (name.clients ?? []).map((rule) => numberOfRule(name, rule, planned))
    const number = all.length
    const clients = name.clients && clientMap(name.clients, others, number)
    const mayAlias = poolsOf(name, config).some((pool) => offersOf(pool).alias)
    all.push({
      ...planned,
      ...(clients && { clients, rules: others.length }),
      ...(mayAlias && { mayAlias }),
    })
    numbers.set(key, number)
    return number
  }
  const numberOfRule = (name: NameConfig, rule: ClientRule, planned: PlannedBinding): number => {
    const pool = rule.pool === undefined ? planned.pool : config.pools.get(rule.pool)!
    const policy = rule.policy === pool.policy ? undefined : rule.policy
    const key = `${drawnKey(name, rule.pool ?? name.pool, policy)} `
    const known = numbers.get(key)
    if (known !== undefined) return known
    const number = all.push({ ...planned, label: pool.name, pool, ...(policy && { policy }) }) - 1
    numbers.set(key, number)
    return number
  }
  return { all, numberOf }
}

function clientMap(clients: readonly ClientRule[], bindings: readonly number[], own: number) {
  const entries = clients.flatMap(({ subnets }, index) =>
    subnets.map((prefix) => ({ prefix, value: bindings[index]! })),
  )
  return buildPrefixMap(entries, own, { firstMatch: true })
}

/** Equal where the same is drawn; a pool may be called like a name and is still another. */
function drawnKey(
  { name, answers, ttl, ttlMode }: NameConfig,
  pool: string | undefined,
  policy?: PolicyName,
): string {
  return JSON.stringify([pool ?? [printName(name)], answers, ttl.max, ttl.min, ttlMode, policy])
}

/** Equal where the same clients get the same instead; empty where none does. */
function clientsKey({ clients }: NameConfig): string {
  if (!clients) return ''
  return JSON.stringify(clients.map((one) => [one.pool, one.policy, one.subnets.map(printPrefix)]))
}

function plannedFor(config: Config, name: NameConfig): PlannedBinding {
  const pool = name.pool === undefined ? ownPool(name) : config.pools.get(name.pool)!
  const { answers, ttl, ttlMode } = name
  return { label: pool.name, pool, answers, ttl, ...(ttlMode && { ttlMode }) }
}

/** What bindings draw from, with all that this leads to through members and ladders. */
function poolsReached(
  { pools }: Config,
  bindings: readonly PlannedBinding[],
): ReadonlyMap<string, PoolConfig> {
  const reached = new Set<PoolConfig>(bindings.map(({ pool }) => pool))
  // A set that grows while it is walked is walked to its end.
  for (const { members, whenAllDown } of reached) {
    for (const { pool } of members) if (pool !== undefined) reached.add(pools.get(pool)!)
    for (const step of whenAllDown) if (step.kind === 'pool') reached.add(pools.get(step.pool)!)
  }
  return new Map([...pools].filter(([, pool]) => reached.has(pool)))
}

/** The pool of a name without one; its members are known once the zone has been read. */
function ownPool(name: NameConfig): PoolConfig {
  const label = printName(name.name).replace(/\.$/, '')
  return { ...name.own!, name: label, place: name.place, members: [] }
}

/** The zone of a name is the longest apex above it, as for a query. */
function zoneNumbers({ zones, names }: Config): number[] {
  const zoneOf = zoneFinder(zones.map(({ apex }, number) => ({ apex, number })))
  return names.map(({ name }) => {
    const zone = zoneOf(name)
    assert(zone !== undefined, 'the configuration has a zone for every name')
    return zone.number
  })
}
