/** Asks for the latest probes every few seconds, while somebody looks. */

import { type Probes, probesOf } from '../model/probes.ts'
import type { VerdictsPage } from '../model/told.ts'
import type { Api } from '../shared/api.ts'
import type { Store } from '../shared/store.ts'

/** More than are ever seen at once; each brings its probes. */
const LIMIT = 200
const EVERY_MS = 4_000

export function followProbes(api: Api, probes: Store<Probes>): () => void {
  let isAsking = false
  const ask = async () => {
    if (isAsking || document.visibilityState !== 'visible') return
    isAsking = true
    const read = await api.read<VerdictsPage>(`/api/v1/verdicts?limit=${LIMIT}`)
    isAsking = false
    if (read !== 'unchanged' && 'value' in read) probes.set(probesOf(read.value.verdicts))
  }
  void ask()
  const timer = setInterval(() => void ask(), EVERY_MS)
  return () => clearInterval(timer)
}
