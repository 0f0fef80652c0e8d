/** Load from `volley.c`: as many answers as the server can give, with a fixed window under way. */

import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'

import { startProcess } from '../support/process.ts'
import { LOAD_CORE } from './load.ts'

export interface VolleyResult {
  readonly answered: number
  readonly lost: number
  readonly perSecond: number
}

/** Takes a port, a file of questions and a duration; made by `compileVolley`. */
export type Volley = (port: number, queries: string, seconds: number) => Promise<VolleyResult>

const SOURCE = resolve(import.meta.dirname, 'volley.c')
/**
 * Two full batches: while one is answered the next one waits, so that the server never sleeps. It is
 * well under what a socket's default buffer of 212,992 octets holds (about 190 small datagrams).
 */
const WINDOW = 128

/** Compiles the program into `folder`. Throws what the compiler said if it does not. */
export function compileVolley(folder: string): Volley {
  const command = join(folder, 'volley')
  execFileSync('cc', ['-O2', '-o', command, SOURCE])
  return async (port, queries, seconds) => {
    const args = [port, seconds, WINDOW, queries].map(String)
    const child = startProcess({ command, args, core: LOAD_CORE })
    const status = await child.ended
    const result = parseVolley(child.output())
    if (status !== 0 || !result) throw new Error(`volley ended with ${status}: ${child.output()}`)
    return result
  }
}

/** Reads `answered lost seconds`. */
export function parseVolley(output: string): VolleyResult | undefined {
  const words = /^(\d+) (\d+) ([\d.]+)$/m.exec(output)
  if (!words) return undefined
  const answered = Number(words[1])
  return { answered, lost: Number(words[2]), perSecond: answered / Number(words[3]) }
}
