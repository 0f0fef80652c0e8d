/** Which ladder a pool walks: its own, or that of the defaults, which must not lead to itself. */

import type { LadderStep } from '../config.ts'
import * as defaults from '../defaults.ts'
import type { DrawnFacts, Facts } from '../facts/facts.ts'
import type { PoolDraft } from '../schema/pool-schema.ts'
import type { Draft } from '../schema/schema.ts'

export function ladderOf(one: DrawnFacts, facts: Facts): readonly LadderStep[] {
  const { when_all_down: own } = one.draft
  if (own) return own
  const general = facts.draft.defaults?.when_all_down ?? defaults.WHEN_ALL_DOWN
  if (one.path[0] !== 'pools' || !facts.lastResorts.has(one.name)) return general
  const rest = general.filter(({ kind }) => kind !== 'pool')
  return rest.length > 0 ? rest : defaults.WHEN_ALL_DOWN
}

/**
 * The pools that the ladder of the defaults leads to, and those that these are made of. That ladder
 * holds for them too, but without its pools: who is the last resort has none behind it.
 */
export function lastResortsOf({ defaults: general, pools = {} }: Draft): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting = poolsOf(general?.when_all_down)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name) || !Object.hasOwn(pools, name)) continue
    found.add(name)
    waiting.push(...childrenOf(pools[name]!), ...poolsOf(pools[name]!.when_all_down))
  }
  return found
}

function poolsOf(ladder: readonly LadderStep[] = []): string[] {
  return ladder.flatMap((step) => (step.kind === 'pool' ? [step.pool] : []))
}

function childrenOf({ members }: PoolDraft): string[] {
  if (Array.isArray(members)) return []
  return Object.values(members).flatMap((one) =>
    'pool' in one && one.pool !== undefined ? [one.pool] : [],
  )
}
