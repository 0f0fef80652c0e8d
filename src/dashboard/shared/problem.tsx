/** What the server has against a wish, with what would help. */

import type { Problem } from './api.ts'

/** The first few tell what to correct; the rest may follow from them. */
const PLACES_SHOWN = 5

export function ProblemNote({ problem }: { readonly problem: Problem }) {
  return (
    <div class="problem" role="alert">
      <p>{problem.detail}</p>
      {problem.places?.slice(0, PLACES_SHOWN).map((place) => (
        <p key={place} class="mono">
          {place}
        </p>
      ))}
      {problem.remedy !== undefined && <p class="remedy">{problem.remedy}</p>}
    </div>
  )
}
