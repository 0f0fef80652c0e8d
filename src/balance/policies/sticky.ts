/**
 * `sticky`: a client meets the same member for as long as that member takes part. Who that is
 * follows from the client's prefix and the members' names alone (`rendezvous.ts`), so that every
 * thread and every server of a kind agrees without a word.
 */

import type { Policy } from '../policy.ts'
import type { Stickiness } from '../roster.ts'

export const sticky: Policy = {
  summary: 'the same healthy member for the same client, in proportion to their weights',
  usesWeights: true,
  draw: 'by-client',
  lineUp: (eligible) => eligible,
}

/** What is told apart where nobody has said: the longest prefixes that resolvers send on. */
export const STICKINESS: Stickiness = { v4Prefix: 24, v6Prefix: 56 }
