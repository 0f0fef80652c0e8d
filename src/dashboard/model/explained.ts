/**
 * What `GET /api/v1/explain` tells, as far as the page shows it, and how it reads. It is written
 * down here because the server's own type stands among what runs there alone.
 */

import { countedText } from '../shared/format.ts'

export interface Explained {
  readonly name: string
  readonly client: string
  readonly answers: readonly ExplainedAnswer[]
  readonly balanced?: {
    readonly pool: string
    readonly policy: string
    readonly answersMax: number
    readonly ttl: { readonly seconds: number; readonly reason: string }
    readonly pools: readonly ExplainedPool[]
  }
}

export interface ExplainedAnswer {
  readonly type: string
  readonly rcode: string
  readonly data: readonly string[]
  readonly scope: number
}

export interface ExplainedPool {
  readonly pool: string
  readonly policy: string
  readonly v4?: ExplainedFamily
  readonly v6?: ExplainedFamily
}

export interface ExplainedFamily {
  readonly memberCount: number
  readonly healthyCount: number
  readonly neededCount: number
  readonly step?: string
  readonly standIns: readonly string[]
  readonly members: readonly ExplainedMember[]
}

export interface ExplainedMember {
  readonly name: string
  readonly address: string
  readonly exclusion?: string
  readonly verdict?: string
  readonly evidence?: string
  readonly weight: number
  readonly effectiveWeight?: number
}

/** What a client of that kind would get: `127.0.0.11, then 127.0.0.12`, or why nothing. */
export function answerText({ rcode, data }: ExplainedAnswer): string {
  if (data.length > 0) return data.join(', ')
  return rcode === 'NOERROR' ? 'no such address (NODATA)' : rcode
}

/** How far the answer was made for this client; nothing where everybody has the same. */
export function scopeText({ scope }: ExplainedAnswer): string | undefined {
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
  const seen = [verdict, evidence].filter((part) => part !== undefined && part !== '').join(': ')
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
