/** The loader's thread: reads everything, tells the result, and ends. */

import { parentPort, workerData } from 'node:worker_threads'

import { type ConfigSource, load } from './load.ts'

parentPort!.postMessage(load(workerData as ConfigSource))
