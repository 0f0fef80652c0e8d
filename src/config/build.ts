/** From facts without fault to a Config: defaults filled in, references resolved. */

import { dirname, resolve } from 'node:path'

import type { Check, ProbeSpec } from '../health/check.ts'

import type { Config, MemberConfig, NameConfig, PoolConfig } from './config.ts'
import * as defaults from './defaults.ts'
import type { CheckFacts, Facts, MemberFacts, NameFacts, PoolFacts, UserFacts } from './facts.ts'
import type { Origin } from './origin.ts'
import type { CheckDraft } from './schema.ts'

/** Every rule must have passed: a reference that leads nowhere is a programmer's error here. */
export function buildConfig(facts: Facts): Config {
  const { draft, origin } = facts
  const folder = dirname(resolve(origin.file))
  const { listen, state, server_id: serverId } = draft
  const named = facts.checks.filter(({ path }) => path[0] === 'checks')
  const checks = new Map(named.map((check) => [check.name, buildCheck(check)]))
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
    checks,
    pools: new Map(facts.pools.map((pool) => [pool.name, buildPool(pool, facts, checks)])),
    names: facts.names.map((name) => buildName(name, facts, checks)),
  }
}

/** The spans of a check in milliseconds. A default never conflicts with what is written. */
export function spansOf(draft: CheckDraft) {
  const intervalMs = draft.interval ?? defaults.INTERVAL_MS
  return {
    intervalMs,
    fastIntervalMs: draft.fast_interval ?? Math.min(defaults.FAST_INTERVAL_MS, intervalMs),
    timeoutMs: draft.timeout ?? Math.min(defaults.TIMEOUT_MS, intervalMs),
  }
}

function buildCheck({ name, draft }: CheckFacts): Check {
  return {
    name,
    probe: buildProbe(draft),
    ...spansOf(draft),
    rise: draft.rise ?? defaults.RISE,
    fall: draft.fall ?? defaults.FALL,
  }
}

function buildProbe({ tcp, http, https }: CheckDraft): ProbeSpec {
  if (tcp) return { kind: 'tcp', port: tcp.port }
  const kind = https ? 'https' : 'http'
  const { port, path, host, expect, body } = https ?? http ?? {}
  return {
    kind,
    port: port ?? defaults.PORTS[kind],
    path: path ?? defaults.PATH,
    ...(host !== undefined && { host }),
    expect: expect ?? defaults.EXPECT,
    ...(body !== undefined && { body }),
    verify: https?.verify ?? true,
  }
}

/** What a pool has, and a name that draws from the zone file's own addresses. */
function buildOwn(user: UserFacts, { draft }: Facts, checks: ReadonlyMap<string, Check>) {
  const { check, policy, min_healthy: minHealthy, when_all_down: whenAllDown } = user.draft
  const found =
    typeof check === 'object'
      ? buildCheck({ path: user.path, name: user.name, draft: check })
      : checks.get(check ?? '')
  return {
    ...(found && { condition: { kind: 'check', check: found } as const }),
    policy: policy ?? defaults.POLICY,
    minHealthy: minHealthy ?? draft.defaults?.min_healthy ?? defaults.MIN_HEALTHY,
    whenAllDown: whenAllDown ?? draft.defaults?.when_all_down ?? defaults.WHEN_ALL_DOWN,
  }
}

function buildPool(pool: PoolFacts, facts: Facts, checks: ReadonlyMap<string, Check>): PoolConfig {
  return {
    place: facts.origin.keyAt(pool.path),
    name: pool.name,
    ...buildOwn(pool, facts, checks),
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
  checks: ReadonlyMap<string, Check>,
): NameConfig {
  const pool = draft.pool === undefined ? undefined : facts.draft.pools?.[draft.pool]
  const general = facts.draft.defaults
  return {
    place: facts.origin.keyAt(path),
    name,
    ...(draft.pool === undefined
      ? { own: buildOwn({ path, name: text, draft }, facts, checks) }
      : { pool: draft.pool }),
    answers: draft.answers ?? pool?.answers ?? general?.answers ?? defaults.ANSWERS,
    ttl: draft.ttl ?? pool?.ttl ?? general?.ttl ?? defaults.TTL,
  }
}
