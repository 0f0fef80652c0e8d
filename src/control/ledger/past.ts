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
  /** By pool, the longest TTL of its answers, in seconds. */
  ttls: z.record(z.string(), z.number()),
  /** Those that may be held; while its process still answers, none. */
  entries: z.array(savedEntry),
})

export type SavedEntry = Readonly<z.infer<typeof savedEntry>>
export type SavedLedger = Readonly<z.infer<typeof savedLedger>>

/** How it stands in the state file. A file without it says nothing: somebody may have answered. */
export const ledgerSection: Section<SavedLedger> = {
  codec: savedLedger,
  empty: { isFinal: false, ttls: {}, entries: [] },
}
