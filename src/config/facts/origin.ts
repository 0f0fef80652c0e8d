/**
 * Where each value of a configuration was written. Checks and rules speak of a path in the tree;
 * the origin turns it into a place and into the words that people know it by. The YAML file and the
 * command line are two origins, so they share every check, every rule and every message.
 */

import type { Place } from '../../base/diagnostic.ts'

/** Keys from the root of the tree; numbers are indices in lists. */
export type Path = readonly (string | number)[]

export interface Origin {
  readonly file: string
  /** The place of the key at `path`; where it was not written, that of the nearest key above. */
  keyAt(path: Path): Place
  /** The place of the value at `path`: of its key, if the value is a map or a list or absent. */
  valueAt(path: Path): Place
  /** What people call it: `pool "web": member "a": weight`, or `--member`. */
  words(path: Path): string
  /** How a message about one setting points at another: `line 12`, or `--interval`. */
  mention(path: Path): string
}

/** Sections whose keys are names that the operator chose, and what each of them is called. */
const NOUNS: Readonly<Record<string, string>> = {
  zones: 'zone',
  maps: 'map',
  checks: 'check',
  pools: 'pool',
  names: 'name',
  members: 'member',
}

/** The words for a path in a file: `["pools", "web", "policy"]` is `pool "web": policy`. */
export function wordsOfPath(path: Path): string {
  const words: string[] = []
  for (let i = 0; i < path.length; i++) {
    const noun = NOUNS[path[i]]
    const isChosen = (i === 0 || path[i] === 'members') && noun !== undefined
    if (isChosen && typeof path[i + 1] === 'string') words.push(`${noun} "${path[++i]}"`)
    else if (typeof path[i] === 'string') words.push(String(path[i]))
  }
  return words.join(': ')
}
