/** `weighted`: shares exactly as the weights say, smooth for one answer, in layers for several. */

import type { Policy } from '../policy.ts'
import { inLayers, smoothly } from '../schedule.ts'

export const weighted: Policy = {
  summary: 'healthy members in proportion to their weights, exactly over a cycle',
  usesWeights: true,
  lineUp: (eligible) => eligible,
  schedule: (weights, answers) => (answers === 1 ? smoothly(weights) : inLayers(weights, answers)),
}
