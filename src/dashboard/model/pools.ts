/** The pools as the table shows them: a row for each address, with what it should have and has. */

import type { AddressStatus, BindingStatus, FamilyStatus } from '../../admin/status.ts'
import type { MemberStatus, PoolStatus, Status } from '../../admin/status.ts'

import { countedText, countText } from '../shared/format.ts'
import { type Standing, standingOf } from './standing.ts'
import { type Answered, addressKey } from './turns.ts'

export interface PoolView {
  readonly name: string
  readonly policy: string
  /** Whether a standby that took over stays until it is failed back. */
  readonly keepsStandby: boolean
  /** `3 of 3 healthy`, or for each family where there are two. */
  readonly health: string
  readonly families: readonly FamilyStatus[]
  readonly bindings: readonly BindingStatus[]
  /** Whether somebody should look: it failed, or a member is down, unknown or overridden. */
  readonly isTroubled: boolean
  readonly rows: readonly Row[]
}

export interface Row {
  readonly key: string
  readonly pool: string
  readonly member: MemberStatus
  readonly address: AddressStatus
  /** Its member's first: only that one says the name. */
  readonly isFirst: boolean
  readonly standing: Standing
  /** Percent of what its family led since the start; absent where nobody led. */
  readonly sinceStart?: number
  /** The same within the window of late. */
  readonly ofLate?: number
}

export function poolViews(status: Status, answered: Answered): PoolView[] {
  const bindings = new Map<string, BindingStatus[]>()
  for (const binding of status.bindings) {
    const known = bindings.get(binding.label)
    if (known) known.push(binding)
    else bindings.set(binding.label, [binding])
  }
  return status.pools.map((pool) => poolView(pool, bindings.get(pool.name) ?? [], answered))
}

function poolView(
  pool: PoolStatus,
  bindings: readonly BindingStatus[],
  answered: Answered,
): PoolView {
  const { name, policy, keepsStandby = false, families, members } = pool
  const sums = sumsOf(pool, answered)
  const rows = members.flatMap((member) =>
    member.addresses.map((address, index) => rowOf(name, member, address, index, sums, answered)),
  )
  const hasFailed = families.some(({ failedSince }) => failedSince !== undefined)
  const isTroubled = hasFailed || rows.some(({ standing }) => isTrouble(standing))
  const health = healthText(families)
  return { name, policy, keepsStandby, health, families, bindings, isTroubled, rows }
}

/** What the families of a pool led in all, since the start and of late. */
interface Sums {
  readonly total: ReadonlyMap<string, number>
  readonly late: ReadonlyMap<string, number>
}

function sumsOf({ name, members }: PoolStatus, answered: Answered): Sums {
  const total = new Map<string, number>()
  const late = new Map<string, number>()
  for (const member of members) {
    for (const { family, turns } of member.addresses) {
      total.set(family, (total.get(family) ?? 0) + turns)
      const led = answered.turns.get(addressKey(name, member.name, family)) ?? 0
      late.set(family, (late.get(family) ?? 0) + led)
    }
  }
  return { total, late }
}

function rowOf(
  pool: string,
  member: MemberStatus,
  address: AddressStatus,
  index: number,
  { total, late }: Sums,
  answered: Answered,
): Row {
  const { family, turns } = address
  const key = addressKey(pool, member.name, family)
  const sinceStart = partOf(turns, total.get(family))
  const ofLate = partOf(answered.turns.get(key) ?? 0, late.get(family))
  return {
    ...{ key, pool, member, address, isFirst: index === 0 },
    standing: standingOf(member, address),
    ...(sinceStart !== undefined && { sinceStart }),
    ...(ofLate !== undefined && { ofLate }),
  }
}

function partOf(count: number, sum = 0): number | undefined {
  return sum === 0 ? undefined : (count / sum) * 100
}

function isTrouble({ tone }: Standing): boolean {
  return tone === 'down' || tone === 'wait'
}

function healthText(families: readonly FamilyStatus[]): string {
  const [first] = families
  if (!first) return 'no addresses'
  const textOf = ({ healthy, members, needed }: FamilyStatus) =>
    `${healthy} of ${members} healthy${needed > 1 ? `, needs ${needed}` : ''}`
  if (families.length === 1) return textOf(first)
  return families.map((one) => `${one.family} ${textOf(one)}`).join('; ')
}

/** The members by how they stand, for the head of the page. */
export interface Census {
  readonly rows: number
  readonly up: number
  readonly down: number
  readonly other: number
  readonly pools: number
  readonly failed: number
}

export function censusOf(pools: readonly PoolView[]): Census {
  const rows = pools.flatMap((pool) => pool.rows)
  const count = (tone: Standing['tone']) =>
    rows.filter(({ standing }) => standing.tone === tone).length
  const [up, down] = [count('up'), count('down')]
  const failed = pools.filter(({ families }) =>
    families.some(({ failedSince }) => failedSince !== undefined),
  ).length
  return {
    rows: rows.length,
    up,
    down,
    other: rows.length - up - down,
    pools: pools.length,
    failed,
  }
}

/** Of the page, for who has it among many: what is wrong first, or its name alone. */
export function titleText({ failed, down }: Census, isLive: boolean): string {
  const wrong = [
    ...(failed > 0 ? [`${countText(failed)} failed`] : []),
    ...(down > 0 ? [`${countText(down)} down`] : []),
  ].join(', ')
  // Of a server that does not answer, nothing else is known.
  const what = isLive ? wrong : 'connection lost'
  return what === '' ? 'Rota' : `${what} · Rota`
}

/** `24 up, 1 down, 2 other`. */
export function censusText({ rows, up, down, other }: Census): string {
  if (rows === 0) return 'none'
  const parts = [
    ...(up > 0 ? [`${countText(up)} up`] : []),
    ...(down > 0 ? [`${countText(down)} down`] : []),
    ...(other > 0 ? [countedText(other, 'other', 'others')] : []),
  ]
  return parts.join(', ')
}
