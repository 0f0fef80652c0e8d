/** Rules of checks that are made of others: by name, or written in their places. */

import type { CheckPart, CheckRoot } from '../facts/check-facts.ts'
import { isWrittenOut, partsBelow, partsOf, rootsOf } from '../facts/check-facts.ts'
import { COMBINATIONS } from '../schema/check-schema.ts'
import type { Facts } from '../facts/facts.ts'
import type { Path } from '../facts/origin.ts'
import type { Rule } from '../rules.ts'
import { createAdvisor, fault, unknownReference, warning } from './report.ts'

export const COMBINATION_RULES: readonly Rule[] = [
  { says: 'a check that is named exists', find: unknownChecks },
  { says: 'a check is there for a reason', find: unusedChecks },
  { says: 'a combination has no pace of its own', find: pacedCombinations },
  { says: 'at_least counts what is there', find: wrongCounts },
  { says: 'no check is made of itself', find: circles },
  { says: 'a combination can be overseen', find: giants },
  { says: 'anchors pass one check', find: combinedAnchors },
]

/** Nobody oversees more, and each target's verdict is judged through all of it. */
const DEPTH_MAX = 4
const CHECKS_MAX = 256
/** Whatever is further down stands in a combination that is too deep, and that is said. */
const FOLLOWED_MAX = 64

function* unknownChecks({ users, draft, origin, isFaulty }: Facts) {
  const known = Object.keys(draft.checks ?? {})
  const isKnown = new Set(known)
  const adviceOn = createAdvisor(known, 'check')
  for (const { path, reference } of rootsOf(draft, users).flatMap(partsBelow)) {
    if (typeof reference !== 'string' || isKnown.has(reference)) continue
    if (isFaulty(['checks', reference])) continue
    yield unknownReference(origin, path, reference, adviceOn)
  }
}

function* unusedChecks({ users, draft, origin, isFaulty }: Facts) {
  const used = new Set(
    rootsOf(draft, users)
      .flatMap(partsBelow)
      .map(({ reference }) => reference),
  )
  // Whoever used it may be among what the schema has faulted.
  if (isFaulty(['pools']) || isFaulty(['names']) || isFaulty(['checks'])) return
  for (const name of Object.keys(draft.checks ?? {})) {
    if (used.has(name)) continue
    const path = ['checks', name]
    yield warning(origin.keyAt(path), `${origin.words(path)} is used by no pool and no name`)
  }
}

const PACE = [
  ...(['interval', 'fast_interval', 'timeout', 'rise', 'fall', 'every', 'address'] as const),
  'report' as const,
]

function* pacedCombinations({ checks, origin }: Facts) {
  for (const { path, draft } of checks) {
    const combination = COMBINATIONS.find((key) => draft[key] !== undefined)
    if (combination === undefined) continue
    for (const key of PACE) {
      if (draft[key] === undefined) continue
      yield fault(
        origin.keyAt([...path, key]),
        `${origin.words([...path, key])} means nothing beside ${combination} ` +
          `(${origin.mention([...path, combination])}): it belongs to the checks that are combined`,
      )
    }
  }
}

function* wrongCounts({ checks, origin, isFaulty }: Facts) {
  for (const { path, draft } of checks) {
    const { at_least: atLeast, of } = draft
    const [count, list] = [
      [...path, 'at_least'],
      [...path, 'of'],
    ]
    if (isFaulty(count) || isFaulty(list)) continue
    if (atLeast === undefined && of) {
      yield fault(origin.keyAt(list), `${origin.words(list)} needs at_least, which counts them`)
    } else if (atLeast !== undefined && !of) {
      const message = `${origin.words(count)} needs "of", a list of the checks that it counts`
      yield fault(origin.keyAt(count), message)
    } else if (atLeast !== undefined && of && atLeast > of.length) {
      const checksOf = `${of.length} ${of.length === 1 ? 'check' : 'checks'}`
      yield fault(
        origin.valueAt(count),
        `${origin.words(count)} ${atLeast} is more than the ${checksOf} in "of" ` +
          `(${origin.mention(list)})`,
      )
    }
  }
}

