/**
 * Notices that a file has changed before its next probe is due. The folder is watched and not the
 * file: who writes a file anew beside it and renames it would be lost otherwise. A system that
 * cannot watch costs haste alone, as every file is read in each interval anyway.
 */

import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface FileWatch {
  /** Watches these files from now on, and no others. Absolute paths. */
  retarget(paths: Iterable<string>): void
  stop(): void
}

/** `onChange` may be called more than once for one change, and for one that changes no octet. */
export function createFileWatch(onChange: (path: string) => void): FileWatch {
  /** By folder. Bounded by the config. */
  const watchers = new Map<string, FSWatcher>()
  let wanted = new Set<string>()
  const open = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        for (const path of wanted) {
          // A system may not say which file it was.
          const isMeant = name === null || name === basename(path)
          if (dirname(path) === folder && isMeant) onChange(path)
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
  const retarget = (paths: Iterable<string>) => {
    wanted = new Set(paths)
    const folders = new Set([...wanted].map((path) => dirname(path)))
    for (const folder of [...watchers.keys()]) if (!folders.has(folder)) drop(folder)
    for (const folder of folders) if (!watchers.has(folder)) open(folder)
  }
  return { retarget, stop: () => retarget([]) }
}
