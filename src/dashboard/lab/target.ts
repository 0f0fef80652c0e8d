/**
 * Whom a name stands for: its members, by the status of the server, with the share that the weights
 * promise each. Where the policy promises no shares (it prefers somebody), there is none to hold it
 * to.
 */

import type { PoolStatus, Status } from '../../admin/status.ts'

import type { Shares } from './run.ts'

/** A balanced name as `GET /api/v1/names` tells it. */
export interface NameStatus {
  readonly name: string
  readonly label: string
  readonly pool?: string
  readonly policy: string
  readonly ttlSeconds: number
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
  readonly policy?: string
  readonly members: readonly TargetMember[]
}

/** These give every member its weight, whoever asks. */
const BY_WEIGHT = ['weighted', 'rotate', 'random']
/** These do over many clients: each keeps to one. */
const BY_CLIENT = ['sticky']

/** Deeper than any configuration may nest pools. */
const DEPTH_MAX = 16

/** A name that is not balanced, or not known, has no members: whoever is answered shows up. */
export function targetOf(
  name: string,
  names: readonly NameStatus[],
  status: Status | undefined,
): Target {
  const found = names.find((one) => plain(one.name) === plain(name)) ?? wildcardOf(name, names)
  const pools = new Map((status?.pools ?? []).map((pool) => [plain(pool.name), pool]))
  const pool = found && pools.get(plain(found.pool ?? found.label))
  if (!found || !pool) return { name, members: [] }
  return { name, policy: found.policy, members: membersOf(pool, pools, 1, 0) }
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
      const below = pools.get(plain(address.replace(/^pool /, '')))
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
  const isPromised = BY_WEIGHT.includes(policy) || (BY_CLIENT.includes(policy) && clients > 1)
  const own = members.filter((member) => member.family === family)
  if (!isPromised || own.length === 0) return
  return new Map(own.map(({ address, share = 0 }) => [address, share]))
}

/** RFC 4592: a wildcard stands for what is below it, and the closest one for most. */
function wildcardOf(name: string, names: readonly NameStatus[]): NameStatus | undefined {
  const above = names.filter(
    (one) => one.name.startsWith('*.') && plain(name).endsWith(plain(one.name).slice(1)),
  )
  return above.sort((one, other) => other.name.length - one.name.length)[0]
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
