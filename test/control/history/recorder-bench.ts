/** Recorders over folders of their own, with what they said and when; what happens, and its ids. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import type { Event, Happening } from '../../../src/control/history/event.ts'
import { Recorder } from '../../../src/control/history/recorder.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ManualClock } from '../../support/manual-clock.ts'

export const STOP: Happening = { kind: 'stop' }

export function flip(member: string): Happening {
  const between = { from: 'up', to: 'down', evidence: 'connection refused' }
  return { kind: 'flip', members: [member], address: '192.0.2.1', check: 'web', ...between }
}

/** The whole lines of its newest file. */
export function linesIn(folder: string): string[] {
  const path = join(folder, 'history.jsonl')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
}

export function idsOf(events: readonly Event[]): number[] {
  return events.map(({ id }) => id)
}

/** A recorder that has yet to be opened, and a folder for it. */
export function bench(fileOctetsMax?: number) {
  const folder = temporaryFolder('history')
  onTestFinished(() => folder.remove())
  const clock = new ManualClock()
  const faults: unknown[] = []
  const caughtUp: number[] = []
  const damages: string[] = []
  const recorder = new Recorder({
    clock,
    onFault: (error) => faults.push(error),
    onCaughtUp: (lostCount) => caughtUp.push(lostCount),
    onDamage: (damage) => damages.push(damage),
    ...(fileOctetsMax !== undefined && { fileOctetsMax }),
  })
  return { recorder, clock, folder: folder.path, faults, caughtUp, damages }
}

/** A recorder that writes to its folder, or to that of one before. */
export async function opened(folder?: string, lastKnownId?: number, fileOctetsMax?: number) {
  const made = bench(fileOctetsMax)
  const path = folder ?? made.folder
  await made.recorder.open(path, lastKnownId)
  return { ...made, folder: path }
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
