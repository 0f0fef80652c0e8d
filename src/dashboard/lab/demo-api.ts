/** The backends of `rota demo`, to be seen, stopped, started and reached from the page. */

import type { Api, Problem } from '../shared/api.ts'
import type { Reach } from './visitor.ts'

export interface DemoBackend {
  readonly name: string
  readonly address: string
  readonly isRunning: boolean
  /** The origin of its pages, of which nobody answers while it is stopped. */
  readonly page: string
}

/** How long clients of a name may be sent to who has died, at worst. */
export interface Promised {
  readonly name: string
  /** Until no answer has it any more. */
  readonly answersMs?: number
  /** Until no cache has it any more. */
  readonly cachesMs?: number
}

const BACKENDS = '/api/v1/demo/backends'
const FAILOVERS = '/api/v1/demo/failovers'

/** Of a demo; undefined where it does not answer. */
export async function readBackends(api: Api): Promise<readonly DemoBackend[] | undefined> {
  const read = await api.read<{ backends: readonly DemoBackend[] }>(BACKENDS)
  return typeof read === 'object' && 'value' in read ? read.value.backends : undefined
}

export async function readPromises(api: Api): Promise<readonly Promised[]> {
  const read = await api.read<{ failovers: readonly Promised[] }>(FAILOVERS)
  return typeof read === 'object' && 'value' in read ? read.value.failovers : []
}

export async function switchBackend(
  api: Api,
  name: string,
  action: 'start' | 'stop',
): Promise<{ readonly backend: DemoBackend } | { readonly problem: Problem }> {
  const reply = await api.write<DemoBackend>('POST', `${BACKENDS}/${name}/${action}`)
  return 'value' in reply ? { backend: reply.value } : reply
}

const GREETING_CHARACTERS_MAX = 100
const REACH_TIMEOUT_MS = 2_000

/** Asks whoever is at an address who it is, as a user's browser would; `origin` is of its pages. */
export async function reachBackend(fetchPage: typeof fetch, origin: string): Promise<Reach> {
  try {
    const signal = AbortSignal.timeout(REACH_TIMEOUT_MS)
    const response = await fetchPage(`${origin}/whoami`, { cache: 'no-store', signal })
    const words = (await response.text()).slice(0, GREETING_CHARACTERS_MAX).trim()
    return response.ok
      ? { isServed: true, words }
      : { isServed: false, words: `HTTP ${response.status}` }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return { isServed: false, words: isLate ? 'no answer in time' : 'cannot connect' }
  }
}
