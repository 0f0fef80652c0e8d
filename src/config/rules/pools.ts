/** Rules of pools and their members. */

import { printAddress } from '../../base/address.ts'

import { policyNamed } from '../../balance/policy.ts'

import * as defaults from '../defaults.ts'
import type { Facts, MemberFacts } from '../facts.ts'
import { fault, repeats, warning } from './report.ts'
import type { Rule } from '../rules.ts'
import { isFault, MEMBERS_MAX, readWord } from '../values.ts'

export const POOL_RULES: readonly Rule[] = [
  { says: 'pools and members have words for names', find: badWords },
  { says: `a pool has 1–${MEMBERS_MAX} members`, find: wrongCounts },
  { says: 'a list of members has no address twice', find: repeatedMembers },
  { says: 'an address is one member of a pool', find: sharedAddresses },
  { says: 'weights stand where they count', find: idleWeights },
  { says: 'somebody is not on standby', find: onlyStandby },
  { says: 'a pool can be healthy', find: impossibleHealth },
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
          'and doubles its share',
      )
    }
  }
}

/** 0 means standby under every policy, and 1 is what everybody has. */
function* idleWeights({ pools, origin, isFaulty }: Facts) {
  for (const { path, draft, members } of pools) {
    const policy = draft.policy ?? defaults.POLICY
    const weighted = members.find(({ weight }) => weight !== undefined && weight > 1)
    if (!weighted || policyNamed(policy).usesWeights || isFaulty([...path, 'policy'])) continue
    const where = draft.policy ? origin.mention([...path, 'policy']) : 'the default'
    const key = [...weighted.path, 'weight']
    yield warning(
      origin.valueAt(key),
      `${origin.words(key)} ${weighted.weight} means nothing to policy ${policy} (${where}); ` +
        'shares follow weights under policy weighted',
    )
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
    const has = `${most} member${most === 1 ? '' : 's'}${ofOne}`
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
