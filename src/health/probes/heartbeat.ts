/**
 * Asks nobody: looks whether the target has said in time that it is up. A beat may be late by a
 * tenth of the interval, as timers and networks are.
 */

import { printDuration } from '../../base/duration.ts'

import type { Heartbeats } from '../heartbeats.ts'
import { type Outcome, ownFault } from './probe.ts'

const PATIENCE = 1.1

export function probeHeartbeat(
  label: string,
  intervalMs: number,
  heartbeats: Heartbeats,
  nowMs: number,
): Outcome {
  const limitMs = intervalMs * PATIENCE
  const beat = heartbeats.last(label)
  if (!beat) return beforeTheFirst(nowMs - heartbeats.expectedSince(label, nowMs), limitMs)
  const ageMs = nowMs - beat.atMs
  if (ageMs > limitMs) return silence(ageMs)
  const { isUp, evidence, report } = beat
  return { isSuccess: isUp, evidence, ...(report && { report }) }
}

/** Whoever restarts must not take everybody out before they could have said anything. */
function beforeTheFirst(waitedMs: number, limitMs: number): Outcome {
  return waitedMs <= limitMs ? ownFault('no heartbeat is due yet') : silence(waitedMs)
}

function silence(forMs: number): Outcome {
  const seconds = printDuration(Math.floor(forMs / 1_000) * 1_000)
  return { isSuccess: false, evidence: `no heartbeat for ${forMs < 1_000 ? 'a second' : seconds}` }
}
