/** Rules of members: each is a host, an alias or a pool, and has what its kind has. */

import type { Facts, MemberFacts } from '../facts/facts.ts'
import { listed } from '../schema/fields.ts'
import type { Rule } from '../rules.ts'
import { fault } from './report.ts'

export const MEMBER_RULES: readonly Rule[] = [
  { says: 'a member is a host, an alias or a pool', find: kindless },
  { says: 'a member is one of them alone', find: manifold },
  { says: 'what is asked of a pool is asked of a pool', find: misplacedKeys },
]

const HOST_KEYS = ['v4', 'v6'] as const
/** What a pool in a pool has in its own place, where it is defined. */
const CHECK_KEYS = ['check', 'probe'] as const

function* kindless({ pools, origin, isFaulty }: Facts) {
  for (const { path, v4, v6, cname, pool } of pools.flatMap(({ members }) => members)) {
    if (v4 || v6 || cname || pool !== undefined || isFaulty(path)) continue
    const message = `${origin.words(path)} has no address; it takes v4, v6 or both, cname, or pool`
    yield fault(origin.keyAt(path), message)
  }
}

function* manifold({ pools, origin }: Facts) {
  for (const member of pools.flatMap(({ members }) => members)) {
    const { path } = member
    const [first, second] = kindsOf(member)
    if (!first || !second) continue
    const other = `${first} (${origin.mention([...path, first])})`
    yield fault(
      origin.keyAt([...path, second]),
      `${origin.words([...path, second])} stands beside ${other}; a member is ` +
        `${listed(['a host', 'an alias', 'a pool'])}`,
    )
  }
}

/** The key that tells each kind that the member claims to be. */
function kindsOf(member: MemberFacts): string[] {
  const host = HOST_KEYS.find((key) => member[key])
  return [
    ...(host ? [host] : []),
    ...(member.cname ? ['cname'] : []),
    ...(member.pool === undefined ? [] : ['pool']),
  ]
}

function* misplacedKeys({ pools, origin, isFaulty }: Facts) {
  for (const member of pools.flatMap(({ members }) => members)) {
    const { path, pool } = member
    if (pool === undefined) {
      if (member.min_healthy === undefined || isFaulty([...path, 'pool'])) continue
      const key = [...path, 'min_healthy']
      yield fault(origin.keyAt(key), `${origin.words(key)} is for a member that is a pool`)
      continue
    }
    for (const one of CHECK_KEYS) {
      if (member[one] === undefined) continue
      const key = [...path, one]
      const where = origin.mention([...path, 'pool'])
      const claim = `is decided by the members of pool "${pool}" (${where})`
      yield fault(origin.keyAt(key), `${origin.words(key)} ${claim}; set it there`)
    }
  }
}
