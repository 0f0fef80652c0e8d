/** `rotate`: every member leads in turn, each as often as any other; weights mean nothing. */

import type { Policy } from '../policy.ts'
import { evenly } from '../schedule.ts'

export const rotate: Policy = {
  summary: 'every healthy member in turn, each as often as any other',
  usesWeights: false,
  lineUp: (eligible) => eligible,
  schedule: (weights, answers) => evenly(weights.length, answers),
}
