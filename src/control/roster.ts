/**
 * Verdicts to rosters: who of a pool may be answered now, and for how long. Every decision about
 * health is made here, once, when something changes; a worker never asks whether somebody is up.
 */

import { isInTransition, type VerdictState } from '../health/verdict.ts'

import { policyNamed } from '../balance/policy.ts'
import type { Candidate, Roster } from '../balance/roster.ts'

import type { LadderStep, MinHealthy } from '../config/config.ts'

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
  const { ttl } = binding
  return {
    v4: familyOf(binding, 'v4', addresses, beliefs),
    v6: familyOf(binding, 'v6', addresses, beliefs),
    // The step rule: a cache must not hold for long what may change at the next probe.
    ttl: addresses.every((address) => isSettled(address, beliefs)) ? ttl.max : ttl.min,
  }
}

/** Whether two rosters say the same, so that nobody need be told. */
export function isSameRoster(a: Roster, b: Roster): boolean {
  return a.ttl === b.ttl && isSameFamily(a.v4, b.v4) && isSameFamily(a.v6, b.v6)
}

function familyOf(
  { pool }: PlannedBinding,
  family: Family,
  addresses: readonly MemberAddress[],
  beliefs: Beliefs,
): readonly Candidate[] {
  const everyone = addresses.filter((address) => address.family === family)
  const healthy = everyone.filter((address) => mayBeAnswered(address, beliefs))
  const admitted =
    healthy.length >= leastHealthy(pool.minHealthy, everyone.length)
      ? healthy
      : walkLadder(pool.whenAllDown, everyone)
  return policyNamed(pool.policy).lineUp(withoutStandby(admitted).map(candidateOf))
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

function candidateOf({ member, octets, cell }: MemberAddress): Candidate {
  return { name: member.name, address: octets, weight: Math.max(1, member.weight), cell }
}

function isSettled({ target }: MemberAddress, beliefs: Beliefs): boolean {
  if (!target) return true
  const state = beliefs(target.key)
  return state !== undefined && state.verdict !== 'unknown' && !isInTransition(state)
}

/** Members keep their order and addresses while a world lasts, so names and weights tell. */
function isSameFamily(a: readonly Candidate[], b: readonly Candidate[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, weight }, index) => name === b[index].name && weight === b[index].weight)
  )
}
