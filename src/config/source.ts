/**
 * YAML text as a tree of plain values, each of which remembers where it stands. A text that is not
 * sound YAML, or says the same key twice, yields diagnostics and no tree.
 */

import type { Diagnostic } from '../base/diagnostic.ts'

import type { Origin } from './origin.ts'
import { readYaml } from './yaml/library.ts'
import { originOf } from './yaml/spot.ts'

export type Source =
  | { readonly tree: unknown; readonly origin: Origin }
  | { readonly tree?: undefined; readonly diagnostics: readonly Diagnostic[] }

export function parseSource(text: string, file: string): Source {
  const reading = readYaml(text, file)
  return 'diagnostics' in reading
    ? reading
    : { tree: reading.root.value, origin: originOf(text, file, reading.root) }
}
