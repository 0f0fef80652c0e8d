/** The loader's thread: reads everything, tells the result, and ends. */

import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { basename } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

import type { ConfigSource } from './load.ts'

/** Nice enough to leave a core to whoever answers on it, and still done in a second or two. */
const LOADER_PRIORITY = 15

giveWay()
// Only now: making the readers ready is a tenth of a second's work in itself.
const { load } = await import('./load.ts')
parentPort!.postMessage(load(workerData as ConfigSource))

/**
 * Lets threads that answer and probe go first: on a machine with few cores a load would take its
 * turns from them, of several milliseconds each. Linux gives each thread a priority of its own;
 * elsewhere, or where it may not be set, the load merely competes.
 */
function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), LOADER_PRIORITY)
  } catch {
    return
  }
}
