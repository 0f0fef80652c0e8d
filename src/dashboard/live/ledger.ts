/** Asks the ledger about the pools of those who were taken out: nobody else waits for it. */

import type { Status } from '../../admin/status.ts'

import type { LedgerEntry, LedgerPage } from '../model/told.ts'
import { addressKey } from '../model/turns.ts'
import type { Api } from '../shared/api.ts'

/** Of more pools that are being emptied, the others are asked about the next times. */
const POOLS_MAX = 8

/** Of a pool of more than so many thousand addresses the others have no countdown. */
const PAGES_MAX = 10

export type ReadLedger = (status: Status) => Promise<ReadonlyMap<string, LedgerEntry>>

export function ledgerReader(api: Api): ReadLedger {
  let known: ReadonlyMap<string, LedgerEntry> = new Map()
  let turn = 0
  return async ({ pools }) => {
    const emptied = pools.filter(({ members }) => members.some(isTakenOut)).map(({ name }) => name)
    const isCrowd = emptied.length > POOLS_MAX
    const first = isCrowd ? turn % emptied.length : 0
    turn = first + POOLS_MAX
    const asked = [...emptied.slice(first), ...emptied.slice(0, first)].slice(0, POOLS_MAX)
    const found = new Map([...known].filter(([, { pool }]) => isCrowd && emptied.includes(pool)))
    for (const pool of asked) {
      for (const entry of await entriesOf(api, pool)) {
        found.set(addressKey(entry.pool, entry.member, entry.family), entry)
      }
    }
    known = found
    return found
  }
}

/** As many as could be had: a page that is refused is asked for again with the next look. */
async function entriesOf(api: Api, pool: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  const asked = new URLSearchParams({ pool, limit: '1000' })
  for (let page = 0; page < PAGES_MAX; page++) {
    const read = await api.read<LedgerPage>(`/api/v1/ledger?${asked}`)
    if (read === 'unchanged' || 'problem' in read) break
    entries.push(...read.value.entries)
    if (read.value.next === undefined) break
    asked.set('after', read.value.next)
  }
  return entries
}

function isTakenOut({ override }: Status['pools'][number]['members'][number]): boolean {
  return override !== undefined && override.word !== 'up'
}
