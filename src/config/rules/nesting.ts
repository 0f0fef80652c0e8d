/** Rules of pools in pools: that each exists, that none leads to itself, and how deep they go. */

import { LINEUP_DEPTH_MAX } from '../../balance/roster.ts'

import type { Facts } from '../facts/facts.ts'
import { poolGraph, type PoolReference, poolReferences } from '../facts/pool-graph.ts'
import type { Rule } from '../rules.ts'
import { createAdvisor, fault, unknownReference, warning } from './report.ts'

export const NESTING_RULES: readonly Rule[] = [
  { says: 'a pool that is named exists', find: unknownPools },
  { says: 'no pool leads to itself, nor goes on without measure', find: misnested },
  { says: 'a pool is there for a reason', find: unusedPools },
]

/** Below the topmost pool; what crosses to the workers has a bound, and nobody can follow more. */
const LEVELS_MAX = LINEUP_DEPTH_MAX - 1

function* unknownPools(facts: Facts) {
  const { pools, origin, isFaulty } = facts
  const known = new Set(pools.map(({ name }) => name))
  const adviceOn = createAdvisor([...known], 'pool')
  for (const { path, pool } of poolReferences(facts)) {
    if (known.has(pool) || isFaulty(['pools', pool])) continue
    yield unknownReference(origin, path, pool, adviceOn)
  }
}

function* unusedPools(facts: Facts) {
  const { pools, origin, isFaulty } = facts
  if (isFaulty(['names']) || isFaulty(['pools']) || isFaulty(['defaults'])) return
  const used = new Set([...poolReferences(facts)].map(({ pool }) => pool))
  for (const { path, name } of pools) {
    if (used.has(name)) continue
    yield warning(origin.keyAt(path), `${origin.words(path)} is used by no name and no pool`)
  }
}

/** How deep a circle is means nothing. */
function* misnested(facts: Facts) {
  let isRound = false
  for (const circle of cycles(facts)) {
    isRound = true
    yield circle
  }
  if (!isRound) yield* depths(facts)
}

/** Each pool is entered once; whoever leads to one that is still open closes a circle. */
function* cycles(facts: Facts) {
  const { origin } = facts
  const graph = poolGraph(facts)
  const closed = new Set<string>()
  for (const start of graph.keys()) {
    const open: Visit[] = closed.has(start) ? [] : [{ pool: start, next: 0 }]
    const place = new Map(open.map(({ pool }, index) => [pool, index]))
    for (let visit = open.at(-1); visit; visit = open.at(-1)) {
      const reference = graph.get(visit.pool)![visit.next++]
      if (!reference) {
        closed.add(visit.pool)
        place.delete(visit.pool)
        open.pop()
        continue
      }
      const first = place.get(reference.pool)
      if (first !== undefined) {
        const way = [...open.slice(first).map(({ pool }) => pool), reference.pool].join(' → ')
        const words = `${origin.words(reference.path)} "${reference.pool}"`
        yield fault(origin.valueAt(reference.path), `${words} leads to itself: ${way}`)
      } else if (graph.has(reference.pool) && !closed.has(reference.pool)) {
        place.set(reference.pool, open.length)
        open.push({ pool: reference.pool, next: 0 })
      }
    }
  }
}

interface Visit {
  readonly pool: string
  next: number
}

/** Tells the topmost pools that pass the measure: those below them are part of their way. */
function* depths(facts: Facts) {
  const { pools, origin } = facts
  const graph = poolGraph(facts)
  // Round by round, how far down each pool reaches; a pool that goes on past the limit is told.
  let deepest: ReadonlyMap<string, PoolReference | undefined> = new Map(
    pools.map(({ name }) => [name, undefined]),
  )
  const ways: ReadonlyMap<string, PoolReference | undefined>[] = [deepest]
  while (deepest.size > 0 && ways.length <= LEVELS_MAX + 1) {
    const below: ReadonlyMap<string, unknown> = deepest
    const above = pools.flatMap(({ name }) => {
      const way = graph.get(name)!.find(({ pool }) => below.has(pool))
      return way ? [[name, way] as const] : []
    })
    deepest = new Map(above)
    ways.push(deepest)
  }
  if (deepest.size === 0) return
  const reached = new Set([...deepest.values()].map((way) => way?.pool))
  for (const { path, name } of pools) {
    if (!deepest.has(name) || reached.has(name)) continue
    const way = [name]
    for (let level = LEVELS_MAX + 1; level > 0; level--) {
      way.push(ways[level]!.get(way.at(-1)!)!.pool)
    }
    const claim = `has more than ${LEVELS_MAX} levels of pools below it`
    const message = `${claim}: ${way.join(' → ')}`
    yield fault(origin.keyAt(path), `${origin.words(path)} ${message}`)
  }
}
