/** What can be selected: a row for each pool and for each address of its members. */

import type { AddressStatus, MemberStatus, PoolStatus, Status } from '../../admin/status.ts'

import type { Rates } from './rates.ts'

export type Row = PoolRow | MemberRow

export interface PoolRow {
  readonly kind: 'pool'
  readonly key: string
  readonly pool: PoolStatus
  /** Whether its members are out of sight. */
  readonly isFolded: boolean
}

export interface MemberRow {
  readonly kind: 'member'
  readonly key: string
  readonly pool: PoolStatus
  readonly member: MemberStatus
  readonly address: AddressStatus
  /** Turns each second, and its part of them in percent, over the last seconds. */
  readonly turns?: number
  readonly share?: number
}

/** In the order of the file; the worst first; who is answered the most first. */
export const SORTS = ['file', 'trouble', 'share'] as const
export type Sort = (typeof SORTS)[number]

export interface Choice {
  readonly sort: Sort
  /** Only rows in which this occurs, in whatever case. */
  readonly filter: string
  /** Pools whose members are out of sight. */
  readonly folded: ReadonlySet<string>
}

export function rowsOf({ pools }: Status, rates: Rates, choice: Choice): Row[] {
  return pools.flatMap((pool): Row[] => {
    const all = pool.members.flatMap((member) =>
      member.addresses.map((address) => memberRow(pool, member, address, rates)),
    )
    const isPoolMeant = has(pool.name, choice.filter)
    const members = isPoolMeant ? all : all.filter((row) => isMeant(row, choice.filter))
    if (members.length === 0 && !isPoolMeant) return []
    const isFolded = choice.folded.has(pool.name)
    const head: PoolRow = { kind: 'pool', key: pool.name, pool, isFolded }
    return [head, ...(isFolded ? [] : sorted(members, choice.sort))]
  })
}

function memberRow(
  pool: PoolStatus,
  member: MemberStatus,
  address: AddressStatus,
  rates: Rates,
): MemberRow {
  const { family } = address
  const turns = rates.turns(pool.name, member.name, family)
  const share = rates.share(pool.name, member.name, family)
  return {
    ...{ kind: 'member', key: `${pool.name}/${member.name}/${family}`, pool, member, address },
    ...(turns !== undefined && { turns }),
    ...(share !== undefined && { share }),
  }
}

function isMeant({ member, address }: MemberRow, filter: string): boolean {
  const { verdict = '', evidence = '', why = '' } = address
  const word = member.override?.word ?? ''
  return [member.name, address.address, verdict, evidence, why, word].some((text) =>
    has(text, filter),
  )
}

function has(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

function sorted(rows: readonly MemberRow[], sort: Sort): readonly MemberRow[] {
  if (sort === 'file') return rows
  const keyOf = sort === 'trouble' ? trouble : ({ share = 0 }: MemberRow) => share
  return rows.toSorted((one, other) => keyOf(other) - keyOf(one))
}

/** The more, the sooner somebody should look. */
function trouble({ address: { verdict, isServing, warning } }: MemberRow): number {
  const rank = verdict === 'down' ? 4 : verdict === 'unknown' ? 2 : 0
  return rank + (isServing ? 0 : 3) + (warning === undefined ? 0 : 1)
}
