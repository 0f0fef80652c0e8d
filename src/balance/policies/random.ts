/**
 * `random`: dice choose, weights load them. The turns are those of `weighted`, drawn by dice and
 * shuffled, so the expected shares are exact however many records a turn has.
 */

import type { Policy } from '../policy.ts'

export const random: Policy = {
  summary: 'healthy members by dice, in proportion to their weights',
  usesWeights: true,
  draw: 'by-dice',
  lineUp: (eligible) => eligible,
}
