/** Asks the ledger about the pools of those who were taken out: nobody else waits for it. */

import type { Status } from '../../admin/status.ts'

import type { LedgerEntry, LedgerPage } from '../model/told.ts'
import { addressKey } from '../model/turns.ts'
import type { Api } from '../shared/api.ts'

/** More pools being emptied at once are asked about by a program, not by a page. */
const POOLS_MAX = 8

export async function ledgerOf(
  api: Api,
  { pools }: Status,
): Promise<ReadonlyMap<string, LedgerEntry>> {
  const emptied = pools
    .filter(({ members }) => members.some(isTakenOut))
    .slice(0, POOLS_MAX)
    .map(({ name }) => `/api/v1/ledger?pool=${encodeURIComponent(name)}`)
  const found = new Map<string, LedgerEntry>()
  for (const path of emptied) {
    const read = await api.read<LedgerPage>(path)
    if (read === 'unchanged' || 'problem' in read) continue
    for (const entry of read.value.entries) {
      found.set(addressKey(entry.pool, entry.member, entry.family), entry)
    }
  }
  return found
}

function isTakenOut({ override }: Status['pools'][number]['members'][number]): boolean {
  return override !== undefined && override.word !== 'up'
}
