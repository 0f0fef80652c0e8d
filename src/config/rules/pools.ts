/** Rules of pools and their members. */

import { printAddress } from '../../base/address.ts'

import * as defaults from '../defaults.ts'
import type { DrawnFacts, Facts, MemberFacts } from '../facts/facts.ts'
import { showName } from '../values/names.ts'
import { fault, repeats, warning } from './report.ts'
import type { Rule } from '../rules.ts'
import { isFault, MEMBERS_MAX, readWord } from '../values/values.ts'

export const POOL_RULES: readonly Rule[] = [
  { says: 'pools and members have words for names', find: badWords },
  { says: `a pool has 1–${MEMBERS_MAX} members`, find: wrongCounts },
  { says: 'a list of members has no address twice', find: repeatedMembers },
  { says: 'an address is one member of a pool', find: sharedAddresses },
  { says: 'somebody is not on standby', find: onlyStandby },
  { says: 'a pool can be healthy', find: impossibleHealth },
  { says: 'a pool in a pool can be healthy', find: impossibleChildren },
  { says: 'an override can be asked for', find: impossibleService },
  { says: 'there is room for who registers', find: crowdedPools },
  { says: 'whoever starts slowly comes back from somewhere', find: idleSlowStarts },
  { says: 'a label is one pool', find: sharedLabels },
]

function* badWords({ pools, origin }: Facts) {
  for (const { path, name, members } of pools) {
    for (const one of [{ path, name }, ...members]) {
      const word = readWord(one.name)
      if (!isFault(word)) continue
      yield fault(origin.keyAt(one.path), `${origin.words(one.path)} ${word.fault}`)
    }
  }
}

function* wrongCounts({ pools, origin, isFaulty }: Facts) {
  for (const { path, draft, members } of pools) {
    const list = [...path, 'members']
    const least = draft.register ? 0 : 1
    if ((members.length >= least && members.length <= MEMBERS_MAX) || isFaulty(list)) continue
    const claim = members.length === 0 ? 'is empty' : `has ${members.length} entries`
    const message = `${origin.words(list)} ${claim}; a pool has 1–${MEMBERS_MAX} members`
    yield fault(origin.keyAt(list), message)
  }
}

/** Elsewhere members have names of their own; in a list the address is the name. */
function* repeatedMembers({ pools, origin }: Facts) {
  for (const { members } of pools) {
    for (const { item, first } of repeats(members, ({ name }) => name)) {
      const place = origin.valueAt(item.path)
      const before = origin.mention(first.path)
      yield fault(place, `${origin.words(item.path)} ${item.name} is repeated; see ${before}`)
    }
  }
}

function* sharedAddresses({ pools, origin }: Facts) {
  for (const { members } of pools) {
    const addresses = members.flatMap(({ path, name, v4, v6 }) =>
      [v4, v6].flatMap((octets) => (octets ? [{ path, name, text: printAddress(octets) }] : [])),
    )
    for (const { item, first } of repeats(addresses, ({ text }) => text)) {
      if (item.name === first.name) continue
      const other = `member "${first.name}" (${origin.mention(first.path)})`
      yield warning(
        origin.keyAt(item.path),
        `${origin.words(item.path)} has the address ${item.text} of ${other}, ` +
          'which is answered once, with the shares of both',
      )
    }
  }
}

function* onlyStandby({ pools, origin }: Facts) {
  for (const { path, members } of pools) {
    if (members.length === 0 || members.some(({ weight }) => weight !== 0)) continue
    const claim = 'has members of weight 0 alone, and nobody to stand by for'
    yield warning(origin.keyAt(path), `${origin.words(path)} ${claim}`)
  }
}

function* impossibleHealth({ pools, draft, origin, isFaulty }: Facts) {
  for (const { path, draft: pool, members } of pools) {
    const [own, general] = [
      [...path, 'min_healthy'],
      ['defaults', 'min_healthy'],
    ]
    const need = pool.min_healthy ?? draft.defaults?.min_healthy
    const most = largerFamily(members)
    if (!need || !('count' in need) || need.count <= most) continue
    if (most === 0 || isFaulty(path)) continue
    const ofOne = most < members.length ? ' of one family' : ''
    const has = `${counted(most, 'member')}${ofOne}`
    yield pool.min_healthy
      ? fault(origin.valueAt(own), `${origin.words(own)} ${need.count} is more than its ${has}`)
      : fault(
          origin.keyAt(path),
          `${origin.words(path)} has ${has}, fewer than min_healthy ${need.count} ` +
            `(${origin.mention(general)})`,
        )
  }
}

