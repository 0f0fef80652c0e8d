/** Asks for the latest probes every few seconds, while somebody looks. */

import type { Status } from '../../admin/status.ts'

import { type Probes, probesOf } from '../model/probes.ts'
import type { VerdictStatus, VerdictsPage } from '../model/told.ts'
import type { Api } from '../shared/api.ts'
import type { Store } from '../shared/store.ts'

/** More than are ever seen at once; each brings its probes. */
const LIMIT = 200
/** Where there are more, those of so many pools that stand open. */
const POOLS_MAX = 12
const EVERY_MS = 4_000

export interface ProbesParts {
  readonly api: Api
  readonly status: Store<Status | undefined>
  /** Pools whose members are in sight. */
  readonly open: Store<readonly string[]>
  readonly probes: Store<Probes>
}

export function followProbes({ api, status, open, probes }: ProbesParts): () => void {
  /** None where it is not told, as of a pool that has just gone. */
  const read = async (pool?: string): Promise<readonly VerdictStatus[]> => {
    const query = new URLSearchParams({ limit: String(LIMIT), ...(pool && { pool }) })
    const told = await api.read<VerdictsPage>(`/api/v1/verdicts?${query}`)
    return told !== 'unchanged' && 'value' in told ? told.value.verdicts : []
  }
  let isAsking = false
  const ask = async () => {
    if (isAsking || document.visibilityState !== 'visible') return
    isAsking = true
    const isCrowd = membersOf(status.get()) > LIMIT
    const pools = isCrowd ? open.get().slice(0, POOLS_MAX) : [undefined]
    const found: VerdictStatus[] = []
    for (const pool of pools) found.push(...(await read(pool)))
    isAsking = false
    // What was known stays while nobody answers.
    if (found.length > 0) probes.set(probesOf(found))
  }
  void ask()
  const timer = setInterval(() => void ask(), EVERY_MS)
  return () => clearInterval(timer)
}

function membersOf(status: Status | undefined): number {
  return status?.pools.reduce((sum, { members }) => sum + members.length, 0) ?? 0
}
