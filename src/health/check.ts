/** What is measured, of whom, and what came of it: the nouns of health. */

import { type ProbeSpec, specKey } from './probes/spec.ts'

export interface Check {
  readonly name: string
  readonly probe: ProbeSpec
  readonly intervalMs: number
  /** The interval while the target is in transition. */
  readonly fastIntervalMs: number
  readonly timeoutMs: number
  /** Successes in a row that bring a target up. */
  readonly rise: number
  /** Failures in a row that take a target down. */
  readonly fall: number
  /** Probed instead of the member's own address: an IP address, or a host name. */
  readonly address?: string
  /** Answers after which the next probe is due, should the interval not be over; absent: none. */
  readonly everyAnswers?: number
}

/** What must hold of a member: one check, or at least `count` of several conditions. */
export type Condition =
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'at-least'; readonly count: number; readonly of: readonly Condition[] }

/** One address under one check. Pools that name the same pair share its probes. */
export interface Target {
  /** The same for the same address and the same measurement, whatever the check is called. */
  readonly key: string
  /**
   * What is probed: an IP address as text, or a host name that the system resolves for each probe.
   * Of a heartbeat, the label of the member it is expected from, `pool/member`.
   */
  readonly address: string
  readonly check: Check
}

/** The result of one probe. */
export interface Observation {
  readonly isSuccess: boolean
  /** Clock milliseconds at its end. */
  readonly atMs: number
  readonly elapsedMs: number
  /** What was seen, for people: `connection refused`, `status 500, expected 200-299`. */
  readonly evidence: string
  /** What was seen that is no failure yet: `certificate expires in 9 days`. */
  readonly warning?: string
  readonly report?: Report
}

/** What a backend says of itself. */
export interface Report {
  /** The less, the better; whatever the backend counts. */
  readonly load?: number
  /** Percent of its weight that it wants to carry. */
  readonly share?: number
  /** What it asks for, whatever the probe found. */
  readonly word?: 'up' | 'drain' | 'down'
  readonly requests?: number
  readonly errors?: number
  readonly connections?: number
}

/** A target of `check` at `address`, unless the check has an address of its own. */
export function createTarget(address: string, check: Check): Target {
  const probed = check.address ?? address
  return { key: targetKey(probed, check), address: probed, check }
}

/** Equal for the same address, probe, timing and limits: such targets share one verdict. */
export function targetKey(address: string, check: Check): string {
  const { intervalMs, fastIntervalMs, timeoutMs, rise, fall, everyAnswers = 0 } = check
  const pace = [intervalMs, fastIntervalMs, timeoutMs, rise, fall, everyAnswers]
  return `${probeKey(address, check.probe)} ${pace}`
}

/** Equal where the same question is put to the same address, however often. */
function probeKey(address: string, probe: ProbeSpec): string {
  return `${address} ${specKey(probe)}`
}
