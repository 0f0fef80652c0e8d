/**
 * Sees when a family of a pool fails, goes on along its ladder, or recovers: each judgement is held
 * against the one before it. What was judged is told a moment later, after the flip that led to it.
 */

import type { FamilyJudgement, PoolJudgement } from '../judgement/judgement.ts'
import { printStep } from '../judgement/ladder.ts'
import type { Memory } from '../judgement/memory.ts'
import { FAMILIES, type Family } from '../judgement/targets.ts'
import type { LadderMoved } from './event.ts'
import { moment } from './happenings.ts'

export class LadderMoves {
  readonly #onMove: (move: LadderMoved) => void
  /** The step in force of those that have failed, by family and the pool's key. */
  readonly #inForce = new Map<string, string>()
  #untold: LadderMoved[] = []

  constructor(onMove: (move: LadderMoved) => void) {
    this.#onMove = onMove
  }

  /** Takes note of who had failed before, in another process; by which step is not known. */
  recall(memory: Memory): void {
    for (const [key, pool] of Object.entries(memory)) {
      for (const family of FAMILIES) {
        if (pool[family]?.failedSinceWall !== undefined) this.#inForce.set(`${family} ${key}`, '')
      }
    }
  }

  /** Lets go of pools that are no more. */
  keep(keys: ReadonlySet<string>): void {
    for (const one of this.#inForce.keys()) {
      if (!keys.has(one.slice(one.indexOf(' ') + 1))) this.#inForce.delete(one)
    }
  }

  note(key: string, { pool, v4, v6 }: PoolJudgement): void {
    this.#noteFamily(key, pool.config.name, 'v4', v4)
    this.#noteFamily(key, pool.config.name, 'v6', v6)
  }

  #noteFamily(key: string, pool: string, family: Family, judgement: FamilyJudgement): void {
    const { ladder, healthyCount: healthy, neededCount: needed } = judgement
    if (!ladder && this.#inForce.size === 0) return // As nearly always.
    const place = `${family} ${key}`
    const before = this.#inForce.get(place)
    const step = ladder && printStep(ladder.inForce)
    if (step === before || (step === undefined && !isSure(judgement))) return
    if (step === undefined) this.#inForce.delete(place)
    else this.#inForce.set(place, step)
    const until = ladder?.untilWall
    this.#untold.push({
      kind: 'ladder',
      ...{ pool, family },
      ...(step !== undefined && { step }),
      ...(until !== undefined && { until: moment(until) }),
      ...{ healthy, needed },
    })
    if (this.#untold.length === 1) queueMicrotask(() => this.#tell())
  }

  #tell(): void {
    const moves = this.#untold
    this.#untold = []
    for (const move of moves) this.#onMove(move)
  }
}

/** Who has not been probed yet may be answered, but nobody has seen that the pool is well again. */
function isSure({ standings, neededCount, isServed }: FamilyJudgement): boolean {
  const seen = standings.filter(({ isEligible, verdict, override }) => {
    return isEligible && (verdict !== 'unknown' || override !== undefined)
  })
  return !isServed || seen.length >= neededCount
}
