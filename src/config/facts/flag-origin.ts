/**
 * The command line as an origin: each value of the tree came from a flag, and people know it by
 * that flag. A column is no more than an order here, so a message is best shown without its place.
 */

import type { Place } from '../../base/diagnostic.ts'

import type { Origin, Path } from './origin.ts'

/** One value of the tree, and the flag that wrote it. A flag may write several. */
export interface Written {
  readonly flag: string
  readonly path: Path
  readonly value: unknown
  /** What messages call it: the flag, and which of several, and which part of it. */
  readonly words: string
}

export const COMMAND_LINE = 'command line'

export function flagOrigin(written: readonly Written[]): Origin {
  const find = (path: Path) => nearestTo(path, written)
  const placeOf = (path: Path): Place => {
    const one = find(path)
    return { file: COMMAND_LINE, line: 1, column: one === undefined ? 1 : written.indexOf(one) + 1 }
  }
  return {
    file: COMMAND_LINE,
    keyAt: placeOf,
    valueAt: placeOf,
    words: (path) => find(path)?.words ?? '',
    mention: (path) => find(path)?.flag ?? 'the default',
  }
}

/** What wrote `path` itself, or else what stands around it, or else the first thing inside it. */
function nearestTo(path: Path, written: readonly Written[]): Written | undefined {
  for (let length = path.length; length > 0; length--) {
    const around = written.find((one) => one.path.length === length && startsWith(path, one.path))
    if (around) return around
  }
  return path.length === 0 ? undefined : written.find((one) => startsWith(one.path, path))
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((part, i) => part === path[i])
}
