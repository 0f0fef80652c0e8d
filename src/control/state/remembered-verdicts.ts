/**
 * Verdicts that outlive the process: a restart shall neither answer whom it knew to be down nor
 * probe everybody before the first answer. Clock milliseconds mean nothing to another process, so
 * what is saved counts since 1970. What is too old is not believed.
 */

import { z } from 'zod'

import type { Clock } from '../../base/clock.ts'

import type { VerdictState } from '../../health/verdict.ts'

import type { Section } from './state-codec.ts'

/** Older than this, and one round of probes says more than the file. */
export const FRESH_MS = 5 * 60_000

export interface SavedVerdict {
  readonly verdict: 'up' | 'down'
  /** Milliseconds since 1970. */
  readonly sinceWall: number
  readonly evidence: string
}

/** By the target's key. */
export type SavedVerdicts = Readonly<Record<string, SavedVerdict>>

/** How verdicts stand in the state file. */
export const verdictSection: Section<SavedVerdicts> = {
  codec: z.record(
    z.string(),
    z.object({ verdict: z.enum(['up', 'down']), sinceWall: z.number(), evidence: z.string() }),
  ),
  empty: {},
}

/** What to save of these targets; who has not been observed is left out. */
export function saveVerdicts(
  keys: Iterable<string>,
  state: (key: string) => VerdictState | undefined,
  clock: Clock,
): SavedVerdicts {
  const aheadMs = clock.wall() - clock.now()
  const saved: Record<string, SavedVerdict> = {}
  for (const key of keys) {
    const { verdict, sinceMs, evidence } = state(key) ?? { verdict: 'unknown' }
    if (verdict === 'unknown') continue
    saved[key] = { verdict, sinceWall: Math.round(sinceMs! + aheadMs), evidence: evidence! }
  }
  return saved
}

/** What the prober may begin with, by key: nothing where the file is too old to be believed. */
export function recallVerdicts(
  saved: SavedVerdicts,
  writtenWall: number | undefined,
  clock: Clock,
  freshMs = FRESH_MS,
): (key: string) => VerdictState | undefined {
  const nowWall = clock.wall()
  // A wall clock may be set; a file from further ahead than it may be old says as little.
  const isFresh = writtenWall !== undefined && Math.abs(nowWall - writtenWall) <= freshMs
  if (!isFresh) return () => undefined
  return (key) => {
    if (!Object.hasOwn(saved, key)) return undefined
    const { verdict, sinceWall, evidence } = saved[key]!
    const sinceMs = clock.now() - Math.max(0, nowWall - sinceWall)
    return { verdict, sinceMs, streak: 0, evidence }
  }
}
