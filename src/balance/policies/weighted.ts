/** `weighted`: shares exactly as the weights say, smooth for one answer, in layers for several. */

import type { Policy } from '../policy.ts'

export const weighted: Policy = {
  summary: 'healthy members in proportion to their weights, exactly over a cycle',
  usesWeights: true,
  draw: 'in-order',
  lineUp: (eligible) => eligible,
}
