/**
 * Frees what a world leaves behind. The arrays of a zone outlive its last use until their holders
 * are collected, and a thread that answers makes no garbage, so it would never collect: each reload
 * of a large zone would cost its size again.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects this thread's garbage now, which takes some milliseconds, more with many rosters. */
export function collectGarbage(): void {
  collect ??= exposeCollector()
  collect()
}

let collect: (() => void) | undefined

/** V8 shows its collector only to contexts that are made after the flag was set. */
function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
