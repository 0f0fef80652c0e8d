/**
 * Who may still come: an address that is no longer answered lives on in caches until its TTL is
 * over in the last of them. It is safe to stop when the ledger says so: nothing stands in for it.
 */

import type { AddressStatus, FlipStatus } from '../../admin/status.ts'

import type { LedgerEntry } from './told.ts'

export interface Holding {
  readonly isSafe: boolean
  /** What is left for the last cache, and what that is of the whole; 0 once they let go. */
  readonly leftMs: number
  readonly part: number
  readonly untilMs?: number
  readonly lastAnswerMs?: number
  readonly ttlSeconds?: number
  readonly resolvers?: number
  /** Records that lead to it still: until they do no more, no time that is said is the last. */
  readonly ledBy?: readonly string[]
  /** Other members at its address who are answered or held, the first of them, and how many. */
  readonly others?: readonly string[]
  readonly otherCount?: number
}

type Held = Pick<LedgerEntry, 'lastAnswerAt' | 'ttlSeconds' | 'heldUntil' | 'resolvers' | 'ledBy'>

/** Undefined while it is answered, or where nothing is known of who holds it. */
export function holdingOf(
  { isServing, ledger }: Pick<AddressStatus, 'isServing' | 'ledger'>,
  entry: LedgerEntry | undefined,
  nowMs: number,
): Holding | undefined {
  if (isServing) return undefined
  const held: Held | undefined = entry ?? ledger
  if (!held) return undefined
  const { lastAnswerAt, ttlSeconds, heldUntil, resolvers, ledBy } = held
  const named = othersOf(entry)
  if (heldUntil === undefined) {
    return { isSafe: entry?.isSafe ?? false, leftMs: 0, part: 0, ...named }
  }
  const untilMs = Date.parse(heldUntil)
  const leftMs = Math.max(0, untilMs - nowMs)
  // An answer before the last may have had a longer TTL: it is the one that is waited for.
  const wholeMs = lastAnswerAt === undefined ? 0 : untilMs - Date.parse(lastAnswerAt)
  // The ledger may have been asked before the status, and the member answered since.
  const isOld = ledger !== undefined && Date.parse(ledger.heldUntil) > untilMs
  return {
    isSafe: leftMs === 0 && !isOld && (entry?.isSafe ?? false),
    leftMs,
    part: wholeMs <= 0 ? 0 : Math.min(1, leftMs / wholeMs),
    untilMs,
    ...(lastAnswerAt !== undefined && { lastAnswerMs: Date.parse(lastAnswerAt) }),
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    resolvers,
    ...(ledBy && { ledBy }),
    ...named,
  }
}

/** Whoever stops the host stops it for them, too. */
function othersOf(entry: LedgerEntry | undefined): Pick<Holding, 'others' | 'otherCount'> {
  if (!entry?.others) return {}
  const { others, moreOthers = 0 } = entry
  return { others, otherCount: others.length + moreOthers }
}

/** When a host may be stopped: it has all addresses of a member, and one that is held holds it. */
export interface HostHolding {
  readonly isSafe: boolean
  /** When caches let go of its last address; absent where more than time must pass. */
  readonly safeAtMs?: number
}

/** `holdings` are those of all the addresses of a member. */
export function hostHolding(holdings: readonly (Holding | undefined)[]): HostHolding {
  const known = holdings.filter((holding) => holding && !holding.others && !holding.ledBy)
  if (known.length < holdings.length) return { isSafe: false }
  return {
    isSafe: known.every((holding) => holding?.isSafe),
    safeAtMs: Math.max(...known.map((holding) => holding?.untilMs ?? 0)),
  }
}

/** A flip whose news the last cache does not have yet. */
export interface Settling {
  readonly flip: FlipStatus
  readonly leftMs: number
  readonly part: number
}

/** Those flips of which some caches hold what was answered before, the longest first. */
export function settlingFlips(flips: readonly FlipStatus[], nowMs: number): Settling[] {
  return flips
    .flatMap((flip) => {
      if (flip.lastCacheAt === undefined) return []
      const untilMs = Date.parse(flip.lastCacheAt)
      const leftMs = untilMs - nowMs
      const wholeMs = untilMs - Date.parse(flip.at)
      return leftMs <= 0 || wholeMs <= 0 ? [] : [{ flip, leftMs, part: leftMs / wholeMs }]
    })
    .sort((one, other) => other.leftMs - one.leftMs)
}
