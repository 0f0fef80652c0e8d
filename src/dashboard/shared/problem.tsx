/** What the server has against a wish, with what would help. */

import type { Problem } from './api.ts'

export function ProblemNote({ problem }: { readonly problem: Problem }) {
  return (
    <div class="problem" role="alert">
      <p>{problem.detail}</p>
      {problem.remedy !== undefined && <p class="remedy">{problem.remedy}</p>}
    </div>
  )
}
