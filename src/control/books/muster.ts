/** Who there is, pool by pool, as far as overrides and registrations must know. */

import { nearest } from '../../base/nearest.ts'

import { type Refusal, refusal } from './refusal.ts'

export interface Muster {
  readonly pool: string
  /** An override may not leave fewer members in service. */
  readonly minServing: number
  readonly members: readonly MusteredMember[]
}

export interface MusteredMember {
  readonly name: string
  /** Whether it may be answered now, in one family at least. */
  readonly isEligible: boolean
}

/** By the name of the pool. A muster is made when it is asked for: there may be many pools. */
export type Musters = Pick<ReadonlyMap<string, Muster>, 'get' | 'keys'>

/** The muster of a pool that must have this member. */
export function musterWith(musters: Musters, pool: string, member: string): Muster | Refusal {
  const muster = musterOf(musters, pool)
  if ('refused' in muster) return muster
  const names = muster.members.map(({ name }) => name)
  if (names.includes(member)) return muster
  return refusal(
    'unknown',
    `pool "${pool}" has no member "${member}"`,
    guess(member, names) ?? 'see "rota status" for who there is',
  )
}

export function musterOf(musters: Musters, pool: string): Muster | Refusal {
  const muster = musters.get(pool)
  if (muster) return muster
  return refusal(
    'unknown',
    `there is no pool "${pool}"`,
    guess(pool, musters.keys()) ?? 'see "rota status" for what there is',
  )
}

function guess(word: string, candidates: Iterable<string>): string | undefined {
  const likely = nearest(word, candidates)
  return likely === undefined ? undefined : `did you mean "${likely}"?`
}
