/** Which addresses of a tree of pools may be answered: for records that lead to them. */

import type { Judged, PoolJudgement } from './judgement.ts'
import { FAMILIES, type Family } from './targets.ts'

/** By address, whether it may be answered; addresses that no member has are absent. */
export function answeredAddresses(
  judgement: PoolJudgement,
  named: Judged,
): ReadonlyMap<string, boolean> {
  const answered = new Map<string, boolean>()
  for (const family of FAMILIES) note(judgement, family, named, true, answered)
  return answered
}

/** An address that two members have may be answered while either may. */
function note(
  { pool, ...judgement }: PoolJudgement,
  family: Family,
  named: Judged,
  isReached: boolean,
  answered: Map<string, boolean>,
): void {
  const { admitted, standings, ladder } = judgement[family]
  for (const standing of standings) {
    const { config, [family]: address } = pool.members[standing.index]!
    const mayBeAnswered = isReached && admitted.includes(standing)
    if (config.pool !== undefined) {
      note(named(config.pool), family, named, mayBeAnswered, answered)
    } else if (address && (mayBeAnswered || !answered.has(address.address))) {
      answered.set(address.address, mayBeAnswered)
    }
  }
  const step = ladder?.inForce
  if (step?.kind === 'pool') note(named(step.pool), family, named, isReached, answered)
}
