/** `fastest`: those whose checks are answered soonest, and about as soon, share by weight. */

import { thoseNearLeast } from '../least.ts'
import type { Policy } from '../policy.ts'

/** In milliseconds. On a local network all times are small, and a millisecond says nothing. */
const TO_JOIN = { times: 1.2, plus: 1 }
const TO_STAY = { times: 1.5, plus: 2 }

export const fastest: Policy = {
  summary: 'the healthy members whose checks are answered soonest, by weight',
  usesWeights: true,
  draw: 'in-order',
  lineUp: (eligible, previous) =>
    thoseNearLeast(eligible, previous, ({ timeMs }) => timeMs, TO_JOIN, TO_STAY),
}
