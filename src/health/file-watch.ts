/**
 * Notices that a file has changed before the next probe that reads it is due. The folder is watched
 * and not the file: who writes a file anew beside it and renames it would be lost otherwise. A
 * system that cannot watch costs haste alone, as every file is read in each interval anyway.
 */

import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

import type { Clock } from '../base/clock.ts'

import type { Target } from './check.ts'

/** A change comes as several events, and a file is empty for a moment before it is written. */
export const SETTLE_MS = 100

export interface FileWatch {
  /** Watches the files that these targets are read from, and no others from now on. */
  retarget(targets: Iterable<Target>): void
  stop(): void
}

/** `hasten` is called with each target's key, once for all that happens within SETTLE_MS. */
export function createFileWatch(clock: Clock, hasten: (targetKey: string) => void): FileWatch {
  /** Keys by file, and what watches by folder. Bounded by the config. */
  let readers = new Map<string, string[]>()
  const watchers = new Map<string, FSWatcher>()
  /** What takes back the call that is due, by file. */
  const due = new Map<string, () => void>()

  const note = (path: string) => {
    if (due.has(path)) return
    const cancel = clock.after(SETTLE_MS, () => {
      due.delete(path)
      for (const key of readers.get(path) ?? []) hasten(key)
    })
    due.set(path, cancel)
  }
  const open = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        for (const path of readers.keys()) {
          // A system may not say which file it was.
          const isMeant = name === null || name === basename(path)
          if (dirname(path) === folder && isMeant) note(path)
        }
      })
      watcher.on('error', () => drop(folder)) // The folder has gone.
      watchers.set(folder, watcher)
    } catch {
      // No such folder, or no watch left to have: the next interval reads the file.
    }
  }
  const drop = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const retarget = (targets: Iterable<Target>) => {
    readers = readersOf(targets)
    for (const [path, cancel] of due) {
      if (readers.has(path)) continue
      cancel()
      due.delete(path)
    }
    const folders = new Set([...readers.keys()].map((path) => dirname(path)))
    for (const folder of [...watchers.keys()]) if (!folders.has(folder)) drop(folder)
    for (const folder of folders) if (!watchers.has(folder)) open(folder)
  }
  return { retarget, stop: () => retarget([]) }
}

/** The keys of targets by the file that they are read from. */
function readersOf(targets: Iterable<Target>): Map<string, string[]> {
  const readers = new Map<string, string[]>()
  for (const { key, check } of targets) {
    if (check.probe.kind !== 'file') continue
    const { path } = check.probe
    const keys = readers.get(path)
    if (keys) keys.push(key)
    else readers.set(path, [key])
  }
  return readers
}
