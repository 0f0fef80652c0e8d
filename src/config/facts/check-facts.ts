/** The checks of a draft as the rules see them, named or written in the place of use. */

import type { CheckDraft, CheckReference } from '../schema/check-schema.ts'
import type { Path } from './origin.ts'
import type { Draft } from '../schema/schema.ts'

export interface CheckFacts {
  readonly path: Path
  readonly name: string
  readonly draft: CheckDraft
}

/** What may name a check or be one: a pool, a name, a member. */
export interface CheckUser {
  readonly path: Path
  readonly name: string
  readonly draft: { readonly check?: CheckReference | undefined }
}

/** Every check that is written out, the parts of combinations included. */
export function checksOf(draft: Draft, users: readonly CheckUser[]): CheckFacts[] {
  return rootsOf(draft, users).flatMap(({ name, ...root }) =>
    partsBelow(root).flatMap(({ path, reference }) =>
      isWrittenOut(reference) ? [{ path, name, draft: reference }] : [],
    ),
  )
}

/** A reference in its place. */
export interface CheckPart {
  readonly path: Path
  readonly reference: CheckReference
}

export interface CheckRoot extends CheckPart {
  readonly name: string
}

/** Where checks begin: each that has a name, and whatever stands after `check:`. */
export function rootsOf(draft: Draft, users: readonly CheckUser[]): CheckRoot[] {
  const named = Object.entries(draft.checks ?? {}).map(([name, reference]) => ({
    path: ['checks', name],
    name,
    reference,
  }))
  const used = users.flatMap(({ path, name, draft: { check: reference } }) =>
    reference === undefined ? [] : [{ path: [...path, 'check'], name, reference }],
  )
  return [...named, ...used]
}

/** The part itself, and all that it is made of as it is written; names are not followed. */
export function partsBelow(part: CheckPart): CheckPart[] {
  return [part, ...partsOf(part).flatMap(partsBelow)]
}

/** What a combination is made of; nothing for a name or a check of its own. */
export function partsOf({ path, reference }: CheckPart): CheckPart[] {
  if (typeof reference === 'string') return []
  if (!isWrittenOut(reference)) return elements(reference, path)
  return (['all_of', 'any_of', 'of'] as const).flatMap((key) =>
    elements(reference[key] ?? [], [...path, key]),
  )
}

function elements(list: readonly CheckReference[], path: Path): CheckPart[] {
  return list.map((reference, index) => ({ path: [...path, index], reference }))
}

export function isWrittenOut(reference: CheckReference): reference is CheckDraft {
  return typeof reference === 'object' && !Array.isArray(reference)
}
