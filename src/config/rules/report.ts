/** How a rule reports: at a place, in the words of the origin. */

import type { Diagnostic, Place } from '../../base/diagnostic.ts'
import { nearest } from '../../base/nearest.ts'

import { listed } from '../schema/fields.ts'
import type { Origin, Path } from '../facts/origin.ts'

export function fault(place: Place, message: string): Diagnostic {
  return { severity: 'error', ...place, message }
}

export function warning(place: Place, message: string): Diagnostic {
  return { severity: 'warning', ...place, message }
}

/** A reference that leads nowhere, with advice from an advisor. */
export function unknownReference(
  origin: Origin,
  path: Path,
  reference: string,
  adviceOn: Advisor,
): Diagnostic {
  const advice = adviceOn(reference)
  return fault(origin.valueAt(path), `${origin.words(path)} "${reference}" is unknown; ${advice}`)
}

/** What to write instead of a word; `spellings` are what it may have been, if not what is known. */
export type Advisor = (word: string, spellings?: () => readonly string[]) => string

/** Returns who names the likely word of those that are known, or else all that there are. */
export function createAdvisor(known: readonly string[], noun: string): Advisor {
  const likely = new Map<string, string | undefined>()
  return (word, spellings = () => known) => {
    if (!likely.has(word) && likely.size < ADVISED_MAX) likely.set(word, nearest(word, spellings()))
    const near = likely.get(word)
    return near === undefined ? allOf(known, noun) : `did you mean "${near}"?`
  }
}

function allOf(known: readonly string[], noun: string): string {
  if (known.length === 0) return `there is no ${noun}s section that defines it`
  if (known.length === 1) return `the only ${noun} is ${known[0]}`
  const rest = known.length - SHOWN_MAX
  return rest > 0
    ? `the ${noun}s are ${known.slice(0, SHOWN_MAX).join(', ')} and ${rest} more`
    : `the ${noun}s are ${listed(known, 'and')}`
}

/** A message names a handful of alternatives; whoever has more knows where they are written. */
const SHOWN_MAX = 8
/** Comparing each of 10,000 lost words with 10,000 pools takes minutes, and nobody waits for it. */
const ADVISED_MAX = 100

/** The pairs of items with the same key: each later one, with the first. */
export function repeats<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): { readonly item: Item; readonly first: Item }[] {
  const firsts = new Map<string, Item>()
  const found: { readonly item: Item; readonly first: Item }[] = []
  for (const item of items) {
    const key = keyOf(item)
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, item)
    else found.push({ item, first })
  }
  return found
}
