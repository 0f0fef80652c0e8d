/** `failover`: the first healthy member in configured order, alone. */

import type { Policy } from '../policy.ts'
import { evenly } from '../schedule.ts'

export const failover: Policy = {
  summary: 'the first healthy member in the order of the file',
  usesWeights: false,
  lineUp: (eligible) => eligible.slice(0, 1),
  schedule: (weights, answers) => evenly(weights.length, answers),
}
