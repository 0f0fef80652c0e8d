/** Which pools and rows are shown: those that were sought, a page at a time, some folded. */

import type { PoolView, Row } from './pools.ts'

export interface Wanted {
  /** Words that all must be in the pool, the member, the address or the state. */
  readonly words: string
  readonly isTroubleOnly: boolean
}

/** A page of pools, and of the rows of each: more are shown when they are asked for. */
export const POOLS_SHOWN = 40
export const ROWS_SHOWN = 50
/**
 * With more addresses than these pools are folded at first, but for the first in trouble: so many
 * in trouble at once are an outage, and the pools tell it better than the rows.
 */
const UNFOLDED_MAX = 120

export function soughtPools(pools: readonly PoolView[], wanted: Wanted): readonly PoolView[] {
  const words = wanted.words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0 && !wanted.isTroubleOnly) return pools
  return pools.flatMap((pool) => {
    const rows = pool.rows.filter((row) => isSought(pool, row, words, wanted.isTroubleOnly))
    const isWhole = rows.length === pool.rows.length
    return rows.length === 0 ? [] : [isWhole ? pool : { ...pool, rows }]
  })
}

/** Which pools stand open: what the reader decided, and else what there is room for. */
export function openPools(
  pools: readonly PoolView[],
  decided: ReadonlyMap<string, boolean>,
  wanted: Wanted,
): ReadonlySet<string> {
  const rows = pools.reduce((sum, pool) => sum + pool.rows.length, 0)
  const isSearch = wanted.words.trim() !== '' || wanted.isTroubleOnly
  const first =
    rows <= UNFOLDED_MAX || isSearch ? pools : pools.filter(({ isTroubled }) => isTroubled)
  const names = new Set<string>()
  let room = UNFOLDED_MAX
  for (const pool of first) {
    room -= Math.min(pool.rows.length, ROWS_SHOWN)
    if (room < 0) break
    names.add(pool.name)
  }
  for (const [name, isOpen] of decided) {
    if (isOpen) names.add(name)
    else names.delete(name)
  }
  return names
}

/** Why there is nothing to show. */
export function nothingText({ words, isTroubleOnly }: Wanted): string {
  const sought = words.trim()
  if (sought === '') return 'All is well: no pool has failed, and every member is as it should be.'
  const where = isTroubleOnly ? 'Nobody in trouble' : 'No pool, member, address or state'
  return `${where} has “${sought}” in it.`
}

function isSought(
  pool: PoolView,
  { member, address, standing }: Row,
  words: readonly string[],
  isTroubleOnly: boolean,
): boolean {
  const hasFailed = pool.families.some(({ failedSince }) => failedSince !== undefined)
  const isTroubled = hasFailed || standing.tone === 'down' || standing.tone === 'wait'
  if (isTroubleOnly && !isTroubled) return false
  const { policy, name } = pool
  const text = `${name}/${member.name} ${address.address} ${policy} ${standing.word}`.toLowerCase()
  return words.every((word) => text.includes(word))
}
