/** `rotate`: every member leads in turn, all equally often; weights mean nothing. */

import type { Policy } from '../policy.ts'

export const rotate: Policy = {
  summary: 'every healthy member in turn, all equally often',
  usesWeights: false,
  draw: 'in-order',
  lineUp: (eligible) => eligible,
}
