/**
 * A YAML text as a tree of values, each of which remembers where it stands. Whoever reads a text
 * makes spots of it; from them come the places of messages.
 */

import type { Place } from '../../base/diagnostic.ts'

import { type Origin, type Path, wordsOfPath } from '../origin.ts'

/** One value, its key, and what is inside. Offsets count characters from 0. */
export interface Spot {
  /** -1 where there is no key: in a list, and at the root. */
  readonly keyFrom: number
  readonly keyTo: number
  readonly from: number
  readonly to: number
  /** Whether a fault of the value is shown at the value; at its key otherwise. */
  readonly isShown: boolean
  readonly value: unknown
  /** The values of a map by their keys, of a list by their indices; neither has none. */
  readonly inside?: ReadonlyMap<string, Spot> | undefined
}

/** The origin of a text whose outermost value is `root`. */
export function originOf(text: string, file: string, root: Spot): Origin {
  const placeOf = createPlaces(text, file)
  const keyAt = (path: Path): Place => {
    for (let length = path.length; length > 0; length--) {
      const spot = spotAt(root, path, length)
      if (!spot) continue
      return spot.keyFrom >= 0 ? placeOf(spot.keyFrom, spot.keyTo) : placeOf(spot.from, spot.to)
    }
    return placeOf(0, 1)
  }
  const valueAt = (path: Path): Place => {
    const spot = spotAt(root, path, path.length)
    return spot?.isShown ? placeOf(spot.from, spot.to) : keyAt(path)
  }
  return {
    file,
    keyAt,
    valueAt,
    words: wordsOfPath,
    mention: (path) => `line ${keyAt(path).line}`,
  }
}

/** Turns a range of `text` into a place, cut at the end of its first line: one line is shown. */
export function createPlaces(text: string, file: string): (from: number, to: number) => Place {
  const starts = lineStarts(text)
  return (from, to) => {
    const line = lineOf(starts, from)
    const length = text.slice(from, Math.max(to, from + 1)).search(/[\r\n]|$/)
    return { file, line: line + 1, column: from - starts[line] + 1, length: Math.max(1, length) }
  }
}

/** The spot at the first `length` steps of a path; undefined where nothing was written. */
function spotAt(root: Spot, path: Path, length: number): Spot | undefined {
  let spot: Spot | undefined = root
  for (let i = 0; i < length && spot; i++) spot = spot.inside?.get(String(path[i]))
  return spot
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The last line that starts at or before `offset`, counted from 0. */
function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle] <= offset) low = middle
    else high = middle - 1
  }
  return low
}
