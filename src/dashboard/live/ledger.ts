/** Asks the ledger about the pools of those who were taken out: nobody else waits for it. */

import type { Status } from '../../admin/status.ts'

import type { LedgerEntry, LedgerPage } from '../model/told.ts'
import { addressKey } from '../model/turns.ts'
import type { Api } from '../shared/api.ts'

/** Of more pools that are being emptied, the others are asked about the next times. */
const POOLS_MAX = 8

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
      const read = await api.read<LedgerPage>(`/api/v1/ledger?pool=${encodeURIComponent(pool)}`)
      if (read === 'unchanged' || 'problem' in read) continue
      for (const entry of read.value.entries) {
        found.set(addressKey(entry.pool, entry.member, entry.family), entry)
      }
    }
    known = found
    return found
  }
}

function isTakenOut({ override }: Status['pools'][number]['members'][number]): boolean {
  return override !== undefined && override.word !== 'up'
}
