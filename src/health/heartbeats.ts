/**
 * Who has said of himself that he is up, or down, and when. A heartbeat comes from outside, and a
 * probe of that kind looks here: nothing is sent.
 *
 * Always true: no more than LABELS_MAX labels are kept, whoever sends them.
 */

import type { Report } from './check.ts'

/** As many as there may be members; those who have left stay until the process ends. */
export const LABELS_MAX = 65_536

/** What a sender says of himself. */
export interface Said {
  readonly isUp: boolean
  /** For people: the reason that the sender gave. */
  readonly evidence: string
  readonly report?: Report
}

export interface Beat extends Said {
  /** Clock milliseconds at which it came. */
  readonly atMs: number
}

export interface Heartbeats {
  /** Notes a beat by `pool/member`; false where there is no room for another label. */
  beat(label: string, said: Said, atMs: number): boolean
  /** The latest beat; undefined if there has been none. */
  last(label: string): Beat | undefined
  /** Since when beats by a label have been expected: since the first call that asked for it. */
  expectedSince(label: string, nowMs: number): number
}

export function createHeartbeats(): Heartbeats {
  const beats = new Map<string, Beat>()
  const expected = new Map<string, number>()
  return {
    beat(label, said, atMs) {
      if (!beats.has(label) && beats.size >= LABELS_MAX) return false
      beats.set(label, { ...said, atMs })
      return true
    },
    last: (label) => beats.get(label),
    expectedSince(label, nowMs) {
      const sinceMs = expected.get(label)
      if (sinceMs !== undefined) return sinceMs
      if (expected.size < LABELS_MAX) expected.set(label, nowMs)
      return nowMs
    },
  }
}
