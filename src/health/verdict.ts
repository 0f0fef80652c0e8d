/**
 * What is believed of a target, and how observations change it.
 *
 * A verdict is changed only by observations in a row that contradict it: `fall` failures take a
 * target down, `rise` successes bring it up. One observation that agrees forgets those before it.
 * An unknown target has no belief to defend, so its first observation decides.
 *
 * Always true: the same observations give the same belief, and `streak` is below the limit that
 * would change the verdict (a reload may lower that limit; the next observation then decides).
 */

import type { Check, Observation } from './check.ts'

export type Verdict = 'up' | 'down' | 'unknown'

export type Limits = Pick<Check, 'rise' | 'fall'>

export interface VerdictState {
  readonly verdict: Verdict
  /** Clock milliseconds since when the verdict stands. */
  readonly sinceMs: number
  /** Observations in a row, up to the last, that contradict the verdict. */
  readonly streak: number
  /** What the last observation saw. */
  readonly evidence: string
}

/** Whether an observation is to be believed; nobody may be able to tell yet. */
export type Credence = boolean | 'not yet'

/** A target that nobody has observed yet. */
export function initialState(sinceMs = 0): VerdictState {
  return { verdict: 'unknown', sinceMs, streak: 0, evidence: 'not yet observed' }
}

/** What is believed after one more observation. */
export function observe(
  state: VerdictState,
  { isSuccess, atMs, evidence }: Observation,
  limits: Limits,
): VerdictState {
  const seen = isSuccess ? 'up' : 'down'
  if (seen === state.verdict) return { ...state, streak: 0, evidence }
  if (checksToFlip(state, limits) > 1) return { ...state, streak: state.streak + 1, evidence }
  return { verdict: seen, sinceMs: atMs, streak: 0, evidence }
}

/** What is believed after an observation that is shown, and not believed: the same as before. */
export function holdBack(state: VerdictState, { evidence }: Observation): VerdictState {
  return { ...state, evidence: `${evidence} (held back)` }
}

/**
 * What is believed after a failure that nobody can tell yet whether to believe: it counts, but for
 * the last that would change the verdict.
 */
function postpone(state: VerdictState, observation: Observation, { fall }: Limits): VerdictState {
  const streak = state.verdict === 'up' ? Math.min(state.streak + 1, fall - 1) : 0
  return { ...holdBack(state, observation), streak }
}

/** What is believed after one more observation, as far as that is to be believed itself. */
export function believed(
  state: VerdictState,
  observation: Observation,
  limits: Limits,
  isCredible: Credence,
): VerdictState {
  if (isCredible === 'not yet') return postpone(state, observation, limits)
  return isCredible ? observe(state, observation, limits) : holdBack(state, observation)
}

/** Whether the verdict is contested, or not yet made: the time to look more often. */
export function isInTransition({ verdict, streak }: VerdictState): boolean {
  return verdict === 'unknown' || streak > 0
}

/** How many observations, all against the verdict, would change it: never fewer than one. */
export function checksToFlip({ verdict, streak }: VerdictState, { rise, fall }: Limits): number {
  if (verdict === 'unknown') return 1
  return Math.max(1, (verdict === 'up' ? fall : rise) - streak)
}
