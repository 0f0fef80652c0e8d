/** Sections whose parts tell whether they belong together: one number, and many copies of it. */

import { z } from 'zod'

import type { Sections } from '../../src/control/state/state-codec.ts'

export interface Counting {
  readonly count: { readonly number: number }
  readonly ballast: readonly number[]
}

export const countingSections: Sections<Counting> = {
  count: { codec: z.object({ number: z.number() }), empty: { number: 0 } },
  ballast: { codec: z.array(z.number()), empty: [] },
}
