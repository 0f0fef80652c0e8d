/**
 * Which addresses fail and which are well, out of what their targets have shown. Ten checks of one
 * address are one witness: it fails only if all of them do. Who was never well says nothing.
 */

import type { Observation } from './check.ts'

/** A target, as far as its prober's doubt of itself is concerned. */
export interface Witness {
  /** The target's. */
  readonly key: string
  /** Where its packets go. */
  readonly address: string
  /** The pools that it is a member of. */
  readonly groups: readonly string[]
  readonly intervalMs: number
  /** Whether it is there to be trusted: if all anchors fail, it is this machine that does. */
  readonly isAnchor?: boolean
  /** Whether it was up before anybody observed it here. */
  readonly isUp?: boolean
}

/** What a target has shown. */
export interface Testimony {
  witness: Witness
  /** Those of all targets at its address. */
  readonly groups: Set<string>
  wasUp: boolean
  /** Clock milliseconds since when it fails; NaN while it does not. */
  failingMs: number
  /** In a row. */
  failures: number
  /** Whether enough others were well since it fails: it is to blame itself. */
  isToBlame: boolean
  observedMs: number
}

/** One testimony for each address that was well at some time. */
export interface Census {
  /** Those that fail, by the target that was the last to. */
  readonly failing: readonly Testimony[]
  /** Those that do not, by the target that was observed last. */
  readonly well: readonly Testimony[]
}

/** Intervals are drawn with a tenth more or less. */
const WINDOW_SLACK = 1.1

export function unheard(witness: Witness): Testimony {
  return {
    witness,
    groups: new Set(),
    wasUp: witness.isUp === true,
    failingMs: Number.NaN,
    failures: 0,
    isToBlame: false,
    observedMs: Number.NEGATIVE_INFINITY,
  }
}

/** Adds an observation to what was shown. */
export function hearAgain(testimony: Testimony, { isSuccess, atMs }: Observation): void {
  testimony.observedMs = atMs
  if (isSuccess) {
    testimony.wasUp = true
    testimony.failingMs = Number.NaN
    testimony.failures = 0
    testimony.isToBlame = false
    return
  }
  if (testimony.failures === 0) testimony.failingMs = atMs
  testimony.failures++
}

/** Whether a moment is no longer ago than one interval of the target. */
export function isRecent(atMs: number, { witness }: Testimony, nowMs: number): boolean {
  return nowMs - atMs <= witness.intervalMs * WINDOW_SLACK
}

/** Counts all addresses, each given as the testimonies of its targets. */
export function takeCensus(addresses: Iterable<readonly Testimony[]>): Census {
  const failing: Testimony[] = []
  const well: Testimony[] = []
  for (const testimonies of addresses) {
    let lastFailing: Testimony | undefined
    let lastWell: Testimony | undefined
    for (const testimony of testimonies) {
      if (!testimony.wasUp) continue
      if (testimony.failures === 0) {
        if (!lastWell || testimony.observedMs > lastWell.observedMs) lastWell = testimony
      } else if (!lastFailing || testimony.failingMs > lastFailing.failingMs) {
        lastFailing = testimony
      }
    }
    if (lastWell) well.push(lastWell)
    else if (lastFailing) failing.push(lastFailing)
  }
  return { failing, well }
}

/** How many groups the addresses are in together. */
export function countGroups(testimonies: readonly Testimony[]): number {
  return new Set(testimonies.flatMap(({ groups }) => [...groups])).size
}

/** Whether no group holds all of them, so that no group can be to blame. */
export function areUnrelated(testimonies: readonly Testimony[]): boolean {
  let common = [...(testimonies[0]?.groups ?? [])]
  for (const { groups } of testimonies) {
    common = common.filter((group) => groups.has(group))
    if (common.length === 0) return true
  }
  return false
}
