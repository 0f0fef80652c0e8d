/**
 * What the process before has left of its ledger. After a clean end it is known who may be held and
 * until when. After any other it is not: then whoever could be answered may be held for the longest
 * TTL that there was, counted from this start, as no answer of before was given later.
 */

import { z } from 'zod'

import type { Section } from '../state/state-codec.ts'

const savedEntry = z.object({
  pool: z.string(),
  member: z.string(),
  family: z.enum(['v4', 'v6']),
  address: z.string(),
  /** Milliseconds since 1970. */
  untilWall: z.number(),
  lastWall: z.number().optional(),
  ttlSeconds: z.number().optional(),
  resolvers: z.number(),
})

const savedLedger = z.object({
  /** Whether its process answers no more: then the entries say all. */
  isFinal: z.boolean(),
  /** When it was saved, by the clock of the machine and by the wall. */
  savedMs: z.number(),
  savedWall: z.number(),
  /** The longest TTL of each pool's answers: see `SavedTtls`. */
  usualTtl: z.number().default(0),
  ttls: z.record(z.string(), z.number()),
  /** Those that may be held; while its process still answers, those whom one before it left. */
  entries: z.array(savedEntry),
})

export type SavedEntry = Readonly<z.infer<typeof savedEntry>>
export type SavedLedger = Readonly<z.infer<typeof savedLedger>>

/** How it stands in the state file. A file without it says nothing: somebody may have answered. */
export const ledgerSection: Section<SavedLedger> = {
  codec: savedLedger,
  empty: { isFinal: false, savedMs: 0, savedWall: 0, usualTtl: 0, ttls: {}, entries: [] },
}

/**
 * How long ago that was, at the least. A wall may have been put forward since, or be another
 * machine's; the clock of a machine begins anew when it does. Whichever says less is believed.
 */
export function elapsedSince(
  { savedMs, savedWall }: Pick<SavedLedger, 'savedMs' | 'savedWall'>,
  nowMs: number,
  nowWall: number,
): number {
  const byClock = nowMs >= savedMs ? nowMs - savedMs : nowMs
  return Math.max(0, Math.min(byClock, nowWall - savedWall))
}
