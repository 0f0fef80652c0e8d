/** How a rule reports: at a place, in the words of the origin. */

import type { Diagnostic, Place } from '../../base/diagnostic.ts'
import { nearest } from '../../base/nearest.ts'

import { listed } from '../fields.ts'
import type { Origin, Path } from '../origin.ts'

export function fault(place: Place, message: string): Diagnostic {
  return { severity: 'error', ...place, message }
}

export function warning(place: Place, message: string): Diagnostic {
  return { severity: 'warning', ...place, message }
}

/** A reference that leads nowhere: the likely one, or all that there are. */
export function unknownReference(
  origin: Origin,
  path: Path,
  reference: string,
  known: readonly string[],
  noun: string,
): Diagnostic {
  const advice = adviceOn(reference, known, noun)
  return fault(origin.valueAt(path), `${origin.words(path)} "${reference}" is unknown; ${advice}`)
}

function adviceOn(reference: string, known: readonly string[], noun: string): string {
  const near = nearest(reference, known)
  if (near !== undefined) return `did you mean "${near}"?`
  if (known.length === 0) return `there is no ${noun}s section that defines it`
  if (known.length === 1) return `the only ${noun} is ${known[0]}`
  const rest = known.length - SHOWN_MAX
  return rest > 0
    ? `the ${noun}s are ${known.slice(0, SHOWN_MAX).join(', ')} and ${rest} more`
    : `the ${noun}s are ${listed(known, 'and')}`
}

/** A message names a handful of alternatives; whoever has more knows where they are written. */
const SHOWN_MAX = 8

/** The pairs of items with the same key: each later one, with the first. */
export function repeats<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): { readonly item: Item; readonly first: Item }[] {
  const firsts = new Map<string, Item>()
  return items.flatMap((item) => {
    const key = keyOf(item)
    const first = firsts.get(key)
    if (first !== undefined) return [{ item, first }]
    firsts.set(key, item)
    return []
  })
}
