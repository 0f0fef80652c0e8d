/**
 * Which targets tell how a member is: made once for each load, and again when members register.
 * A member is reached apart in each family, and may be well in one and not in the other.
 */

import { assert } from '../../base/assert.ts'
import { printAddress } from '../../base/address.ts'

import { printName } from '../../wire/name.ts'

import { type Check, type Condition, createTarget, type Target } from '../../health/check.ts'
import { checksOf } from '../../health/condition.ts'

import type { Offer } from '../../balance/roster.ts'

import type { MemberConfig, PoolConfig } from '../../config/config.ts'

export const FAMILIES = ['v4', 'v6'] as const
export type Family = (typeof FAMILIES)[number]

/** A member of a pool, and how it is reached. */
export interface PlannedMember {
  readonly config: MemberConfig
  /** Its ordinal among the members, those who have registered last. */
  readonly index: number
  /** Absent where it has none in that family, and for a member that is a pool. */
  readonly v4?: MemberAddress
  readonly v6?: MemberAddress
}

/** What a member answers in one family: an address, or the name that it stands for. */
export interface MemberAddress {
  /** For people: an address, or the name of an alias. */
  readonly address: string
  readonly offer: Exclude<Offer, { readonly kind: 'pool' }>
  /** Where the turns that it leads are counted. */
  readonly cell: number
  /** Undefined where there is no check: then the member is always up. */
  readonly inquiry: Inquiry | undefined
}

/** A condition, with the target that each of its checks has here. */
export interface Inquiry {
  readonly condition: Condition
  readonly targets: ReadonlyMap<Check, Target>
}

/** The tally's cell for a label; the same label has the same cell as long as the server runs. */
export type CellOf = (label: string, holder: Holder) => number

/** Whose cell it is: one address of a member, or the name of an alias. */
export interface Holder {
  readonly pool: string
  readonly member: string
  readonly family: Family
  readonly address: string
}

/** Every member of a pool in configured order, and after them those who have registered. */
export function membersOfPool(
  pool: PoolConfig,
  cellOf: CellOf,
  registered: readonly MemberConfig[] = [],
): PlannedMember[] {
  return [...pool.members, ...registered].map((config, index) => {
    const v4 = addressIn(pool, config, 'v4', cellOf)
    const v6 = addressIn(pool, config, 'v6', cellOf)
    return { config, index, ...(v4 && { v4 }), ...(v6 && { v6 }) }
  })
}

/** The labels of all cells that the members of a pool have. */
export function cellLabel(pool: string, member: string, family: Family): string {
  return `${pool}/${member} ${family}`
}

/** For people: an address, or the name of an alias. */
export function printOffer(offer: MemberAddress['offer']): string {
  return offer.kind === 'alias' ? printName(offer.target) : printAddress(offer.octets)
}

/** An alias stands for addresses of both families, and nobody here knows which it has. */
function addressIn(
  pool: PoolConfig,
  member: MemberConfig,
  family: Family,
  cellOf: CellOf,
): MemberAddress | undefined {
  const octets = member[family]
  const { cname } = member
  if (octets === undefined && cname === undefined) return
  const what: MemberAddress['offer'] = octets
    ? { kind: 'address', octets }
    : { kind: 'alias', target: cname! }
  const address = printOffer(what)
  const holder = { pool: pool.name, member: member.name, family, address }
  const cell = cellOf(cellLabel(pool.name, member.name, family), holder)
  const offer = { ...what, cell }
  return { address, offer, cell, inquiry: inquiryOf(pool, member, address) }
}

function inquiryOf(pool: PoolConfig, member: MemberConfig, own: string): Inquiry | undefined {
  const condition = member.condition ?? pool.condition
  if (!condition) return
  const label = `${pool.name}/${member.name}`
  const targets = new Map(
    checksOf(condition).map((check) => {
      // Who beats is known by name: whence it does is no matter.
      const isHeartbeat = check.probe.kind === 'heartbeat'
      const address = isHeartbeat ? label : (member.probeAddress ?? own)
      return [check, createTarget(address, check)] as const
    }),
  )
  return { condition, targets }
}

/** The target of a check that is part of the inquiry's condition. */
export function targetOf({ targets }: Inquiry, check: Check): Target {
  const target = targets.get(check)
  assert(target !== undefined, 'every check of a condition has a target')
  return target
}

/** The targets that tell how a member is, each once; none where there is no such member. */
export function targetsOfMember(members: readonly PlannedMember[], name: string): Target[] {
  const addresses = members
    .filter(({ config }) => config.name === name)
    .flatMap((member) => FAMILIES.flatMap((family) => member[family] ?? []))
  const targets = addresses.flatMap(({ inquiry }) => [...(inquiry?.targets.values() ?? [])])
  return [...new Map(targets.map((target) => [target.key, target])).values()]
}
