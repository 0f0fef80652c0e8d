/**
 * The one shape of every probe. A probe asks once and says what it saw. It keeps no time (the
 * prober measures, and aborts what lasts too long) and holds nothing open once its promise is
 * settled or its signal has fired.
 */

import type { Observation, Target } from '../check.ts'

/** What a probe saw: an observation before it is stamped with time. */
export type Outcome = Pick<Observation, 'isSuccess' | 'evidence' | 'warning' | 'report'> & {
  /** The machine that probes could not ask: that says nothing of the target. */
  readonly isOwnFault?: boolean
}

/** Told how far a probe has come, so that a timeout can say what was missing. */
export type OnStage = (stage: string) => void

/** One attempt. Resolves with a failed outcome where others would throw. */
export type Probe = (target: Target, signal: AbortSignal, onStage: OnStage) => Promise<Outcome>

export function success(evidence: string): Outcome {
  return { isSuccess: true, evidence }
}

export function failure(evidence: string): Outcome {
  return { isSuccess: false, evidence }
}
