/**
 * Registrations that outlive the process, in a section of the state file. The clock of one process
 * means nothing to another, so what is left of a lease is told by the wall's.
 */

import { z } from 'zod'

import type { Moment } from '../../base/moment.ts'

import {
  LEASE_MIN_MS,
  type Registration,
  type RegistrationBook,
  REGISTRATIONS_MAX,
  untilOf,
  WEIGHT_MAX,
} from './registrations.ts'
import type { Section } from '../state/state-codec.ts'

export type SavedRegistration = Omit<Registration, 'untilMs'>

/** How a book stands in the state file. */
export const registrationSection: Section<readonly SavedRegistration[]> = {
  codec: z
    .array(
      z.object({
        pool: z.string(),
        member: z.string(),
        v4: z.string().optional(),
        v6: z.string().optional(),
        weight: z.int().min(0).max(WEIGHT_MAX),
        leaseMs: z.number().min(LEASE_MIN_MS),
        sinceWall: z.number(),
        untilWall: z.number(),
      }),
    )
    .max(REGISTRATIONS_MAX),
  empty: [],
}

/** The book for another process, whose leases begin with what is left of these on the wall. */
export function saveRegistrations(book: RegistrationBook, now: Moment): SavedRegistration[] {
  return book.map(({ untilMs, ...saved }) => ({
    ...saved,
    untilWall: Math.round(now.wall + untilMs - now.ms),
  }))
}

/**
 * No lease lasts longer from now on than it was granted for, though the wall clock has been put
 * back since: the dead would stay until it is as late again.
 */
export function recallRegistrations(
  saved: readonly SavedRegistration[],
  now: Moment,
): RegistrationBook {
  return saved.map((one) => ({
    ...one,
    ...untilOf(Math.min(one.leaseMs, one.untilWall - now.wall), now),
  }))
}
