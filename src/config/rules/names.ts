/** Rules of the names that are balanced. */

import type { Facts } from '../facts/facts.ts'
import { nameKey, showName, zoneFinder } from '../values/names.ts'
import type { Rule } from '../rules.ts'
import { isFault } from '../values/values.ts'
import { createAdvisor, fault, repeats } from './report.ts'

export const NAME_RULES: readonly Rule[] = [
  { says: 'a name is a name', find: badNames },
  { says: 'a name stands once, whatever its case and final dot', find: repeatedNames },
  { says: 'a name is in a zone', find: homeless },
  { says: 'what a pool decides is not decided again by a name', find: overruled },
]

/** What belongs to the members, and so to the pool that has them. */
const POOL_KEYS = [
  ...(['check', 'policy', 'sticky', 'load_bound', 'map', 'fail_back', 'slow_start'] as const),
  ...(['min_healthy', 'min_serving', 'when_all_down', 'register'] as const),
]

function* badNames({ nameDrafts, origin }: Facts) {
  for (const { path, name } of nameDrafts) {
    if (isFault(name)) yield fault(origin.keyAt(path), `${origin.words(path)} ${name.fault}`)
  }
}

function* repeatedNames({ names, origin }: Facts) {
  for (const { item, first } of repeats(names, ({ name }) => nameKey(name))) {
    const same = `is the same as "${first.text}" (${origin.mention(first.path)})`
    yield fault(origin.keyAt(item.path), `${origin.words(item.path)} ${same}`)
  }
}

function* homeless({ names, zones, draft, origin, isFaulty }: Facts) {
  if (zones.length === 0 || isFaulty(['zones'])) return
  if (Object.keys(draft.zones ?? {}).length > zones.length) return // A bad apex may be its home.
  const zoneOf = zoneFinder(zones)
  const apexes = zones.map(({ apex }) => showName(apex))
  const adviceOn = createAdvisor(apexes, 'zone')
  for (const { path, name } of names) {
    if (zoneOf(name)) continue
    const advice = adviceOn(showName(name), () => apexes.map((apex) => moved(name, apex)))
    yield fault(origin.keyAt(path), `${origin.words(path)} is in no zone; ${advice}`)
  }
}

/** The name with as many of its last labels replaced by `apex` as `apex` has. */
function moved(name: Uint8Array, apex: string): string {
  const labels = showName(name).split('.')
  return [...labels.slice(0, -apex.split('.').length), apex].join('.')
}

function* overruled({ draft, nameDrafts, origin }: Facts) {
  for (const { path: owner, draft: name } of nameDrafts) {
    if (name.pool === undefined) continue
    for (const key of POOL_KEYS) {
      if (name[key] === undefined) continue
      const path = [...owner, key]
      const isKnown = draft.pools !== undefined && Object.hasOwn(draft.pools, name.pool)
      const where = isKnown ? ['pools', name.pool] : [...owner, 'pool']
      const pool = `pool "${name.pool}" (${origin.mention(where)})`
      yield fault(origin.keyAt(path), `${origin.words(path)} is decided by ${pool}; set it there`)
    }
  }
}
