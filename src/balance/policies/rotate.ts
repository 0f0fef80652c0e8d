/** `rotate`: every member leads in turn, all equally often; weights mean nothing. */

import type { Policy } from '../policy.ts'
import { evenly } from '../schedule.ts'

export const rotate: Policy = {
  summary: 'every healthy member in turn, all equally often',
  usesWeights: false,
  lineUp: (eligible) => eligible,
  schedule: (weights, answers) => evenly(weights.length, answers),
}
