/** From facts without fault to a Config: defaults filled in, references resolved. */

import { dirname, resolve } from 'node:path'

import { buildCondition, buildConditions, type Conditions } from './build-checks.ts'
import { checksAmong } from './build-checks.ts'
import type { Config, MemberConfig, NameConfig, PoolConfig } from './config.ts'
import * as defaults from './defaults.ts'
import type { Facts, MemberFacts, NameFacts, PoolFacts, UserFacts } from './facts.ts'
import type { Origin } from './origin.ts'

/** Every rule must have passed: a reference that leads nowhere is a programmer's error here. */
export function buildConfig(facts: Facts): Config {
  const { draft, origin } = facts
  const folder = dirname(resolve(origin.file))
  const { listen, state, server_id: serverId } = draft
  const conditions = buildConditions(facts)
  return {
    file: origin.file,
    listen: {
      dns: listen?.dns ?? defaults.LISTEN_DNS,
      ...(listen?.http && { http: listen.http }),
    },
    workers: draft.workers ?? 'auto',
    ...(state !== undefined && { state: resolve(folder, state) }),
    ...(serverId !== undefined && { serverId }),
    zones: facts.zones.map(({ path, apex, file }) => ({
      place: origin.keyAt(path),
      apex,
      source: { file: resolve(folder, file) },
    })),
    checks: checksAmong(conditions),
    pools: new Map(facts.pools.map((pool) => [pool.name, buildPool(pool, facts, conditions)])),
    names: facts.names.map((name) => buildName(name, facts, conditions)),
  }
}

/** What a pool has, and a name that draws from the zone file's own addresses. */
function buildOwn(user: UserFacts, { draft }: Facts, conditions: Conditions) {
  const { policy, min_healthy: minHealthy, when_all_down: whenAllDown } = user.draft
  const condition = buildCondition(user.name, user.draft.check, conditions)
  return {
    ...(condition && { condition }),
    policy: policy ?? defaults.POLICY,
    minHealthy: minHealthy ?? draft.defaults?.min_healthy ?? defaults.MIN_HEALTHY,
    whenAllDown: whenAllDown ?? draft.defaults?.when_all_down ?? defaults.WHEN_ALL_DOWN,
  }
}

function buildPool(pool: PoolFacts, facts: Facts, conditions: Conditions): PoolConfig {
  return {
    place: facts.origin.keyAt(pool.path),
    name: pool.name,
    ...buildOwn(pool, facts, conditions),
    members: pool.members.map((member) => buildMember(member, facts.origin)),
  }
}

function buildMember({ path, name, v4, v6, weight }: MemberFacts, origin: Origin): MemberConfig {
  return {
    place: origin.keyAt(path),
    name,
    ...(v4 && { v4 }),
    ...(v6 && { v6 }),
    weight: weight ?? defaults.WEIGHT,
  }
}

function buildName(
  { path, text, name, draft }: NameFacts,
  facts: Facts,
  conditions: Conditions,
): NameConfig {
  const pool = draft.pool === undefined ? undefined : facts.draft.pools?.[draft.pool]
  const general = facts.draft.defaults
  return {
    place: facts.origin.keyAt(path),
    name,
    ...(draft.pool === undefined
      ? { own: buildOwn({ path, name: text, draft }, facts, conditions) }
      : { pool: draft.pool }),
    answers: draft.answers ?? pool?.answers ?? general?.answers ?? defaults.ANSWERS,
    ttl: draft.ttl ?? pool?.ttl ?? general?.ttl ?? defaults.TTL,
  }
}
