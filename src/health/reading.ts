/**
 * All that is known of a target: what is believed of it, and what its observations brought besides
 * success or failure. Immutable, so whoever holds one may keep it.
 */

import type { Observation, Report, Target } from './check.ts'
import { type ProbeSpec, specKey } from './probes/spec.ts'
import { initialState, type VerdictState } from './verdict.ts'

export interface Reading {
  readonly state: VerdictState
  /** Milliseconds that its successful probes take, smoothed; unset until one has succeeded. */
  readonly smoothedMs?: number | undefined
  /** What the backend said of itself when it last answered. */
  readonly report?: Report | undefined
  /** What was worth a warning when it last answered. */
  readonly warning?: string | undefined
  /** Clock milliseconds of its last success, and of its last observation. */
  readonly lastSuccessMs?: number | undefined
  readonly observedMs?: number | undefined
}

/** Part of the newest probe in the smoothed time: five probes make nine tenths of it. */
export const SMOOTHING = 0.3

/** Of a target that this process has not observed; `state` may be what another has seen of it. */
export function unobserved(state: VerdictState = initialState()): Reading {
  return { state }
}

/**
 * What is known after one more observation that led to `state`. A failure brings nothing to read,
 * so what the last success brought stays; a success replaces it, by nothing if it is silent. Only
 * the `isTimed` have a time that says something: those who are observed by themselves, by probes.
 */
export function noteObservation(
  known: Reading,
  state: VerdictState,
  { isSuccess, atMs, elapsedMs, report, warning }: Observation,
  isTimed: boolean,
): Reading {
  const { smoothedMs } = known
  return {
    state,
    smoothedMs: isSuccess && isTimed ? smooth(smoothedMs, elapsedMs) : smoothedMs,
    report: isSuccess ? report : (report ?? known.report),
    warning: isSuccess ? warning : (warning ?? known.warning),
    lastSuccessMs: isSuccess ? atMs : known.lastSuccessMs,
    observedMs: atMs,
  }
}

function smooth(smoothedMs: number | undefined, elapsedMs: number): number {
  return smoothedMs === undefined ? elapsedMs : smoothedMs + SMOOTHING * (elapsedMs - smoothedMs)
}

/**
 * What newcomers whose timing alone is new inherit: a reload shall forget no verdict. Thousands of
 * targets share a few probes, so each probe is spelled out once.
 */
export function inheritance(
  observed: Iterable<{ readonly target: Target; readonly reading: Reading }>,
  newcomers: readonly Target[],
): (newcomer: Target) => Reading | undefined {
  const addresses = new Set(newcomers.map(({ address }) => address))
  const spelled = new Map<ProbeSpec, string>()
  const keyOf = ({ address, check: { probe } }: Target) => {
    const spec = spelled.get(probe) ?? specKey(probe)
    spelled.set(probe, spec)
    return `${address} ${spec}`
  }
  const readings = new Map<string, Reading>()
  for (const { target, reading } of observed) {
    if (addresses.has(target.address)) readings.set(keyOf(target), reading)
  }
  return (newcomer) => (readings.size === 0 ? undefined : readings.get(keyOf(newcomer)))
}
