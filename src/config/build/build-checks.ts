/** From facts without fault to checks, and to what must hold of a member: defaults filled in. */

import { dirname, resolve } from 'node:path'

import type { Check, Condition } from '../../health/check.ts'

import { buildProbe } from './build-probes.ts'
import { isWrittenOut } from '../facts/check-facts.ts'
import type { CheckDraft, CheckReference } from '../schema/check-schema.ts'
import * as defaults from '../defaults.ts'
import type { Facts } from '../facts/facts.ts'

/** What the names of checks stand for. */
export interface Conditions {
  readonly named: ReadonlyMap<string, Condition>
  /** Paths in checks are relative to it. */
  readonly folder: string
}

/** The rules have seen to it that no check is made of itself. */
export function buildConditions({ draft, origin }: Facts): Conditions {
  const named = new Map<string, Condition>()
  const conditions = { named, folder: dirname(resolve(origin.file)) }
  const drafts = draft.checks ?? {}
  const build = (name: string): Condition => {
    const known = named.get(name)
    if (known) return known
    const condition = conditionOf(name, drafts[name]!, conditions, build)
    named.set(name, condition)
    return condition
  }
  for (const name of Object.keys(drafts)) build(name)
  // In the order of the file, which the parts of a combination may have upset.
  return { ...conditions, named: new Map(Object.keys(drafts).map((name) => [name, build(name)])) }
}

/** Those among them that are one check, by the same names. */
export function checksAmong({ named }: Conditions): Map<string, Check> {
  const checks = new Map<string, Check>()
  for (const [name, condition] of named) {
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
  return conditionOf(name, reference, conditions, (known) => conditions.named.get(known)!)
}

function conditionOf(
  name: string,
  reference: CheckReference,
  conditions: Pick<Conditions, 'folder'>,
  find: (name: string) => Condition,
): Condition {
  if (typeof reference === 'string') return find(reference)
  const all = (parts: readonly CheckReference[], count: number): Condition => ({
    kind: 'at-least',
    count,
    of: parts.map((part) => conditionOf(name, part, conditions, find)),
  })
  if (!isWrittenOut(reference)) return all(reference, reference.length)
  const { all_of: allOf, any_of: anyOf, at_least: atLeast, of } = reference
  if (allOf) return all(allOf, allOf.length)
  if (anyOf) return all(anyOf, 1)
  if (atLeast !== undefined && of) return all(of, atLeast)
  return { kind: 'check', check: buildCheck(name, reference, conditions.folder) }
}

/** The spans of a check in milliseconds. A default never conflicts with what is written. */
export function spansOf(draft: CheckDraft) {
  const intervalMs = draft.interval ?? defaults.INTERVAL_MS
  // A heartbeat that is missed once is missed at every look until the next is due.
  const hasteMs = draft.heartbeat ? intervalMs : Math.min(defaults.FAST_INTERVAL_MS, intervalMs)
  return {
    intervalMs,
    fastIntervalMs: draft.fast_interval ?? hasteMs,
    timeoutMs: draft.timeout ?? Math.min(defaults.TIMEOUT_MS, intervalMs),
  }
}

function buildCheck(name: string, draft: CheckDraft, folder: string): Check {
  return {
    name,
    probe: buildProbe(draft, folder),
    ...spansOf(draft),
    rise: draft.rise ?? defaults.RISE,
    fall: draft.fall ?? defaults.FALL,
    ...(draft.address !== undefined && { address: draft.address }),
    ...(draft.every !== undefined && { everyAnswers: draft.every }),
  }
}
