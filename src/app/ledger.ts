/** The ledger as the API tells it. */

import { isRefusal, type Refusal } from '../control/books/refusal.ts'
import type { Entry } from '../control/ledger/entry.ts'
import { holderKey } from '../control/ledger/holdings.ts'
import type { Ledger } from '../control/ledger/ledger.ts'

import { type LedgerEntry, type LedgerPage, type LedgerWanted, pageOf } from '../admin/listings.ts'
import { type LedgerStatus, moment } from '../admin/status.ts'

/** An address may be that of ten thousand names, each of which would name all the others. */
export const OTHERS_MAX = 20

/** A page of those that the ledger knows: what is said of them is worked out for these alone. */
export function ledgerPage(
  ledger: Pick<Ledger, 'holders' | 'entries'>,
  wanted: LedgerWanted,
  nowWall: number,
): LedgerPage | Refusal {
  const { pool, member } = wanted
  const holders = ledger.holders(
    (one) => (pool ?? one.pool) === one.pool && (member ?? one.member) === one.member,
  )
  const found = pageOf([...holders], ([key]) => key, wanted)
  if (isRefusal(found)) return found
  const { items, ...page } = found
  const keys = new Set(items.map(([key]) => key))
  const addresses = new Set(items.map(([, { address }]) => address))
  const entries = ledger.entries(({ address }) => addresses.has(address))
  const told = entriesTold(entries, (entry) => keys.has(holderKey(entry)))
  return { now: moment(nowWall), entries: told, ...page }
}

/** Entries of whole addresses, of which those are told that are wanted. */
function entriesTold(
  entries: readonly Entry[],
  isWanted: (entry: Entry) => boolean,
): LedgerEntry[] {
  const unsafe = new Map<string, Set<string>>()
  for (const entry of entries) {
    if (entry.isSafe) continue
    const labels = unsafe.get(entry.address) ?? new Set()
    unsafe.set(entry.address, labels.add(labelOf(entry)))
  }
  return entries.filter(isWanted).map((entry) => {
    const { pool, member, family, address, isServing, ledBy, resolvers, isSafe } = entry
    const { lastWall, ttlSeconds, untilWall } = entry
    const { others, moreOthers } = othersOf(unsafe.get(address), labelOf(entry))
    return {
      ...{ pool, member, family, address, isServing, resolvers, isSafe },
      ...(ledBy.length > 0 && { ledBy }),
      ...(lastWall !== undefined && { lastAnswerAt: moment(lastWall) }),
      ...(ttlSeconds !== undefined && { ttlSeconds }),
      ...(untilWall !== undefined && { heldUntil: moment(untilWall) }),
      ...(others.length > 0 && { others }),
      ...(moreOthers > 0 && { moreOthers }),
    }
  })
}

function othersOf(labels: ReadonlySet<string> = new Set(), own: string) {
  const others: string[] = []
  for (const label of labels) {
    if (others.length === OTHERS_MAX) break
    if (label !== own) others.push(label)
  }
  return { others, moreOthers: labels.size - (labels.has(own) ? 1 : 0) - others.length }
}

/** Of one address, for its status; undefined where nobody can have been told it but now. */
export type LedgerOf = (
  pool: string,
  member: string,
  family: string,
  address: string,
) => LedgerStatus | undefined

export function ledgerOf(entries: readonly Entry[]): LedgerOf {
  const known = new Map(entries.map((entry) => [keyOf(entry), entry]))
  return (pool, member, family, address) => {
    const entry = known.get(keyOf({ pool, member, family, address }))
    if (entry?.untilWall === undefined) return
    const { isServing, ledBy, lastWall, ttlSeconds, untilWall, resolvers } = entry
    // Without a last answer it is held by what a process before may have answered.
    if (isServing && lastWall === undefined && ledBy.length === 0) return
    return {
      ...(ledBy.length > 0 && { ledBy }),
      ...(lastWall !== undefined && { lastAnswerAt: moment(lastWall) }),
      ...(ttlSeconds !== undefined && { ttlSeconds }),
      ...{ heldUntil: moment(untilWall), resolvers },
    }
  }
}

function labelOf({ pool, member }: Pick<Entry, 'pool' | 'member'>): string {
  return `${pool}/${member}`
}

function keyOf(of: { pool: string; member: string; family: string; address: string }): string {
  return `${labelOf(of)} ${of.family} ${of.address}`
}
