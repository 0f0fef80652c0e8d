/**
 * Flips, with what they show: how long a failure went unnoticed, and until when caches may still
 * hold what was answered before. That is the failover that users had, measured and not promised.
 */

import type { Target } from '../health/check.ts'
import type { Verdict, VerdictState } from '../health/verdict.ts'

import type { Publication } from './judgement/rosters.ts'

/** A verdict that changed, with whom it concerns. */
export interface Flip {
  readonly target: Target
  /** The members at that address, as `pool/member`. */
  readonly members: readonly string[]
  readonly state: VerdictState
  readonly previous: VerdictState
}

/** A flip as it is kept; times are milliseconds since 1970. */
export interface FlipRecord {
  readonly members: readonly string[]
  readonly address: string
  readonly check: string
  readonly verdict: Verdict
  readonly previous: Verdict
  readonly evidence: string
  readonly atWall: number
  /** When the target was last seen to be well before it went down; absent where it never was. */
  readonly lastSuccessWall?: number
  /** When rosters that follow from the flip were published; absent where none changed. */
  readonly publishedWall?: number
  /**
   * When the last cache lets go of what was answered before that; absent, too, where who is down is
   * still answered, as a pool that has failed may.
   */
  readonly lastCacheWall?: number
  /** From the last success to the publication: so long it went unnoticed, at the most. */
  readonly failoverMs?: number
}

/** Enough to see how an incident went. */
export const FLIPS_MAX = 100

/** `isAnswered`: whether rosters still offer any of its members, though it is down. */
export function flipRecord(
  { target, members, state, previous }: Flip,
  atWall: number,
  lastSuccessWall: number | undefined,
  publication: Publication | undefined,
  isAnswered: boolean,
): FlipRecord {
  const hasFailed = state.verdict === 'down' && lastSuccessWall !== undefined
  const { publishedWall, lastCacheWall } = publication ?? {}
  return {
    members,
    address: target.address,
    check: target.check.name,
    verdict: state.verdict,
    previous: previous.verdict,
    evidence: state.evidence,
    atWall,
    ...(hasFailed && { lastSuccessWall }),
    ...(publishedWall !== undefined && { publishedWall }),
    ...(lastCacheWall !== undefined && !isAnswered && { lastCacheWall }),
    ...(hasFailed &&
      publishedWall !== undefined && { failoverMs: publishedWall - lastSuccessWall }),
  }
}

/** The last flips, the latest last. */
export class FlipLog {
  readonly #records: FlipRecord[] = []

  note(record: FlipRecord): void {
    this.#records.push(record)
    if (this.#records.length > FLIPS_MAX) this.#records.shift()
  }

  records(): readonly FlipRecord[] {
    return [...this.#records]
  }
}
