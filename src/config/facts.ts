/**
 * A draft laid out for the rules and for building: lists of checks, pools, names and zones, each
 * with its path, whether it was written in a section of its own or in the place where it is used.
 * What the schema has already faulted is left out; `isFaulty` says what that was.
 */

import { printAddress } from '../base/address.ts'

import { readBalancedName, readDomainName } from './names.ts'
import type { Origin, Path } from './origin.ts'
import type { CheckDraft, Draft, NameDraft, PoolDraft } from './schema.ts'
import { isFault } from './values.ts'

export interface Facts {
  readonly draft: Draft
  readonly origin: Origin
  readonly zones: readonly ZoneFacts[]
  readonly checks: readonly CheckFacts[]
  readonly pools: readonly PoolFacts[]
  readonly names: readonly NameFacts[]
  /** What may name a check or be one: each pool, and each name. */
  readonly users: readonly UserFacts[]
  /** Whether the schema has faulted `path` or anything below: what is missing may be its doing. */
  isFaulty(path: Path): boolean
}

export interface ZoneFacts {
  readonly path: Path
  readonly text: string
  readonly apex: Uint8Array
  readonly file: string
}

export interface CheckFacts {
  readonly path: Path
  readonly name: string
  readonly draft: CheckDraft
}

export interface PoolFacts {
  readonly path: Path
  readonly name: string
  readonly draft: PoolDraft
  /** In the order in which they are written, which failover follows. */
  readonly members: readonly MemberFacts[]
}

export interface MemberFacts {
  readonly path: Path
  readonly name: string
  readonly v4?: Uint8Array | undefined
  readonly v6?: Uint8Array | undefined
  readonly weight?: number | undefined
}

export interface NameFacts {
  readonly path: Path
  readonly text: string
  readonly name: Uint8Array
  readonly draft: NameDraft
}

export interface UserFacts {
  readonly path: Path
  readonly name: string
  readonly draft: Pick<PoolDraft, 'check' | 'policy' | 'min_healthy' | 'when_all_down'>
}

export function factsOf(draft: Draft, origin: Origin, faulty: readonly Path[]): Facts {
  const zones = Object.entries(draft.zones ?? {}).flatMap(([text, file]) => {
    const apex = readDomainName(text)
    return isFault(apex) ? [] : [{ path: ['zones', text], text, apex, file }]
  })
  const pools = Object.entries(draft.pools ?? {}).map(([name, pool]) => {
    const path = ['pools', name]
    return { path, name, draft: pool, members: membersOf(path, pool, origin) }
  })
  const drafts = Object.entries(draft.names ?? {})
  const names = drafts.flatMap(([text, name]) => {
    const octets = readBalancedName(text)
    return isFault(octets) ? [] : [{ path: ['names', text], text, name: octets, draft: name }]
  })
  const users = [
    ...pools.map(({ path, name, draft }) => ({ path, name, draft })),
    ...drafts.map(([text, name]) => ({ path: ['names', text], name: text, draft: name })),
  ]
  return {
    draft,
    origin,
    zones,
    checks: [...namedChecks(draft), ...users.flatMap(inlineChecks)],
    pools,
    names,
    users,
    isFaulty: (path) => faulty.some((other) => path.every((part, i) => part === other[i])),
  }
}

function namedChecks(draft: Draft): CheckFacts[] {
  return Object.entries(draft.checks ?? {}).map(([name, check]) => ({
    path: ['checks', name],
    name,
    draft: check,
  }))
}

function inlineChecks({ path, name, draft: { check } }: UserFacts): CheckFacts[] {
  return typeof check === 'object' ? [{ path: [...path, 'check'], name, draft: check }] : []
}

/** Objects put keys such as `10` before all others, so the order is taken from the file. */
function membersOf(path: Path, { members }: PoolDraft, origin: Origin): MemberFacts[] {
  if (Array.isArray(members)) {
    return members.map((octets, index) => ({
      path: [...path, 'members', index],
      name: printAddress(octets),
      ...(octets.length === 4 ? { v4: octets } : { v6: octets }),
    }))
  }
  return Object.entries(members)
    .map(([name, member]) => ({ path: [...path, 'members', name], name, ...member }))
    .map((member) => ({ member, place: origin.keyAt(member.path) }))
    .sort(({ place: a }, { place: b }) => a.line - b.line || a.column - b.column)
    .map(({ member }) => member)
}