/** Health is counted in each family by itself; an alias or a pool may be of both. */
function largerFamily(members: readonly MemberFacts[]): number {
  return Math.max(
    ...FAMILIES.map(
      (family) =>
        members.filter((one) => one[family] || one.cname || one.pool !== undefined).length,
    ),
  )
}

const FAMILIES = ['v4', 'v6'] as const

/** Of a member that is a pool, this parent may ask more than the pool asks of itself. */
function* impossibleChildren({ pools, origin, isFaulty }: Facts) {
  const membersOf = new Map(pools.map(({ name, members }) => [name, members]))
  for (const { path, pool: child, min_healthy: need } of pools.flatMap(({ members }) => members)) {
    const members = membersOf.get(child ?? '')
    if (!need || !('count' in need) || !members || isFaulty(['pools', child!])) continue
    const most = largerFamily(members)
    if (need.count <= most) continue
    const key = [...path, 'min_healthy']
    const where = origin.mention(['pools', child!])
    const claim = `is more than the ${counted(most, 'member')} of pool "${child}" (${where})`
    yield fault(origin.valueAt(key), `${origin.words(key)} ${need.count} ${claim}`)
  }
}

function* impossibleService({ pools, origin, isFaulty }: Facts) {
  for (const { path, draft, members } of pools) {
    const { min_serving: need, register } = draft
    const most = members.length + (register ? registeredMax(register) : 0)
    if (need === undefined || need <= most || isFaulty([...path, 'members'])) continue
    const key = [...path, 'min_serving']
    const claim = `is more than its ${counted(most, 'member')}, so no override could be made`
    yield fault(origin.valueAt(key), `${origin.words(key)} ${need} ${claim}`)
  }
}

function* crowdedPools({ pools, origin }: Facts) {
  for (const { path, draft, members } of pools) {
    const { register } = draft
    if (!register || members.length + registeredMax(register) <= MEMBERS_MAX) continue
    const key = [...path, 'register', 'members']
    const said = register.members === undefined ? ' (the default)' : ''
    const where = origin.mention([...path, 'members'])
    const has = `its ${counted(members.length, 'member')} (${where})`
    const claim = `and ${has} are more than ${MEMBERS_MAX}`
    const message = `${origin.words(key)} ${registeredMax(register)}${said} ${claim}`
    yield fault(origin.valueAt(key), message)
  }
}

function registeredMax({ members }: NonNullable<DrawnFacts['draft']['register']>): number {
  return members ?? defaults.REGISTERED_MAX
}

/** Only who was down comes back, and without a check nobody is. */
function* idleSlowStarts({ pools, nameDrafts, origin }: Facts) {
  const names = nameDrafts.filter(({ draft }) => draft.pool === undefined)
  const holders = [...pools, ...names.map(({ path, draft }) => ({ path, draft, members: [] }))]
  for (const { path, draft, members } of holders) {
    if (draft.slow_start === undefined || draft.check !== undefined) continue
    if (members.some(({ check, pool }) => check !== undefined || pool !== undefined)) continue
    const key = [...path, 'slow_start']
    const claim = 'means nothing without a check: nobody is ever down'
    yield warning(origin.keyAt(key), `${origin.words(key)} ${claim}`)
  }
}

/** A name without a pool is a pool of its own, and people know it by its label like any other. */
function* sharedLabels({ pools, names, origin }: Facts) {
  const byName = new Map(pools.map((pool) => [pool.name.toLowerCase(), pool]))
  for (const { path, name, draft } of names) {
    const pool = draft.pool === undefined ? byName.get(showName(name)) : undefined
    if (!pool) continue
    const where = origin.mention(pool.path)
    const claim = `is a pool of its own, and pool "${pool.name}" (${where}) is called the same`
    yield fault(origin.keyAt(path), `${origin.words(path)} ${claim}; call that otherwise`)
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
