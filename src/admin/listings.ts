/** The types of what is told in lists, and how a list becomes pages. */

import { type Refusal, refusal } from '../control/books/refusal.ts'
import type { Page, PageWanted } from '../control/names.ts'

import type { Told } from './schemas/fields.ts'
import type * as schemas from './schemas/listings.ts'

export type { Page, PageWanted } from '../control/names.ts'

export type NameStatus = Told<typeof schemas.nameStatus>
export type NamesPage = Told<typeof schemas.namesPage>
export type VerdictStatus = Told<typeof schemas.verdictStatus>
export type ZoneStatus = Told<typeof schemas.zoneStatus>
export type LedgerEntry = Told<typeof schemas.ledgerEntry>
export type LedgerPage = Told<typeof schemas.ledgerPage>
/** Only of these, where they are given. */
export interface LedgerWanted extends PageWanted {
  readonly pool?: string | undefined
  readonly member?: string | undefined
}
/** What changes from second to second. */
export type Pulse = Told<typeof schemas.pulse>

/**
 * A page of a list by the keys of what is in it. Refused where the last of the page before has gone
 * meanwhile: such a list has no order by which to find its place, and an end would be a lie.
 */
export function pageOf<One>(
  all: readonly One[],
  keyOf: (one: One) => string,
  { limit, after }: PageWanted,
): Page<One> | Refusal {
  const last = after === undefined ? -1 : all.findIndex((one) => keyOf(one) === after)
  if (after !== undefined && last < 0) {
    return refusal('conflict', `"${after}" is not in this list any more`, 'begin without `after`')
  }
  const from = last + 1
  const items = all.slice(from, from + limit)
  const isLast = from + limit >= all.length
  return { items, ...(!isLast && { next: keyOf(items.at(-1)!) }) }
}
