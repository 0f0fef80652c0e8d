/** `least-load`: those who report the least load, and who are about as idle, share by weight. */

import { thoseNearLeast } from '../least.ts'
import type { Policy } from '../policy.ts'

/** In whatever is reported, be it connections or percent: below one, figures are noise. */
const TO_JOIN = { times: 1.1, plus: 0.5 }
const TO_STAY = { times: 1.25, plus: 1 }

export const leastLoad: Policy = {
  summary: 'the healthy members that report the least load, by weight',
  usesWeights: true,
  draw: 'in-order',
  lineUp: (eligible, previous) =>
    thoseNearLeast(eligible, previous, ({ loadFigure }) => loadFigure, TO_JOIN, TO_STAY),
}
