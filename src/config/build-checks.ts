/** From facts without fault to checks, and to what must hold of a member: defaults filled in. */

import type { Check, Condition } from '../health/check.ts'
import type { ProbeSpec } from '../health/probes/spec.ts'

import type { CheckDraft, CheckReference } from './check-schema.ts'
import * as defaults from './defaults.ts'
import type { Facts } from './facts.ts'

/** What the names of checks stand for. */
export type Conditions = ReadonlyMap<string, Condition>

export function buildConditions({ draft }: Facts): Conditions {
  const named = Object.entries(draft.checks ?? {})
  return new Map(
    named.map(([name, one]) => [name, { kind: 'check', check: buildCheck(name, one) }]),
  )
}

/** Those among them that are one check, by the same names. */
export function checksAmong(conditions: Conditions): Map<string, Check> {
  const checks = new Map<string, Check>()
  for (const [name, condition] of conditions) {
    if (condition.kind === 'check') checks.set(name, condition.check)
  }
  return checks
}

/**
 * What `check:` asks of a member; undefined where nothing is asked. A check that is written in the
 * place where it is used is called `name`, as whatever uses it.
 */
export function buildCondition(
  name: string,
  reference: CheckReference | undefined,
  conditions: Conditions,
): Condition | undefined {
  if (reference === undefined) return undefined
  if (typeof reference === 'string') return conditions.get(reference)
  return { kind: 'check', check: buildCheck(name, reference) }
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

function buildCheck(name: string, draft: CheckDraft): Check {
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
