/** Which addresses of a tree of pools may be answered: for records that lead to them. */

import type { Judged, PoolJudgement } from './judgement.ts'
import { FAMILIES, type Family } from './targets.ts'

/** One address of a tree of pools. */
export interface AnsweredAddress {
  readonly mayBeAnswered: boolean
  /** Those whose members have it. */
  readonly pools: ReadonlySet<string>
}

/**
 * By judgement: thousands of names may draw from a pool. Whenever a pool is judged anew, all above
 * it are, so those that a judgement leads to stay the same.
 */
const known = new WeakMap<PoolJudgement, ReadonlyMap<string, AnsweredAddress>>()

/** By address; addresses that no member has are absent. */
export function answeredAddresses(
  judgement: PoolJudgement,
  named: Judged,
): ReadonlyMap<string, AnsweredAddress> {
  const found = known.get(judgement)
  if (found) return found
  const answered = new Map<string, Noted>()
  for (const family of FAMILIES) note(judgement, family, named, true, answered)
  known.set(judgement, answered)
  return answered
}

interface Noted {
  mayBeAnswered: boolean
  readonly pools: Set<string>
}

/** An address that two members have may be answered while either may. */
function note(
  { pool, ...judgement }: PoolJudgement,
  family: Family,
  named: Judged,
  isReached: boolean,
  answered: Map<string, Noted>,
): void {
  const { admitted, standings, ladder } = judgement[family]
  for (const standing of standings) {
    const { config, [family]: address } = pool.members[standing.index]!
    const mayBeAnswered = isReached && admitted.includes(standing)
    if (config.pool !== undefined) {
      note(named(config.pool), family, named, mayBeAnswered, answered)
    } else if (address) {
      const noted = answered.get(address.address) ?? { mayBeAnswered, pools: new Set() }
      noted.mayBeAnswered ||= mayBeAnswered
      noted.pools.add(pool.config.name)
      answered.set(address.address, noted)
    }
  }
  const step = ladder?.inForce
  if (step?.kind === 'pool') note(named(step.pool), family, named, isReached, answered)
}
