/** The checks of a draft as the rules see them, named or written in the place of use. */

import type { CheckDraft, CheckReference } from './check-schema.ts'
import type { Path } from './origin.ts'
import type { Draft } from './schema.ts'

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

export function checksOf(draft: Draft, users: readonly CheckUser[]): CheckFacts[] {
  const named = Object.entries(draft.checks ?? {}).map(([name, check]) => ({
    path: ['checks', name],
    name,
    draft: check,
  }))
  return [...named, ...users.flatMap(inlineChecks)]
}

function inlineChecks({ path, name, draft: { check } }: CheckUser): CheckFacts[] {
  return typeof check === 'object' ? [{ path: [...path, 'check'], name, draft: check }] : []
}