function* circles({ draft, origin }: Facts) {
  for (const { part, path } of circlesIn(draft.checks ?? {})) {
    yield fault(
      origin.valueAt(path),
      `${origin.words(path)} "${part}" leads back to check "${part}" ` +
        `(${origin.mention(['checks', part])}), so that would be made of itself`,
    )
  }
}

type Named = NonNullable<Facts['draft']['checks']>

/** Each name in a check that closes a circle, in the order of the file. */
function circlesIn(named: Named): { readonly part: string; readonly path: Path }[] {
  const found: { readonly part: string; readonly path: Path }[] = []
  const begun = new Set<string>()
  const done = new Set<string>()
  const follow = (name: string, depth: number) => {
    begun.add(name)
    if (depth === FOLLOWED_MAX) return
    for (const { path, reference } of partsBelow(rootOf(named, name))) {
      if (typeof reference !== 'string' || !Object.hasOwn(named, reference)) continue
      if (!begun.has(reference)) follow(reference, depth + 1)
      else if (!done.has(reference)) found.push({ part: reference, path })
    }
    done.add(name)
  }
  for (const name of Object.keys(named)) if (!begun.has(name)) follow(name, 0)
  return found
}

function rootOf(named: Named, name: string): CheckRoot {
  return { path: ['checks', name], name, reference: named[name]! }
}

function* giants({ draft, users, origin }: Facts) {
  const named = draft.checks ?? {}
  if (circlesIn(named).length > 0) return
  const sizes = new Map<string, Size>()
  const sizeOf = (part: CheckPart, above = 0): Size => {
    const { reference } = part
    if (above === FOLLOWED_MAX) return SINGLE
    if (typeof reference !== 'string') {
      const below = partsOf(part).map((one) => sizeOf(one, above + 1))
      return sizeAround(below, reference)
    }
    if (!Object.hasOwn(named, reference)) return SINGLE
    const size = sizes.get(reference) ?? sizeOf(rootOf(named, reference), above)
    sizes.set(reference, size)
    return size
  }
  for (const root of rootsOf(draft, users)) {
    const { depth, count } = sizeOf(root)
    const names = partsBelow(root).filter(({ reference }) => typeof reference === 'string')
    // Where one that it names is too much already, that has been said.
    if (!isGiant({ depth, count }) || names.some((part) => isGiant(sizeOf(part)))) continue
    const words = origin.words(root.path)
    yield depth > DEPTH_MAX
      ? fault(origin.keyAt(root.path), `${words} nests ${depth} combinations, at most ${DEPTH_MAX}`)
      : fault(origin.keyAt(root.path), `${words} asks for ${count} checks, at most ${CHECKS_MAX}`)
  }
}

/** How many combinations stand in one another, and how many checks are asked in all. */
interface Size {
  readonly depth: number
  readonly count: number
}

const SINGLE: Size = { depth: 0, count: 1 }

function isGiant({ depth, count }: Size): boolean {
  return depth > DEPTH_MAX || count > CHECKS_MAX
}

function sizeAround(parts: readonly Size[], reference: CheckPart['reference']): Size {
  if (parts.length === 0 && isWrittenOut(reference)) return SINGLE
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    count: parts.reduce((sum, { count }) => sum + count, 0),
  }
}

/** An anchor says whether this machine sees anything at all; one measurement says it. */
function* combinedAnchors({ draft, origin }: Facts) {
  const path = ['prober', 'anchors', 'check']
  const written = draft.prober?.anchors?.check
  const named = draft.checks ?? {}
  const isNamed = typeof written === 'string' && Object.hasOwn(named, written)
  const reference = isNamed ? named[written] : written
  if (reference === undefined || typeof reference === 'string') return
  const isCombined = partsOf({ path, reference }).length > 0
  if (isCombined) yield fault(origin.valueAt(path), `${origin.words(path)} is more than one check`)
}
