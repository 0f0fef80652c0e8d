/** Rules between policies and the settings that only some of them ask for. */

import { type PolicyName, policyNamed } from '../../balance/policy.ts'

import * as defaults from '../defaults.ts'
import type { DrawnFacts, Facts, MemberFacts, PoolFacts } from '../facts/facts.ts'
import { listed } from '../schema/fields.ts'
import type { Path } from '../facts/origin.ts'
import type { Rule } from '../rules.ts'
import { createAdvisor, fault, unknownReference, warning } from './report.ts'

export const POLICY_RULES: readonly Rule[] = [
  { says: 'a setting stands where it counts', find: idleSettings },
  { says: 'weights stand where they count', find: idleWeights },
  { says: 'a map that is named exists', find: unknownMaps },
  { says: 'who is nearest can be told', find: placeless },
  { says: 'members say where they are in the terms of the map', find: mislocated },
]

/** Which settings of a pool, and of its members, only one policy asks for. */
const POOL_KEYS = {
  sticky: 'sticky',
  load_bound: 'sticky',
  map: 'nearest',
  fail_back: 'failover',
} as const satisfies Partial<Record<keyof DrawnFacts['draft'], PolicyName>>

const MEMBER_KEYS = {
  tier: 'failover',
  near: 'nearest',
  country: 'nearest',
  continent: 'nearest',
  at: 'nearest',
} as const satisfies Partial<Record<keyof MemberFacts, PolicyName>>

/** Who draws from a pool by a policy, and where that policy is written. */
interface Drawing {
  readonly policy: PolicyName
  /** Absent: it is the default. */
  readonly path?: Path
}

/**
 * By whom a pool or a name of its own is drawn: by its own policy, and by those that names ask for
 * their clients. Empty where a policy cannot be read, which may be the one that is meant.
 */
function createDrawings({ drawn, nameDrafts, isFaulty }: Facts) {
  const ofClients = new Map<string, Drawing[]>()
  for (const { path, text, draft } of nameDrafts) {
    for (const [index, rule] of (draft.clients ?? []).entries()) {
      const pool = rule.pool ?? draft.pool
      const key = keyOf(pool === undefined ? ['names', text] : ['pools', pool])
      if (!rule.policy) continue
      const drawing = { policy: rule.policy, path: [...path, 'clients', index, 'policy'] }
      ofClients.set(key, [...(ofClients.get(key) ?? []), drawing])
    }
  }
  const isBlind = isFaulty(['names']) && drawn.some(({ path }) => isFaulty([...path, 'clients']))
  return ({ path, draft: { policy } }: DrawnFacts): readonly Drawing[] => {
    if (isBlind || isFaulty([...path, 'policy'])) return []
    const own = policy ? { policy, path: [...path, 'policy'] } : { policy: defaults.POLICY }
    return [own, ...(ofClients.get(keyOf(path)) ?? [])]
  }
}

function keyOf(path: Path): string {
  return JSON.stringify(path)
}

function* idleSettings(facts: Facts) {
  const { drawn, pools, origin } = facts
  const drawingsOf = createDrawings(facts)
  const membersOf = new Map(pools.map((pool) => [keyOf(pool.path), pool.members]))
  for (const one of drawn) {
    if (isDecidedElsewhere(one)) continue
    const drawings = drawingsOf(one)
    const isIdle = (policy: PolicyName) =>
      drawings.length > 0 && !drawings.some((drawing) => drawing.policy === policy)
    const told = (path: Path, policy: PolicyName) => {
      const [{ policy: own, path: where }] = drawings as [Drawing]
      const said = where ? origin.mention(where) : 'the default'
      const claim = `means nothing to policy ${own} (${said}); it counts under policy ${policy}`
      return warning(origin.keyAt(path), `${origin.words(path)} ${claim}`)
    }
    for (const [key, policy] of entriesOf(POOL_KEYS)) {
      if (one.draft[key] !== undefined && isIdle(policy)) yield told([...one.path, key], policy)
    }
    for (const [key, policy] of entriesOf(MEMBER_KEYS)) {
      // Once for each key: the policy is what is wrong, and not each member.
      const first = membersOf.get(keyOf(one.path))?.find((member) => member[key] !== undefined)
      if (first && isIdle(policy)) yield told([...first.path, key], policy)
    }
  }
}

