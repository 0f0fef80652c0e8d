/**
 * Whether octets hold a text or match a pattern. A pattern can take years on an unlucky text
 * (`(a+)+$`), so it runs under a watch that stops it: nobody else is answered meanwhile.
 */

import { createContext, Script } from 'node:vm'

import type { Pattern } from './spec.ts'

/** A sound pattern takes less than 1 ms for 64 KiB; the rest is for a machine that is busy. */
export const PATTERN_MS_MAX = 100

export type Match = 'found' | 'missing' | 'too slow'

const script = new Script('new RegExp(source, flags).test(text)')

/** Looks for a match, for at most PATTERN_MS_MAX. Octets that are not UTF-8 match as U+FFFD. */
export function matchPattern({ source, flags }: Pattern, octets: Buffer): Match {
  const context = createContext({ source, flags, text: octets.toString() })
  try {
    return script.runInContext(context, { timeout: PATTERN_MS_MAX }) === true ? 'found' : 'missing'
  } catch {
    return 'too slow' // The pattern is known to compile, so nothing else is thrown.
  }
}

/** As the operator wrote it. */
export function printPattern({ source, flags }: Pattern): string {
  return `/${source}/${flags}`
}
