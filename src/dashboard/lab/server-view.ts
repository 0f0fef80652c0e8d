/**
 * How the server and the demo's backends stand, looked at each second while somebody looks at the
 * page, and sooner after a click.
 */

import type { Status } from '../../admin/status.ts'

import type { Api } from '../shared/api.ts'
import { createStore, type Store } from '../shared/store.ts'
import type { Clock } from './clock.ts'
import { type DemoBackend, type Promised, readBackends, readPromises } from './demo-api.ts'
import type { Balanced } from './target.ts'

export interface ServerView {
  readonly isLive: boolean
  readonly status?: Status
  /** Absent where the server is no demo. */
  readonly backends?: readonly DemoBackend[]
  readonly promises?: readonly Promised[]
}

export interface ServerWatch {
  readonly view: Store<ServerView>
  /** Looks now, and again in a second. */
  look(): Promise<void>
}

const LOOK_EVERY_MS = 1_000

export function watchServer(api: Api, clock: Clock, isVisible: () => boolean): ServerWatch {
  const view = createStore<ServerView>({ isLive: true })
  let etag: string | undefined
  let cancel = () => {}

  const look = async () => {
    cancel()
    const read = await api.read<Status>('/api/v1/status', etag)
    const before = view.get()
    const isLive = read === 'unchanged' || 'value' in read
    const fresh = typeof read === 'object' && 'value' in read ? read : undefined
    etag = fresh?.etag ?? etag
    const status = fresh?.value ?? before.status
    // Asked of no other server: it would have to say that there is no such thing.
    const isDemo = isLive && status?.isDemo === true
    const backends = isDemo ? await readBackends(api) : before.backends
    const isFirst = isDemo && before.promises === undefined
    const promises = isFirst ? await readPromises(api) : before.promises
    view.set({
      isLive,
      ...(status && { status }),
      ...(backends && { backends }),
      ...(promises && { promises }),
    })
    cancel()
    cancel = clock.after(LOOK_EVERY_MS, beat)
  }
  const beat = () => {
    if (isVisible()) void look()
    else cancel = clock.after(LOOK_EVERY_MS, beat)
  }
  return { view, look }
}

/** Which pool answers a name; undefined where it is not balanced, or nothing answers. */
export async function readBalanced(api: Api, name: string): Promise<Balanced | undefined> {
  const path = `/api/v1/explain?name=${encodeURIComponent(name)}`
  const read = await api.read<{ balanced?: Balanced }>(path)
  return typeof read === 'object' && 'value' in read ? read.value.balanced : undefined
}

const NAMES_MAX = 200

/** Names to choose from, as far as the server tells them. */
export async function readNames(api: Api): Promise<readonly string[]> {
  const read = await api.read<{ names: readonly { name: string }[] }>(
    `/api/v1/names?limit=${NAMES_MAX}`,
  )
  if (typeof read !== 'object' || !('value' in read)) return []
  return read.value.names.map(({ name }) => name.replace(/\.$/, ''))
}
