/** For how long the answers of each pool may be kept at the most, by the names that lead to it. */

import type { PoolConfig } from '../../config/config.ts'

import type { PlannedBinding } from '../loading/plan.ts'

/** In seconds, by the pool's name; a name that is its own pool is among them. */
export function longestTtls(
  bindings: readonly PlannedBinding[],
  pools: ReadonlyMap<string, PoolConfig>,
): Map<string, number> {
  const longest = new Map<string, number>()
  const raise = (pool: PoolConfig, seconds: number): void => {
    if ((longest.get(pool.name) ?? -1) >= seconds) return
    longest.set(pool.name, seconds)
    const below = [
      ...pool.members.flatMap((member) => member.pool ?? []),
      ...pool.whenAllDown.flatMap((step) => (step.kind === 'pool' ? [step.pool] : [])),
    ]
    for (const name of below) {
      const child = pools.get(name)
      if (child) raise(child, seconds)
    }
  }
  for (const { pool, ttl } of bindings) raise(pool, ttl.max)
  return longest
}
