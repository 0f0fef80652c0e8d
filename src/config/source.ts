/**
 * YAML text as a tree of plain values, each of which remembers where it stands. A text that is not
 * sound YAML, or says the same key twice, yields diagnostics and no tree.
 *
 * The yaml library reads every text but long ones that hold nothing unusual: it takes 3 s and 480 MB
 * for the 5 MB of 100,000 names, and `readPlain` 0.2 s and a quarter of that. Whatever `readPlain`
 * is not sure of, and so every fault, is the library's to judge.
 */

import type { Diagnostic } from '../base/diagnostic.ts'

import type { Origin } from './origin.ts'
import { readYaml } from './yaml/library.ts'
import { readPlain } from './yaml/plain.ts'
import { originOf } from './yaml/spot.ts'

export type Source =
  | { readonly tree: unknown; readonly origin: Origin }
  | { readonly tree?: undefined; readonly diagnostics: readonly Diagnostic[] }

/** Below this many characters (some 1,000 names) the library takes less than 50 ms. */
const LONG_CHARACTERS_MIN = 65_536

export function parseSource(text: string, file: string): Source {
  const plain = text.length >= LONG_CHARACTERS_MIN ? readPlain(text) : undefined
  const reading = plain ? { root: plain } : readYaml(text, file)
  return 'diagnostics' in reading
    ? reading
    : { tree: reading.root.value, origin: originOf(text, file, reading.root) }
}