/** A name with a pool has nothing to say of how it is drawn; another rule tells it so. */
function isDecidedElsewhere({ draft }: DrawnFacts): boolean {
  return 'pool' in draft && draft.pool !== undefined
}

function entriesOf<Key extends string>(table: Readonly<Record<Key, PolicyName>>) {
  return Object.entries(table) as [Key, PolicyName][]
}

/** 0 means standby under every policy, and 1 is what everybody has. */
function* idleWeights(facts: Facts) {
  const { pools, origin } = facts
  const drawingsOf = createDrawings(facts)
  for (const pool of pools) {
    const drawings = drawingsOf(pool)
    const weighted = pool.members.find(({ weight }) => weight !== undefined && weight > 1)
    const [own] = drawings
    if (!weighted || !own || drawings.some(({ policy }) => policyNamed(policy).usesWeights)) {
      continue
    }
    const where = own.path ? origin.mention(own.path) : 'the default'
    const key = [...weighted.path, 'weight']
    yield warning(
      origin.valueAt(key),
      `${origin.words(key)} ${weighted.weight} means nothing to policy ${own.policy} (${where}); ` +
        'shares follow weights under policy weighted',
    )
  }
}

function* unknownMaps({ drawn, draft, origin, isFaulty }: Facts) {
  const known = Object.keys(draft.maps ?? {})
  const adviceOn = createAdvisor(known, 'map')
  for (const { path, draft: one } of drawn) {
    if (one.map === undefined || known.includes(one.map) || isFaulty(['maps', one.map])) continue
    yield unknownReference(origin, [...path, 'map'], one.map, adviceOn)
  }
}

function* placeless(facts: Facts) {
  const { drawn, origin, isFaulty } = facts
  const drawingsOf = createDrawings(facts)
  for (const one of drawn) {
    if (isDecidedElsewhere(one)) continue
    const nearest = drawingsOf(one).find(({ policy }) => policy === 'nearest')
    if (!nearest?.path) continue
    const said = `${origin.words(nearest.path)} nearest`
    if (one.path[0] === 'names') {
      const claim =
        'needs members that say where they are, and a zone file has none; give it a pool'
      yield fault(origin.valueAt(nearest.path), `${said} ${claim}`)
    } else if (one.draft.map === undefined && !isFaulty([...one.path, 'map'])) {
      const isOwn = nearest.path[0] === 'pools'
      const holder = isOwn ? '' : ` in ${origin.words(one.path)} (${origin.mention(one.path)})`
      yield fault(origin.valueAt(nearest.path), `${said} needs a map${holder}; set map to one`)
    }
  }
}

/** What a member may say of its place that a map of this kind can be compared with. */
const LOCATION_KEYS = { file: ['near'], mmdb: ['country', 'continent', 'at'] } as const

function* mislocated(facts: Facts) {
  const { pools, draft, origin, isFaulty } = facts
  const drawingsOf = createDrawings(facts)
  for (const pool of pools) {
    const map = Object.hasOwn(draft.maps ?? {}, pool.draft.map ?? '')
      ? draft.maps![pool.draft.map!]
      : undefined
    const isNearest = drawingsOf(pool).some(({ policy }) => policy === 'nearest')
    if (!map || !isNearest || isFaulty([...pool.path, 'members'])) continue
    const keys: readonly (keyof MemberFacts)[] = LOCATION_KEYS[map.file ? 'file' : 'mmdb']
    const isLost = (member: MemberFacts) => keys.every((key) => member[key] === undefined)
    yield* lostMembers(pool, pool.members.filter(isLost), listed(keys), origin)
  }
}

function* lostMembers(
  { path, draft, members }: PoolFacts,
  lost: readonly MemberFacts[],
  keys: string,
  origin: Facts['origin'],
) {
  const map = `map "${draft.map}" (${origin.mention(['maps', draft.map!])})`
  if (members.length > 0 && lost.length === members.length) {
    const claim = `has no member that says where it is in the terms of ${map}; give each ${keys}`
    yield fault(origin.keyAt(path), `${origin.words(path)} ${claim}`)
    return
  }
  for (const member of lost) {
    const claim = `has no place in the terms of ${map}, and is nearest to nobody; give it ${keys}`
    yield warning(origin.keyAt(member.path), `${origin.words(member.path)} ${claim}`)
  }
}
