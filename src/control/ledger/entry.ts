/** What the ledger says of one address of one member. */

import type { Holder } from '../judgement/targets.ts'

/** Times are milliseconds since 1970. */
export interface Entry extends Holder {
  /** Whether answers may have it: as an address, or by records that lead to it. */
  readonly isServing: boolean
  /** SRV, SVCB and HTTPS records that lead to it, the first of them, for people. */
  readonly ledBy: readonly string[]
  /** Absent where this process and a clean one before it never answered it. */
  readonly lastWall?: number | undefined
  readonly ttlSeconds?: number | undefined
  /** Absent where nobody can hold it that is known of. */
  readonly untilWall?: number
  readonly resolvers: number
  readonly isSafe: boolean
}

/** A member that left and came back has two cells: it is safe once what either says is over. */
export function together(a: Entry, b: Entry): Entry {
  const later = (a.lastWall ?? 0) >= (b.lastWall ?? 0) ? a : b
  const untilWall = Math.max(a.untilWall ?? 0, b.untilWall ?? 0)
  return {
    ...later,
    ...(untilWall > 0 && { untilWall }),
    isServing: a.isServing || b.isServing,
    ledBy: later.ledBy, // Of one address of one pool, as in the other.
    resolvers: Math.max(a.resolvers, b.resolvers),
    isSafe: a.isSafe && b.isSafe,
  }
}
