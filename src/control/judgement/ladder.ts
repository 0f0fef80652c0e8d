/**
 * What a pool that has failed answers: the first step of its ladder whose time is not over and that
 * is of use. The last step has no end and asks nobody for health, so a ladder always has an answer.
 */

import type { LadderStep } from '../../config/config.ts'

/** How one step fared. */
export interface LadderRung {
  readonly step: LadderStep
  readonly state: 'in force' | 'over' | 'of no use' | 'not reached'
  /** Why it is of no use, for people. */
  readonly reason?: string
  /** When its time is over (wall), if it has any. */
  readonly untilWall?: number
}

export interface LadderWalk {
  readonly inForce: LadderStep
  readonly rungs: readonly LadderRung[]
  /** When another step will be in force if nothing else changes (wall). */
  readonly untilWall?: number
}

/** Why a step is of no use now; undefined if it is of use. */
export type Hindrance = (step: LadderStep) => string | undefined

/**
 * Walks the ladder of a pool that has failed since `failedSinceWall`. The times of steps add up
 * along the ladder, those of no use included: when each ends is known from the moment of failure.
 */
export function walkLadder(
  steps: readonly LadderStep[],
  failedSinceWall: number,
  nowWall: number,
  hindrance: Hindrance,
): LadderWalk {
  const rungs: LadderRung[] = []
  let inForce: LadderStep | undefined
  let endWall = failedSinceWall
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1
    endWall += step.forMs ?? 0
    const hasEnd = step.forMs !== undefined && !isLast
    const until = hasEnd ? { untilWall: endWall } : {}
    if (inForce) {
      rungs.push({ step, state: 'not reached', ...until })
      continue
    }
    if (hasEnd && endWall <= nowWall) {
      rungs.push({ step, state: 'over', ...until })
      continue
    }
    const reason = isLast ? undefined : hindrance(step)
    if (reason !== undefined) {
      rungs.push({ step, state: 'of no use', reason, ...until })
      continue
    }
    inForce = step
    rungs.push({ step, state: 'in force', ...until })
  }
  const { untilWall } = rungs.find(({ state }) => state === 'in force') ?? {}
  return {
    inForce: inForce ?? NOBODY,
    rungs,
    ...(untilWall !== undefined && { untilWall }),
  }
}

/** What an empty ladder comes to. */
const NOBODY: LadderStep = { kind: 'nodata' }

/** As an operator writes it: `pool: sorry for 5m` without its time. */
export function printStep(step: LadderStep): string {
  if (step.kind === 'pool') return `pool: ${step.pool}`
  return step.kind === 'last-good' ? 'last_good' : step.kind
}
