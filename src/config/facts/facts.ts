/**
 * A draft laid out for the rules and for building: lists of checks, pools, names and zones, each
 * with its path, whether it was written in a section of its own or in the place where it is used.
 * What the schema has already faulted is left out; `isFaulty` says what that was.
 */

import { printAddress } from '../../base/address.ts'

import { type CheckFacts, checksOf, type CheckUser } from './check-facts.ts'
import { lastResortsOf } from '../values/ladder.ts'
import { readBalancedName, readDomainName } from '../values/names.ts'
import type { Origin, Path } from './origin.ts'
import type { DrawnDraft, MemberDraft, NameDraft, PoolDraft } from '../schema/pool-schema.ts'
import type { Draft } from '../schema/schema.ts'
import { type Fault, isFault } from '../values/values.ts'

export interface Facts {
  readonly draft: Draft
  readonly origin: Origin
  readonly zones: readonly ZoneFacts[]
  readonly checks: readonly CheckFacts[]
  readonly pools: readonly PoolFacts[]
  readonly names: readonly NameFacts[]
  /** Everything under `names`, readable as a name or not. */
  readonly nameDrafts: readonly NameDraftFacts[]
  /** What says how members are drawn: each pool, and each name. */
  readonly drawn: readonly DrawnFacts[]
  /** What may name a check or be one: these, members, and the prober's anchors. */
  readonly users: readonly CheckUser[]
  /** See `lastResortsOf`. */
  readonly lastResorts: ReadonlySet<string>
  /** Whether the schema has faulted `path` or anything below: what is missing may be its doing. */
  isFaulty(path: Path): boolean
}

export interface ZoneFacts {
  readonly path: Path
  readonly text: string
  readonly apex: Uint8Array
  readonly file: string
}

export interface PoolFacts {
  readonly path: Path
  readonly name: string
  readonly draft: PoolDraft
  /** In the order in which they are written, which failover follows. */
  readonly members: readonly MemberFacts[]
}

export interface MemberFacts extends MemberDraft {
  readonly path: Path
  readonly name: string
}

export interface NameDraftFacts {
  readonly path: Path
  readonly text: string
  readonly draft: NameDraft
  readonly name: Uint8Array | Fault
}

export interface NameFacts extends NameDraftFacts {
  readonly name: Uint8Array
}

export interface DrawnFacts {
  readonly path: Path
  readonly name: string
  readonly draft: DrawnDraft
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
  const nameDrafts = Object.entries(draft.names ?? {}).map(
    ([text, name]): NameDraftFacts => ({
      path: ['names', text],
      text,
      draft: name,
      name: readBalancedName(text),
    }),
  )
  const drawn = [
    ...pools.map(({ path, name, draft }) => ({ path, name, draft })),
    ...nameDrafts.map(({ path, text, draft }) => ({ path, name: text, draft })),
  ]
  const users = [...drawn, ...checkedMembers(pools), ...anchorsOf(draft)]
  return {
    draft,
    origin,
    zones,
    checks: checksOf(draft, users),
    pools,
    names: nameDrafts.filter((one): one is NameFacts => !isFault(one.name)),
    nameDrafts,
    drawn,
    users,
    lastResorts: lastResortsOf(draft),
    isFaulty: prefixesOf(faulty),
  }
}

/** Tells whether a path is the beginning of one of `paths`. */
function prefixesOf(paths: readonly Path[]): (path: Path) => boolean {
  if (paths.length === 0) return () => false
  const prefixes = new Set<string>()
  for (const path of paths) {
    for (let length = 0; length <= path.length; length++) {
      prefixes.add(JSON.stringify(path.slice(0, length)))
    }
  }
  return (path) => prefixes.has(JSON.stringify(path))
}

/** Members with a check of their own, which is called as logs call the member. */
function checkedMembers(pools: readonly PoolFacts[]): CheckUser[] {
  return pools.flatMap(({ name: pool, members }) =>
    members.flatMap(({ path, name, check }) =>
      check === undefined ? [] : [{ path, name: `${pool}/${name}`, draft: { check } }],
    ),
  )
}

function anchorsOf({ prober }: Draft): CheckUser[] {
  const check = prober?.anchors?.check
  return check === undefined
    ? []
    : [{ path: ['prober', 'anchors'], name: 'anchors', draft: { check } }]
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
