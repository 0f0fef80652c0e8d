/**
 * What a judgement must remember of those before it: since when a pool has failed, who was last
 * good, who has just come back, who took part. Everything else follows from what is true now.
 *
 * It is plain data with names and wall times, so that it can be kept on disk as it is and means the
 * same to the next process, to whom clock times and indices would say nothing.
 */

import { z } from 'zod'

import { POLICIES } from '../../balance/policy.ts'

/** What is remembered of a pool in one family. Times are milliseconds since 1970. */
const familyMemory = z.object({
  /** Since when the pool has failed; absent while it has not. */
  failedSinceWall: z.number().optional(),
  /** Who was eligible when the pool was last healthy, if its ladder asks for them. */
  lastGood: z.array(z.string()).optional(),
  /** Who is down, and when those came back who still earn their weight (slow start alone). */
  down: z.array(z.string()).optional(),
  risenWall: z.record(z.string(), z.number()).optional(),
  /** Who takes part, for each policy by which the pool is drawn, if that policy asks for it. */
  tookPart: z.partialRecord(z.enum(POLICIES), z.array(z.string())).optional(),
})

const poolMemory = z.object({ v4: familyMemory.optional(), v6: familyMemory.optional() })

/** How it stands in the state file: by the names of pools. */
export const memoryCodec = z.record(z.string(), poolMemory)

export type FamilyMemory = Readonly<z.infer<typeof familyMemory>>

/** A family of which nothing need be remembered is absent. */
export type PoolMemory = Readonly<z.infer<typeof poolMemory>>

export type Memory = Readonly<z.infer<typeof memoryCodec>>

export const NO_MEMORY: PoolMemory = {}

export function isEmptyMemory(memory: PoolMemory): boolean {
  return Object.keys(memory).length === 0
}

/** As if no tier of a failover pool had taken part yet. */
export function withoutTier({ v4, v6 }: PoolMemory): PoolMemory {
  return { ...(v4 && { v4: forgetTier(v4) }), ...(v6 && { v6: forgetTier(v6) }) }
}

function forgetTier({ tookPart, ...memory }: FamilyMemory): FamilyMemory {
  const { failover: _, ...others } = tookPart ?? {}
  return { ...memory, ...(Object.keys(others).length > 0 && { tookPart: others }) }
}
