/**
 * Whom a name stands for: its members, by the status of the server, with the share that the weights
 * promise each. Where the policy promises no shares (it prefers somebody), there is none to hold it
 * to.
 */

import type { PoolStatus, Status } from '../../admin/status.ts'

import type { Shares } from './run.ts'

/** What answers a name, as `GET /api/v1/explain` tells it. */
export interface Balanced {
  /** The pool's name, or the name itself where it is its own pool. */
  readonly pool: string
  readonly policy: string
}

export interface TargetMember {
  readonly name: string
  readonly address: string
  readonly family: 'v4' | 'v6'
  readonly weight: number
  /** Of the turns of its family, 0 to 1; absent while it is not answered. */
  readonly share?: number
  readonly verdict?: 'up' | 'down' | 'unknown'
  readonly why?: string
}

export interface Target {
  readonly name: string
  /** Absent where the name is not balanced, as far as is known. */
  readonly pool?: string
  readonly policy?: string
  readonly members: readonly TargetMember[]
}

/** These give every member its part, whoever asks; `failover` all of it to those in front. */
const FOR_EACH = ['weighted', 'rotate', 'random', 'failover']
/** These do over many clients: each keeps to one. */
const FOR_ALL = ['sticky']

/** Deeper than any configuration may nest pools. */
const DEPTH_MAX = 16

/** A name that is not balanced has no members: whoever is answered shows up by itself. */
export function targetOf(
  name: string,
  balanced: Balanced | undefined,
  status: Pick<Status, 'pools'> | undefined,
): Target {
  const pools = new Map((status?.pools ?? []).map((pool) => [plain(pool.name), pool]))
  const pool = balanced && pools.get(plain(balanced.pool))
  if (!pool) return { name, ...balanced, members: [] }
  return { name, ...balanced, members: membersOf(pool, pools, 1, 0) }
}

function membersOf(
  pool: PoolStatus,
  pools: ReadonlyMap<string, PoolStatus>,
  part: number,
  depth: number,
): TargetMember[] {
  return pool.members.flatMap((member) =>
    member.addresses.flatMap(({ family, address, share, verdict, why, evidence }) => {
      const own = share === undefined ? undefined : (part * share) / 100
      const below = pools.get(plain(address))
      if (below && depth < DEPTH_MAX) return membersOf(below, pools, own ?? 0, depth + 1)
      const reason = why ?? (verdict === 'down' ? evidence : undefined)
      return [
        {
          ...{ name: member.name, address, family, weight: member.weight },
          ...(own !== undefined && { share: own }),
          ...(verdict !== undefined && { verdict }),
          ...(reason !== undefined && { why: reason }),
        },
      ]
    }),
  )
}

/** What a policy promises `clients` many clients of one family; undefined: nothing to count. */
export function sharesOf(
  { policy = '', members }: Target,
  family: 'v4' | 'v6',
  clients: number,
): Shares {
  const isPromised = FOR_EACH.includes(policy) || (FOR_ALL.includes(policy) && clients > 1)
  const own = members.filter((member) => member.family === family)
  if (!isPromised || own.length === 0) return
  return new Map(own.map(({ address, share = 0 }) => [address, share]))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
