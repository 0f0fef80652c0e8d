/**
 * Loads in a thread of its own: a million records take a second to read, and in that second the
 * main thread goes on probing and answering. The thread ends with its work, and its memory with it;
 * what stays are the shared arrays of the zones.
 */

import { Worker } from 'node:worker_threads'

import type { ConfigSource, LoadResult } from './load.ts'

/**
 * Loads `source`; rejects only for a fault of the program itself. Resolves once the thread is gone:
 * a process that exits while one of its threads is ending may die of it.
 */
export function loadAside(source: ConfigSource): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./loader-thread.js', import.meta.url), {
      workerData: source,
      name: 'rota-loader',
    })
    let result: LoadResult | undefined
    worker.once('message', (message: LoadResult) => {
      result = message
    })
    worker.once('error', reject)
    worker.once('exit', () => {
      if (result) resolve(result)
      else reject(new Error('the loader ended without a result'))
    })
  })
}
