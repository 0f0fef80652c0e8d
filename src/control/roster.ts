/**
 * Verdicts to rosters: who of a pool may be answered now, and for how long. Every decision about
 * health is made here, once, when something changes; a worker never asks whether somebody is up.
 */

import { isInTransition, type VerdictState } from '../health/verdict.ts'

import type { Contender } from '../balance/contender.ts'
import { policyNamed } from '../balance/policy.ts'
import type { Candidate, Offer, Roster } from '../balance/roster.ts'

import type { LadderStep, MemberConfig, MinHealthy, PoolConfig } from '../config/config.ts'

import type { PlannedBinding } from './plan.ts'
import type { Family, MemberAddress } from './targets.ts'

/** What is believed of a target, by its key; undefined where it has not been observed. */
export type Beliefs = (targetKey: string) => VerdictState | undefined

/** The roster of a binding as things stand; `addresses` are those of its pool. */
export function rosterOf(
  binding: PlannedBinding,
  addresses: readonly MemberAddress[],
  beliefs: Beliefs,
): Roster {
  const { ttl, pool } = binding
  const v4 = familyOf(binding, 'v4', addresses, beliefs)
  const v6 = familyOf(binding, 'v6', addresses, beliefs)
  return {
    lineup: { policy: pool.policy, candidates: candidatesOf(pool, v4, v6) },
    // The step rule: a cache must not hold for long what may change at the next probe.
    ttl: addresses.every((address) => isSettled(address, beliefs)) ? ttl.max : ttl.min,
  }
}

function familyOf(
  { pool }: PlannedBinding,
  family: Family,
  addresses: readonly MemberAddress[],
  beliefs: Beliefs,
): readonly MemberAddress[] {
  const everyone = addresses.filter((address) => address.family === family)
  const healthy = everyone.filter((address) => mayBeAnswered(address, beliefs))
  const admitted =
    healthy.length >= leastHealthy(pool.minHealthy, everyone.length)
      ? healthy
      : walkLadder(pool.whenAllDown, everyone)
  const contenders = withoutStandby(admitted).map((address) => contenderOf(pool, address))
  const names = policyNamed(pool.policy)
    .lineUp(contenders, [])
    .map(({ name }) => name)
  return admitted.filter(({ member }) => names.includes(member.name))
}

/** Without a check a member is up; one that has not been observed is answered until it fails. */
function mayBeAnswered({ target }: MemberAddress, beliefs: Beliefs): boolean {
  return !target || beliefs(target.key)?.verdict !== 'down'
}

/** At least 1, and never more than there are: a pool of one cannot lack a second. */
function leastHealthy(minHealthy: MinHealthy, total: number): number {
  const wanted =
    'count' in minHealthy ? minHealthy.count : Math.ceil((minHealthy.percent / 100) * total)
  return Math.max(1, Math.min(wanted, total))
}

/** The first step decides: `all` asks nobody for health, `nodata` gives nobody. */
function walkLadder(
  ladder: readonly LadderStep[],
  everyone: readonly MemberAddress[],
): readonly MemberAddress[] {
  return ladder[0]?.kind === 'all' ? everyone : []
}

/** Weight 0 stands by: it is answered only while nobody with a weight is. */
function withoutStandby(addresses: readonly MemberAddress[]): readonly MemberAddress[] {
  const regular = addresses.filter(({ member }) => member.weight > 0)
  return regular.length > 0 ? regular : addresses
}

function contenderOf(pool: PoolConfig, { member }: MemberAddress): Contender {
  const index = pool.members.indexOf(member)
  return { name: member.name, index, weight: weightOf(pool, member), tier: member.tier ?? index }
}

/** Where weights mean nothing everybody weighs the same; standby that is called upon weighs 1. */
function weightOf({ policy }: PoolConfig, { weight }: MemberConfig): number {
  return policyNamed(policy).usesWeights ? Math.max(1, weight) : 1
}

function candidatesOf(
  pool: PoolConfig,
  v4: readonly MemberAddress[],
  v6: readonly MemberAddress[],
): Candidate[] {
  return pool.members.flatMap((member, index) => {
    const one = v4.find((address) => address.member === member)
    const other = v6.find((address) => address.member === member)
    if (!one && !other) return []
    const weight = weightOf(pool, member)
    return [
      {
        ...{ name: member.name, index, weight },
        ...(one && { v4: offerOf(one) }),
        ...(other && { v6: offerOf(other) }),
      },
    ]
  })
}

function offerOf({ octets, cell }: MemberAddress): Offer {
  return { kind: 'address', octets, cell }
}

function isSettled({ target }: MemberAddress, beliefs: Beliefs): boolean {
  if (!target) return true
  const state = beliefs(target.key)
  return state !== undefined && state.verdict !== 'unknown' && !isInTransition(state)
}
