/**
 * Who has said of himself that he is up, or down, and when. A heartbeat comes from outside, and a
 * probe of that kind looks here: nothing is sent.
 *
 * Always true: no more than LABELS_MAX labels are kept, whoever sends them. Members that register
 * come and go under ever new names, so whoever was heard of longest ago makes room.
 */

import type { Report } from './check.ts'

/** As many as there may be members. */
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
  /** Notes a beat by `pool/member`. */
  beat(label: string, said: Said, atMs: number): void
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
      putLast(beats, label, { ...said, atMs })
    },
    last: (label) => beats.get(label),
    expectedSince(label, nowMs) {
      const sinceMs = expected.get(label) ?? nowMs
      putLast(expected, label, sinceMs)
      return sinceMs
    },
  }
}

/** Behind all others; the first goes where there are too many. */
function putLast<T>(map: Map<string, T>, label: string, value: T): void {
  map.delete(label)
  map.set(label, value)
  if (map.size <= LABELS_MAX) return
  const [first] = map.keys()
  map.delete(first!)
}
