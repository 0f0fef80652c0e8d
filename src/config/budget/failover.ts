/** The worst case of each name: how long its clients may be sent to a member that has died. */

import type { Check, Condition } from '../../health/check.ts'
import { checksOf } from '../../health/condition.ts'

import { type Death, type Failover, failoverOf, failoverOfLease } from './budget.ts'
import { longest, timingOf } from './budget.ts'
import type { Config, MemberConfig, NameConfig, PoolConfig } from '../config.ts'
import * as defaults from '../defaults.ts'
import { showName } from '../values/names.ts'

export interface NameFailover {
  readonly name: string
  /** The pool's name; absent where the members are those of the zone file. */
  readonly pool?: string
  /** Absent where somebody may be dead for ever, and why that is. */
  readonly blackHole?: Failover
  readonly refused?: Failover
  readonly never?: string
}

/** What a pool asks of its members and of those below them. */
interface Watch {
  readonly checks: ReadonlySet<Check>
  /** The longest lease of those who register where nothing else is asked of them; 0: nobody. */
  readonly leaseMs: number
  /** The first of whom nothing is asked: a pool where it is so of all in it. */
  readonly unwatched?: string
}

/** In the order of the file. Ladders are left out: a last resort is held to nothing. */
export function failoversOf({ names, pools }: Config): NameFailover[] {
  const watchOf = createWatches(pools)
  return names.map((name) => {
    const own = name.own && ownWatch(name.own.condition)
    const watches = [...(own ? [own] : []), ...poolsOf(name, pools).map(watchOf)]
    const head = { name: showName(name.name), ...(name.pool !== undefined && { pool: name.pool }) }
    const unwatched = watches.find((watch) => watch.unwatched !== undefined)?.unwatched
    const checks = watches.flatMap((watch) => [...watch.checks])
    const leaseMs = Math.max(0, ...watches.map((watch) => watch.leaseMs))
    const isAsked = checks.length > 0 || leaseMs > 0
    if (unwatched !== undefined && isAsked) return { ...head, never: unwatched }
    const worst = (death: Death) =>
      longest([
        ...checks.map((check) =>
          failoverOf(timingOf(check), name.ttl, name.ttlMode ?? defaults.TTL_MODE, death),
        ),
        ...(leaseMs > 0 ? [failoverOfLease(leaseMs, name.ttl)] : []),
      ])
    const [blackHole, refused] = [worst('black hole'), worst('refused')]
    return blackHole && refused ? { ...head, blackHole, refused } : { ...head, never: 'no check' }
  })
}

function ownWatch(condition: Condition | undefined): Watch {
  return condition
    ? { checks: new Set(checksOf(condition)), leaseMs: 0 }
    : { checks: new Set(), leaseMs: 0, unwatched: 'no check' }
}

/** The pools that a name draws from: its own, and those of its clients. */
function poolsOf({ pool, clients = [] }: NameConfig, pools: Config['pools']): PoolConfig[] {
  return [pool, ...clients.map((rule) => rule.pool)].flatMap((name) => {
    const found = name === undefined ? undefined : pools.get(name)
    return found ? [found] : []
  })
}

function createWatches(pools: Config['pools']): (pool: PoolConfig) => Watch {
  const known = new Map<PoolConfig, Watch>()
  const watchOf = (pool: PoolConfig): Watch => {
    const found = known.get(pool)
    if (found) return found
    const checks = new Set<Check>()
    let unwatched: string | undefined
    const { condition, registration } = pool
    if (registration && condition) for (const check of checksOf(condition)) checks.add(check)
    let leaseMs = registration && !condition ? registration.leaseMs : 0
    for (const member of pool.members) {
      const child = member.pool === undefined ? undefined : pools.get(member.pool)
      const watch = child ? watchOf(child) : memberWatch(pool, member)
      for (const check of watch.checks) checks.add(check)
      leaseMs = Math.max(leaseMs, watch.leaseMs)
      unwatched ??= watch.unwatched
    }
    const isBare = unwatched !== undefined && checks.size === 0 && leaseMs === 0
    if (isBare) unwatched = `pool "${pool.name}" has no check`
    const watch = { checks, leaseMs, ...(unwatched !== undefined && { unwatched }) }
    known.set(pool, watch)
    return watch
  }
  return watchOf
}

function memberWatch(pool: PoolConfig, { name, condition }: MemberConfig): Watch {
  const asked = condition ?? pool.condition
  return asked
    ? { checks: new Set(checksOf(asked)), leaseMs: 0 }
    : {
        checks: new Set(),
        leaseMs: 0,
        unwatched: `member "${name}" of pool "${pool.name}" has no check`,
      }
}
