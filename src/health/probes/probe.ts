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

/** The machine that probes is at fault; `evidence` says what to grant it or to set right. */
export function ownFault(evidence: string): Outcome {
  return { isSuccess: false, evidence, isOwnFault: true }
}

/** The outcome with a word of warning; a warning that it has already comes first. */
export function withWarning(outcome: Outcome, warning: string | undefined): Outcome {
  if (warning === undefined) return outcome
  const all = outcome.warning === undefined ? warning : `${outcome.warning}; ${warning}`
  return { ...outcome, warning: all }
}

/** What a backend said, short enough for a line of a log, and without what a terminal obeys. */
export function quote(text: string): string {
  return JSON.stringify(printable(text.length > 40 ? `${text.slice(0, 40)}…` : text))
}

/** Without control characters, which could speak to the terminal that a line ends up on. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
}
