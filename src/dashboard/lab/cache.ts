/**
 * What one client has cached, and what it is waiting for. A question that is under way is not asked
 * again: whoever else wants to know waits for the same answer, as in any resolver.
 */

import type { Finding } from './dns.ts'

interface Kept {
  readonly finding: Finding
  readonly untilMs: number
}

export interface Cache {
  readonly kept: Map<string, Kept>
  readonly underWay: Map<string, Promise<Finding>>
}

/** A run asks for one name in two types at most; whoever changes the name begins anew. */
const KEPT_MAX = 64

export function createCache(): Cache {
  return { kept: new Map(), underWay: new Map() }
}

/** What is known of a question at this moment; undefined: it has to be asked. */
export function recall(cache: Cache, key: string, nowMs: number): Kept | undefined {
  const kept = cache.kept.get(key)
  return kept && nowMs < kept.untilMs ? kept : undefined
}

/** From the cache, with whoever asks already, or by asking: `isSent` says that it was this last. */
export async function lookUp(
  cache: Cache,
  key: string,
  now: () => number,
  send: () => Promise<Finding>,
): Promise<{ readonly finding: Finding; readonly isSent: boolean }> {
  const kept = recall(cache, key, now())
  if (kept) return { finding: kept.finding, isSent: false }
  const awaited = cache.underWay.get(key)
  if (awaited) return { finding: await awaited, isSent: false }
  const asking = send()
  cache.underWay.set(key, asking)
  try {
    const finding = await asking
    keep(cache, key, finding, now())
    return { finding, isSent: true }
  } finally {
    cache.underWay.delete(key)
  }
}

function keep({ kept }: Cache, key: string, finding: Finding, nowMs: number): void {
  kept.delete(key)
  if (finding.ttlSeconds === 0) return
  if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!)
  kept.set(key, { finding, untilMs: nowMs + finding.ttlSeconds * 1_000 })
}
