/** From facts without fault to pools and names: defaults filled in, checks put in their places. */

import type { Location } from '../../place/location.ts'

import { buildCondition, type Conditions } from './build-checks.ts'
import type { ClientRule, MemberConfig, NameConfig, PoolConfig } from '../config.ts'
import * as defaults from '../defaults.ts'
import { ladderOf } from '../values/ladder.ts'
import type { DrawnFacts, Facts, MemberFacts, NameFacts, PoolFacts } from '../facts/facts.ts'

export function buildPool(pool: PoolFacts, facts: Facts, conditions: Conditions): PoolConfig {
  return {
    place: facts.origin.keyAt(pool.path),
    name: pool.name,
    ...buildDrawn(pool, facts, conditions),
    members: pool.members.map((member) => buildMember(pool, member, facts, conditions)),
  }
}

export function buildName(
  { path, text, name, draft }: NameFacts,
  facts: Facts,
  conditions: Conditions,
): NameConfig {
  const pool = draft.pool === undefined ? undefined : facts.draft.pools?.[draft.pool]
  const general = facts.draft.defaults
  const ttlMode = draft.ttl_mode ?? pool?.ttl_mode ?? general?.ttl_mode
  return {
    place: facts.origin.keyAt(path),
    name,
    ...(draft.pool === undefined
      ? { own: buildDrawn({ path, name: text, draft }, facts, conditions) }
      : { pool: draft.pool }),
    answers: draft.answers ?? pool?.answers ?? general?.answers ?? defaults.ANSWERS,
    ttl: draft.ttl ?? pool?.ttl ?? general?.ttl ?? defaults.TTL,
    ...(ttlMode && { ttlMode }),
    ...(draft.failover_within !== undefined && { failoverWithinMs: draft.failover_within }),
    ...(draft.clients && draft.clients.length > 0 && { clients: buildClients(path, facts, draft) }),
  }
}

/** What a pool has, and a name that draws from the zone file's own addresses. */
function buildDrawn(one: DrawnFacts, facts: Facts, conditions: Conditions) {
  const { name, draft: drawn } = one
  const condition = buildCondition(name, drawn.check, conditions)
  const policy = drawn.policy ?? defaults.POLICY
  const { load_bound: loadBound, map, fail_back: failBack, register } = drawn
  return {
    ...(condition && { condition }),
    policy,
    minHealthy: drawn.min_healthy ?? facts.draft.defaults?.min_healthy ?? defaults.MIN_HEALTHY,
    whenAllDown: ladderOf(one, facts),
    ...((isSticky(policy) || drawn.sticky || loadBound !== undefined) && {
      sticky: {
        v4Prefix: drawn.sticky?.v4 ?? defaults.STICKY.v4Prefix,
        v6Prefix: drawn.sticky?.v6 ?? defaults.STICKY.v6Prefix,
        ...(loadBound !== undefined && { loadBound }),
      },
    }),
    ...(map !== undefined && { map }),
    ...(failBack !== undefined && { failBack }),
    ...(drawn.slow_start !== undefined && { slowStartMs: drawn.slow_start }),
    ...(drawn.min_serving !== undefined && { minServing: drawn.min_serving }),
    ...(register && {
      registration: {
        networks: register.networks,
        leaseMs: register.lease ?? defaults.LEASE_MS,
        membersMax: register.members ?? defaults.REGISTERED_MAX,
      },
    }),
  }
}

function isSticky(policy: string): boolean {
  return policy === 'sticky'
}

function buildMember(
  pool: PoolFacts,
  member: MemberFacts,
  { origin }: Facts,
  conditions: Conditions,
): MemberConfig {
  const { path, name, v4, v6, cname, pool: child, min_healthy: minHealthy } = member
  const condition = buildCondition(`${pool.name}/${name}`, member.check, conditions)
  const location = locationOf(member)
  return {
    place: origin.keyAt(path),
    name,
    ...(v4 && { v4 }),
    ...(v6 && { v6 }),
    ...(cname && { cname }),
    ...(child !== undefined && { pool: child }),
    ...(minHealthy && { minHealthy }),
    weight: member.weight ?? defaults.WEIGHT,
    ...(member.tier !== undefined && { tier: member.tier }),
    ...(member.shed !== undefined && { shed: member.shed }),
    ...(condition && { condition }),
    ...(member.probe !== undefined && { probeAddress: member.probe }),
    ...(location && { location }),
  }
}

function locationOf({ near, country, continent, at }: MemberFacts): Location | undefined {
  const location: Location = {
    ...(near && { near }),
    ...(country !== undefined && { country }),
    ...(continent !== undefined && { continent }),
    ...(at && { at }),
  }
  return Object.keys(location).length > 0 ? location : undefined
}

function buildClients(path: NameFacts['path'], { origin }: Facts, { clients }: NameFacts['draft']) {
  return (clients ?? []).map(
    ({ subnet, pool, policy }, index): ClientRule => ({
      place: origin.keyAt([...path, 'clients', index]),
      subnets: subnet,
      ...(pool !== undefined && { pool }),
      ...(policy && { policy }),
    }),
  )
}
