/**
 * A member that has come back earns its weight step by step: its caches are cold, and whoever sent
 * the whole crowd at once would take it down again. Never at a start: then all would be slow alike.
 */

import type { Verdict } from '../../health/verdict.ts'

import type { FamilyMemory } from './memory.ts'

export const FULL_PERCENT = 100

/** Ten parts: from a tenth at once to the whole after the full time, a tenth at each step. */
const PARTS = 10

export interface Earned {
  readonly percent: number
  /** When the next part is earned (wall); absent once all is. */
  readonly nextWall?: number
}

/** What a member has earned now, given what is remembered from before. */
export function slowStart(
  name: string,
  spanMs: number | undefined,
  memory: FamilyMemory,
  verdict: Verdict,
  { nowWall }: { readonly nowWall: number },
): Earned {
  const risenWall = spanMs ? risenOf(name, memory, verdict, nowWall) : undefined
  if (!spanMs || risenWall === undefined) return { percent: FULL_PERCENT }
  // The moment of each step is worked out in one way alone, so that none is missed by a rounding.
  const stepWall = (parts: number) => risenWall + ((parts - 1) * spanMs) / (PARTS - 1)
  let parts = 1
  while (parts < PARTS && stepWall(parts + 1) <= nowWall) parts++
  if (parts === PARTS) return { percent: FULL_PERCENT }
  return { percent: (parts * FULL_PERCENT) / PARTS, nextWall: stepWall(parts + 1) }
}

/** What to remember of who is down and who has come back, once these verdicts hold. */
export function noteRises(
  verdicts: readonly { readonly name: string; readonly verdict: Verdict }[],
  spanMs: number | undefined,
  memory: FamilyMemory,
  nowWall: number,
): Pick<FamilyMemory, 'down' | 'risenWall'> {
  if (!spanMs) return {}
  const wasDown = new Set(memory.down)
  // Unknown after a restart: who was down is still on the way up.
  const down = verdicts.filter(
    ({ name, verdict }) => verdict === 'down' || (verdict === 'unknown' && wasDown.has(name)),
  )
  const risen = verdicts.flatMap(({ name, verdict }) => {
    const sinceWall = risenOf(name, memory, verdict, nowWall)
    return sinceWall === undefined || nowWall - sinceWall >= spanMs
      ? []
      : [[name, sinceWall] as const]
  })
  return {
    ...(down.length > 0 && { down: down.map(({ name }) => name) }),
    ...(risen.length > 0 && { risenWall: Object.fromEntries(risen) }),
  }
}

function risenOf(
  name: string,
  { down, risenWall }: FamilyMemory,
  verdict: Verdict,
  nowWall: number,
): number | undefined {
  if (verdict === 'down') return
  if (verdict === 'up' && down?.includes(name)) return nowWall
  const sinceWall = risenWall?.[name]
  // A wall clock that is put back shall not leave anybody at a tenth until it has caught up.
  return sinceWall === undefined ? undefined : Math.min(sinceWall, nowWall)
}
