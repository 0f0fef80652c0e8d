/** Rules of ladders: what is answered, step by step, when a pool has failed. */

import { printDuration } from '../../base/duration.ts'

import type { LadderStep } from '../config.ts'
import type { Facts } from '../facts/facts.ts'
import type { Path } from '../facts/origin.ts'
import type { Rule } from '../rules.ts'
import { fault } from './report.ts'

export const LADDER_RULES: readonly Rule[] = [
  { says: 'every step of a ladder can be reached', find: idleSteps },
  { says: 'the last step of a ladder holds for good', find: endingLadders },
]

interface Ladder {
  readonly path: Path
  readonly steps: readonly LadderStep[]
}

function laddersOf({ drawn, draft }: Facts): Ladder[] {
  return [...drawn, { path: ['defaults'], draft: draft.defaults ?? {} }].flatMap(
    ({ path, draft: { when_all_down: steps } }) =>
      steps ? [{ path: [...path, 'when_all_down'], steps }] : [],
  )
}

/**
 * `nodata` can always be answered, so nothing follows it unless it has an end. Of `all` nobody is
 * left once operators have taken out everybody.
 */
function* idleSteps(facts: Facts) {
  const { origin } = facts
  for (const { path, steps } of laddersOf(facts)) {
    const last = steps.findIndex(({ kind, forMs }) => kind === 'nodata' && forMs === undefined)
    const next = steps[last + 1]
    if (last < 0 || !next) continue
    const claim = `never reaches ${shownStep(next)}: ${shownStep(steps[last]!)} always answers`
    yield fault(origin.valueAt([...path, last + 1]), `${origin.words(path)} ${claim}`)
  }
}

/** The last step is not held to health, nor to a time: something has to be answered. */
function* endingLadders(facts: Facts) {
  const { origin } = facts
  for (const { path, steps } of laddersOf(facts)) {
    const last = steps.at(-1)
    if (last?.forMs === undefined) continue
    const claim =
      `ends with ${shownStep(last)} for ${printDuration(last.forMs)}, and nothing follows it; ` +
      'let it hold for good, or write what comes then, such as all'
    yield fault(origin.valueAt([...path, steps.length - 1]), `${origin.words(path)} ${claim}`)
  }
}

function shownStep(step: LadderStep): string {
  return step.kind === 'pool' ? `pool "${step.pool}"` : `"${step.kind.replace('-', '_')}"`
}
