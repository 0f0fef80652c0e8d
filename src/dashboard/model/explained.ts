/** How an explanation reads: what would be answered, and why everybody is in the answers or not. */

import { countedText } from '../shared/format.ts'
import type { Explanation } from './told.ts'

type Answer = Explanation['answers'][number]
type Pool = NonNullable<Explanation['balanced']>['pools'][number]
type Family = NonNullable<Pool['v4']>
type Rung = NonNullable<Family['ladder']>[number]

/** What is said of a member, of all that is told. */
export type ExplainedMember = Pick<
  Family['members'][number],
  'name' | 'address' | 'exclusion' | 'verdict' | 'evidence' | 'effectiveWeight'
>

export type ExplainedFamily = Pick<
  Family,
  'memberCount' | 'healthyCount' | 'neededCount' | 'step' | 'standIns' | 'ladder'
> & { readonly members: readonly ExplainedMember[] }

/** What the client would get, in order, or why nothing. */
export function answerText({ rcode, data }: Answer): string {
  if (data.length > 0) return data.join(', ')
  return rcode === 'NOERROR' ? 'no such address (NODATA)' : rcode
}

/** How far the answer was made for this client; nothing where everybody has the same. */
export function scopeText({ scope }: Answer): string | undefined {
  if (scope === 0) return undefined
  return `the answer depends on the first ${countedText(scope, 'bit')} of the client’s address`
}

/** `2 of 3 healthy; answers by step “all”`. */
export function familyText(family: ExplainedFamily): string {
  const { healthyCount, memberCount, neededCount, step, standIns } = family
  const need = neededCount > 1 ? `, needs ${neededCount}` : ''
  const stand = standIns.length > 0 ? ` (${standIns.join(', ')})` : ''
  const failed = step === undefined ? '' : `; failed, answers by step “${step}”${stand}`
  return `${healthyCount} of ${memberCount} healthy${need}${failed}`
}

/** Why a member is in the answers or not. */
export function memberText({ exclusion, effectiveWeight, verdict, evidence }: ExplainedMember) {
  const seen = [verdict, evidence].filter((part) => part !== '').join(': ')
  if (exclusion !== undefined) return exclusion === verdict ? seen : `${exclusion}; ${seen}`
  if (effectiveWeight === undefined) return `not in turn; ${seen}`
  return `in turn; ${seen}`
}

/** The part of the turns that a weight comes to, in percent. */
export function weightPart(family: ExplainedFamily, member: ExplainedMember): number | undefined {
  const { effectiveWeight } = member
  if (effectiveWeight === undefined) return undefined
  const sum = family.members.reduce((all, one) => all + (one.effectiveWeight ?? 0), 0)
  return sum === 0 ? undefined : (effectiveWeight / sum) * 100
}

/** `last_good for 10m: of no use, nobody was`. */
export function rungText({ step, state, reason }: Rung): string {
  return `${step}: ${state}${reason === undefined ? '' : `, ${reason}`}`
}
