/**
 * For how long the answers of each pool may be kept, as the state file has it: most pools share
 * one TTL, and of a hundred thousand names that are pools of their own only the others are written.
 */

export interface SavedTtls {
  /** In seconds, of all pools that are not in `ttls`, those that nobody knows of among them. */
  readonly usualTtl: number
  /** By pool, in seconds. */
  readonly ttls: Readonly<Record<string, number>>
}

export function savedTtlOf({ usualTtl, ttls }: SavedTtls, pool: string): number {
  return ttls[pool] ?? usualTtl
}

export function longestSaved({ usualTtl, ttls }: SavedTtls): number {
  // There may be too many to be the arguments of a call.
  return Object.values(ttls).reduce((longest, one) => Math.max(longest, one), usualTtl)
}

/**
 * Those of a process and what those before it have left, of which `isHeld` says whether an answer
 * from then may still be kept.
 */
export function saveTtls(
  own: ReadonlyMap<string, number>,
  past: SavedTtls,
  isHeld: (seconds: number) => boolean,
): SavedTtls {
  const held = (seconds: number) => (isHeld(seconds) ? seconds : 0)
  const all = new Map(
    Object.entries(past.ttls).flatMap(([pool, seconds]) => {
      return isHeld(seconds) ? [[pool, seconds] as const] : []
    }),
  )
  for (const [pool, seconds] of own) {
    all.set(pool, Math.max(seconds, held(savedTtlOf(past, pool))))
  }
  const usualTtl = Math.max(held(past.usualTtl), commonest(own.values()))
  const ttls = Object.fromEntries([...all].filter(([, seconds]) => seconds !== usualTtl))
  return { usualTtl, ttls }
}

function commonest(ttls: Iterable<number>): number {
  const counts = new Map<number, number>()
  for (const seconds of ttls) counts.set(seconds, (counts.get(seconds) ?? 0) + 1)
  let most = 0
  for (const [seconds, count] of counts) if (count > (counts.get(most) ?? 0)) most = seconds
  return most
}
