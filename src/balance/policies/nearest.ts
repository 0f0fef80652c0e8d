/**
 * `nearest`: those of the healthy who are nearest to the client take turns by weight. Who is near
 * to whom is the world's to know; where it does not, all are equally near.
 */

import type { Policy } from '../policy.ts'

export const nearest: Policy = {
  summary: 'the healthy members nearest to the client, in proportion to their weights',
  usesWeights: true,
  draw: 'by-place',
  lineUp: (eligible) => eligible,
}
