/**
 * Logs by pino: JSON lines, or readable ones on a terminal. What is logged are flips, reloads,
 * starts, stops and respawns; everything else is counted. A packet never is a line.
 */

import { createRequire } from 'node:module'

import { destination, type Logger, pino } from 'pino'

import type { Clock } from '../base/clock.ts'

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

export interface LogOptions {
  /** Readable lines instead of JSON, if the optional pino-pretty is there. */
  readonly isPretty: boolean
}

/** Writes to standard error: standard output belongs to what a command was asked for. */
export function createLog({ isPretty }: LogOptions): Log {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime }
  const pretty = isPretty ? loadPretty() : undefined
  const stream = pretty
    ? pretty({
        colorize: true,
        ignore: 'pid,hostname',
        translateTime: 'HH:MM:ss',
        sync: true,
        destination: 2,
      })
    : destination({ dest: 2, sync: true })
  return pino(options, stream)
}

const FAULT_SPAN_MS = 60_000

/**
 * Logs the first fault, and from then on at most one a minute, with how many there have been: what
 * a stranger can cause with every query shall not fill a disk.
 */
export function createFaultLog(
  log: Pick<Log, 'error'>,
  clock: Clock,
): (err: unknown, message: string) => void {
  let count = 0
  let nextMs = Number.NEGATIVE_INFINITY
  return (err, message) => {
    count++
    const nowMs = clock.now()
    if (nowMs < nextMs) return
    nextMs = nowMs + FAULT_SPAN_MS
    log.error({ err, count }, message) // `err` is the key whose stack pino writes.
  }
}

type Pretty = typeof import('pino-pretty')

function loadPretty(): Pretty | undefined {
  try {
    return createRequire(import.meta.url)('pino-pretty') as Pretty
  } catch {
    return undefined // It is optional: JSON lines say the same.
  }
}
