/** What a pool may ever answer, its own members' and those of the pools that it is made of. */

import type { Config, MemberConfig, NameConfig, PoolConfig } from '../../config/config.ts'

export interface Offers {
  readonly v4: boolean
  readonly v6: boolean
  /** The member that makes it answer a CNAME, and the pool that has it. */
  readonly alias?: { readonly pool: PoolConfig; readonly member: MemberConfig }
}

const NOTHING: Offers = { v4: false, v6: false }

/**
 * Tells what each pool may answer, asked for as often as there are names. Families are those of its
 * members, since a ladder is no reason to have them; an alias may come from a ladder too.
 */
export function createOffers(pools: ReadonlyMap<string, PoolConfig>) {
  const known = new Map<PoolConfig, Offers>()
  const offersOf = (pool: PoolConfig): Offers => {
    const told = known.get(pool)
    if (told) return told
    // Pools do not go in circles, and are ten deep at most.
    const below = (name: string | undefined): Offers => {
      const child = pools.get(name ?? '')
      return child ? offersOf(child) : NOTHING
    }
    const members = pool.members.map((member) =>
      member.cname ? { v4: true, v6: true, alias: { pool, member } } : ownOr(member, below),
    )
    const stands = pool.whenAllDown.flatMap((step) =>
      step.kind === 'pool' ? [below(step.pool)] : [],
    )
    const alias = [...members, ...stands].find((one) => one.alias)?.alias
    const offers = {
      v4: members.some(({ v4 }) => v4),
      v6: members.some(({ v6 }) => v6),
      ...(alias && { alias }),
    }
    known.set(pool, offers)
    return offers
  }
  return offersOf
}

/** The pools that a name draws from: its own, and those of its clients. */
export function poolsOf({ pool, clients = [] }: NameConfig, { pools }: Config): PoolConfig[] {
  return [pool, ...clients.map((rule) => rule.pool)].flatMap((name) => {
    const found = name === undefined ? undefined : pools.get(name)
    return found ? [found] : []
  })
}

function ownOr(member: MemberConfig, below: (pool: string | undefined) => Offers): Offers {
  if (member.pool !== undefined) return below(member.pool)
  return { v4: member.v4 !== undefined, v6: member.v6 !== undefined }
}
