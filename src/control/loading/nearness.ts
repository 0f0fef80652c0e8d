/**
 * Who of each pool that asks for the nearest is near to whom: maps are read, and compared with what
 * the members say of where they are.
 */

import type { Diagnostic } from '../../base/diagnostic.ts'
import { nearest } from '../../base/nearest.ts'

import { loadMap } from '../../place/load.ts'
import type { PlaceMap } from '../../place/location.ts'
import { compileNearness } from '../../place/nearness.ts'

import type { Config, PoolConfig } from '../../config/config.ts'

import type { Nearness } from '../../engine/world.ts'

import type { Plan } from './plan.ts'

export interface NearnessLoad {
  /** By the numbers that lineups hold. */
  readonly nearness: readonly Nearness[]
  /** The number that each pool has, by the pool's name; only those that are drawn so have one. */
  readonly nearnessOf: ReadonlyMap<string, number>
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads each map that a pool is drawn by, once. A map that nobody uses is not opened. */
export function loadNearness({ maps = new Map() }: Config, plan: Plan): NearnessLoad {
  const loads = new Map<string, PlaceMap | undefined>()
  const diagnostics: Diagnostic[] = []
  const mapNamed = (name: string): PlaceMap | undefined => {
    const config = maps.get(name)
    if (!config || loads.has(name)) return loads.get(name)
    const load = loadMap(config.source, config.place)
    for (const found of load.diagnostics) diagnostics.push(found)
    loads.set(name, load.map)
    return load.map
  }
  const nearness: Nearness[] = []
  const nearnessOf = new Map<string, number>()
  for (const pool of poolsByPlace(plan)) {
    const map = mapNamed(pool.map ?? '')
    if (!map) continue
    for (const found of lostLabels(pool, map)) diagnostics.push(found)
    const locations = pool.members.map(({ location }) => location)
    nearnessOf.set(pool.name, nearness.push(compileNearness(map, locations)) - 1)
  }
  return { nearness, nearnessOf, diagnostics }
}

/** Those whose own policy is to draw the nearest, and those that some clients draw so. */
function poolsByPlace({ pools, bindings }: Plan): Set<PoolConfig> {
  const own = [...pools.values()].filter(({ policy }) => policy === 'nearest')
  const drawn = bindings.filter(({ policy }) => policy === 'nearest').map(({ pool }) => pool)
  return new Set([...own, ...drawn])
}

/** A label that no client has makes its member near to nobody, which nobody means. */
function* lostLabels(pool: PoolConfig, { places }: PlaceMap): Iterable<Diagnostic> {
  const labels = new Set(places.flatMap(({ label }) => (label === undefined ? [] : [label])))
  if (labels.size === 0) return
  for (const { name, place, location } of pool.members) {
    for (const label of location?.near ?? []) {
      if (labels.has(label)) continue
      const likely = nearest(label, labels)
      const advice = likely === undefined ? '' : `; did you mean "${likely}"?`
      const claim = `is near "${label}", which no line of map "${pool.map}" has${advice}`
      const message = `pool "${pool.name}": member "${name}" ${claim}`
      yield { severity: 'warning', ...place, message }
    }
  }
}
