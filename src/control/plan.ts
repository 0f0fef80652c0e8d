/**
 * What a configuration comes to once names share what they can: the bindings that zone images and
 * workers know by number, each with the pool that fills its roster.
 */

import { assert } from '../base/assert.ts'

import { printName } from '../wire/name.ts'

import type { BoundName } from '../zone/load.ts'

import type { PolicyName } from '../balance/policy.ts'

import type { Config, NameConfig, PoolConfig, TtlMode, TtlRange } from '../config/config.ts'
import { zoneFinder } from '../config/names.ts'

import type { Binding } from '../engine/world.ts'

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
}

export interface Plan {
  readonly bindings: readonly PlannedBinding[]
  /** Which names of which zone each binding is for; the same order as `config.zones`. */
  readonly boundNames: readonly (readonly BoundName[])[]
  /** For each name of the configuration, the numbers of its zone and of its binding. */
  readonly zoneOfName: readonly number[]
  readonly bindingOfName: readonly number[]
}

/** Names with the same pool, answers and TTL share a binding, and so one ring in each worker. */
export function planOf(config: Config): Plan {
  const bindings: PlannedBinding[] = []
  const numbers = new Map<string, number>()
  const boundNames: BoundName[][] = config.zones.map(() => [])
  const zoneOfName = zoneNumbers(config)
  const bindingOfName = config.names.map((name, index) => {
    const key = bindingKey(name)
    const binding = numbers.get(key) ?? bindings.push(plannedFor(config, name)) - 1
    numbers.set(key, binding)
    boundNames[zoneOfName[index]].push({ name: name.name, binding })
    return binding
  })
  return { bindings, boundNames, zoneOfName, bindingOfName }
}

/** Equal where names share a binding; a pool may be called like a name and is still another. */
function bindingKey({ pool, name, answers, ttl, ttlMode }: NameConfig): string {
  return JSON.stringify([pool ?? [printName(name)], answers, ttl.max, ttl.min, ttlMode])
}

function plannedFor(config: Config, name: NameConfig): PlannedBinding {
  const pool = name.pool === undefined ? ownPool(name) : config.pools.get(name.pool)!
  const { answers, ttl, ttlMode } = name
  return { label: pool.name, pool, answers, ttl, ...(ttlMode && { ttlMode }) }
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
