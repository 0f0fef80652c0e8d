/** For how long the answers of each pool may be kept at the most, by the names that lead to it. */

import type { PoolConfig } from '../../config/config.ts'

import type { PlannedBinding } from '../loading/plan.ts'

/** Those of a process; a pool that no name leads to is kept for as long as its answers may be. */
export class LongestTtls {
  readonly #known = new Map<string, { readonly seconds: number; leftMs?: number }>()

  take(
    bindings: readonly PlannedBinding[],
    pools: ReadonlyMap<string, PoolConfig>,
    nowMs: number,
  ): void {
    const present = longestTtls(bindings, pools)
    for (const [pool, known] of this.#known) {
      if (present.has(pool)) continue
      known.leftMs ??= nowMs
      if (nowMs >= known.leftMs + known.seconds * 1_000 + SPARE_MS) this.#known.delete(pool)
    }
    for (const [pool, seconds] of present) {
      this.#known.set(pool, { seconds: Math.max(seconds, this.of(pool)) })
    }
  }

  /** In seconds; 0 where nothing led to it of late. */
  of(pool: string): number {
    return this.#known.get(pool)?.seconds ?? 0
  }

  all(): Map<string, number> {
    return new Map([...this.#known].map(([pool, { seconds }]) => [pool, seconds]))
  }
}

/** So long a worker may take to hear that nothing leads there. */
const SPARE_MS = 60_000

/** In seconds, by the pool's name; a name that is its own pool is among them. */
function longestTtls(
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
