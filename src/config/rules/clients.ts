/** Rules of what a name has for some of its clients. */

import { findPrefix, forEachLeaf, buildPrefixMap } from '../../base/prefix-map.ts'
import { type Prefix, printPrefix } from '../../base/prefix.ts'

import type { Facts, NameDraftFacts } from '../facts/facts.ts'
import type { Path } from '../facts/origin.ts'
import type { Rule } from '../rules.ts'
import { fault, warning } from './report.ts'

export const CLIENT_RULES: readonly Rule[] = [
  { says: 'some clients get something else', find: idleRules },
  { says: 'every subnet of a name has clients left', find: shadowedSubnets },
]

function* idleRules({ nameDrafts, origin, isFaulty }: Facts) {
  for (const { path, draft } of nameDrafts) {
    for (const [index, { pool, policy }] of (draft.clients ?? []).entries()) {
      const rule = [...path, 'clients', index]
      if (pool !== undefined || policy || isFaulty(rule)) continue
      const claim = 'gives its clients nothing else; it takes pool, policy or both'
      yield fault(origin.keyAt(rule), `${origin.words(rule)} ${claim}`)
    }
  }
}

interface Subnet {
  readonly prefix: Prefix
  readonly rule: number
  readonly path: Path
}

/**
 * The first rule that holds a client decides, so a subnet may be left with nobody. Scopes of one
 * name must not overlap either (RFC 7871 §7.3.1): a wide subnet is split around the narrower ones
 * before it, and one that would be split away whole is a slip.
 */
function* shadowedSubnets({ nameDrafts, origin }: Facts) {
  for (const name of nameDrafts) {
    const subnets = subnetsOf(name)
    if (subnets.length === 0) continue
    const entries = subnets.map(({ prefix }, index) => ({ prefix, value: index + 1 }))
    const map = buildPrefixMap(entries, 0, { firstMatch: true })
    const matched = new Set<number>()
    for (const isV6 of [false, true]) forEachLeaf(map, isV6, (_, __, value) => matched.add(value))
    for (const [index, { prefix, rule, path }] of subnets.entries()) {
      if (matched.has(index + 1)) continue
      const { octets, bits } = prefix
      const before = subnets[findPrefix(map, octets, octets.length === 16) - 1]!
      const where = origin.mention(before.path)
      const subject = `${origin.words(path)} ${printPrefix(prefix)}`
      const isSame = before.prefix.bits === bits
      const claim = isSame
        ? `is repeated; see ${where}`
        : `has no clients left: ${printPrefix(before.prefix)} (${where}) is before it`
      const tell = before.rule === rule && !isSame ? warning : fault
      yield tell(origin.valueAt(path), `${subject} ${claim}`)
    }
  }
}

function subnetsOf({ path, draft }: NameDraftFacts): Subnet[] {
  return (draft.clients ?? []).flatMap(({ subnet }, rule) =>
    subnet.map((prefix, index) => ({
      prefix,
      rule,
      path: [...path, 'clients', rule, 'subnet', index],
    })),
  )
}
