/**
 * Which pools and members have series of their own: the first of them, in the order of the
 * configuration, and as many as a scrape and its store can bear. How many are left out is told, and
 * the totals have all of them.
 */

import type { FamilyFigures, MemberFigures, PoolFigures } from '../../control/figures.ts'

import { labelText } from './metric.ts'

/** Families of pools, with some ten series each. */
export const POOLS_MAX = 500
/** Members in one family, with three series each. */
export const MEMBERS_MAX = 2_000

export interface Excerpt {
  readonly pools: readonly PoolRow[]
  readonly members: readonly MemberRow[]
  readonly omitted: { readonly pools: number; readonly members: number }
  readonly totals: Totals
}

export interface PoolRow extends FamilyFigures {
  readonly pool: string
  readonly takesRegistrations: boolean
  /** Of the pool and the family. */
  readonly labels: string
}

export interface MemberRow extends MemberFigures {
  /** Of the pool, the member and the family. */
  readonly labels: string
}

/** Of all pools, those without series of their own among them. */
export interface Totals {
  readonly healthyPools: number
  readonly failedPools: number
  /** Members that take part in answers in a family, and those that do not. */
  readonly servingMembers: number
  readonly idleMembers: number
}

export function excerptOf(all: readonly PoolFigures[]): Excerpt {
  const pools: PoolRow[] = []
  const members: MemberRow[] = []
  const omitted = { pools: 0, members: 0 }
  const totals = { healthyPools: 0, failedPools: 0, servingMembers: 0, idleMembers: 0 }
  const known = new Set<string>()
  for (const { pool, takesRegistrations, families } of all) {
    // A name without a pool may be called as a pool is, and two series may not be the same.
    const isKnown = known.has(pool)
    known.add(pool)
    for (const figures of families) {
      const family = figures.family.slice(1) // As queries are counted: 4 or 6.
      totals[figures.hasFailed ? 'failedPools' : 'healthyPools']++
      if (pools.length < POOLS_MAX && !isKnown) {
        const labels = labelText({ pool, family })
        pools.push({ ...figures, pool, takesRegistrations, labels })
      } else omitted.pools++
      for (const one of figures.members) {
        totals[one.weight > 0 ? 'servingMembers' : 'idleMembers']++
        if (members.length < MEMBERS_MAX && !isKnown) {
          const labels = labelText({ pool, member: one.member, family })
          members.push({ ...one, labels })
        } else omitted.members++
      }
    }
  }
  return { pools, members, omitted, totals }
}
