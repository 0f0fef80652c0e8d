/**
 * What the page knows of the server, kept up to date: the status as often as it can be told, events
 * as they happen, the ledger while somebody is being drained. Everything that shows reads stores.
 */

import type { Status } from '../../admin/status.ts'

import { historyOf } from './history.ts'
import { ledgerReader } from './ledger.ts'
import { followProbes } from './probes.ts'
import { NO_PROBES, type Probes } from '../model/probes.ts'
import { NO_RATES, type Rates, withCount } from '../model/rates.ts'
import { entryOf, mergedEvents } from '../model/timeline.ts'
import type { LedgerEntry } from '../model/told.ts'
import { type TurnSample, withSample } from '../model/turns.ts'
import type { Api, Problem } from '../shared/api.ts'
import { type EventStreamParts, followEvents } from '../shared/event-stream.ts'
import type { Event } from '../shared/events.ts'
import { createStore, type Store } from '../shared/store.ts'

export interface Link {
  /** Whether what is shown is of now. */
  readonly isLive: boolean
  readonly isStreaming: boolean
  readonly problem?: Problem
}

export interface Live {
  readonly status: Store<Status | undefined>
  readonly samples: Store<readonly TurnSample[]>
  readonly probes: Store<Probes>
  /** Pools whose members are in sight: written by the page, for whom it reads in detail. */
  readonly open: Store<readonly string[]>
  readonly rates: Store<Rates>
  readonly link: Store<Link>
  /** The latest first; empty where the server has no flight recorder. */
  readonly events: Store<readonly Event[]>
  readonly ledger: Store<ReadonlyMap<string, LedgerEntry>>
  /** The last that happened, in words, for who hears the page. */
  readonly heard: Store<string>
  /** The server's time: countdowns run by its clock, not by the reader's. */
  now(): number
  /** Of when what is shown is: now; of a server that does not answer, when it last told. */
  shownAt(): number
  /** Asks at once, since something was changed. */
  refresh(): void
  stop(): void
}

export interface LiveParts {
  readonly api: Api
  readonly stream?: EventStreamParts
}

const EVERY_MS = 1_000
/** A status that takes long to tell is asked for less often: the page is one reader of many. */
const EASE = 10
const EVERY_MAX_MS = 15_000
const AGAIN_MS = 2_000
/** One that is lost may be a moment's hitch. */
const FAILURES_MAX = 2

export function startLive({ api, stream = {} }: LiveParts): Live {
  const live = {
    status: createStore<Status | undefined>(undefined),
    samples: createStore<readonly TurnSample[]>([]),
    probes: createStore(NO_PROBES),
    open: createStore<readonly string[]>([]),
    rates: createStore(NO_RATES),
    link: createStore<Link>({ isLive: true, isStreaming: false }),
    events: createStore<readonly Event[]>([]),
    ledger: createStore<ReadonlyMap<string, LedgerEntry>>(new Map()),
    heard: createStore(''),
  }
  const readLedger = ledgerReader(api)
  let aheadMs = 0
  let etag: string | undefined
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAsking = false
  let isEnded = false

  async function ask(): Promise<void> {
    clearTimeout(timer)
    if (isAsking || isEnded) return
    isAsking = true
    const begunMs = performance.now()
    const read = await api.read<Status>('/api/v1/status', etag)
    isAsking = false
    if (isEnded) return
    if (read !== 'unchanged' && 'problem' in read) {
      failures++
      if (failures >= FAILURES_MAX || !live.status.get()) {
        live.link.set({ ...live.link.get(), isLive: false, problem: read.problem })
      }
      later(AGAIN_MS)
      return
    }
    failures = 0
    live.link.set({ isLive: true, isStreaming: live.link.get().isStreaming })
    if (read !== 'unchanged') {
      etag = read.etag
      take(read.value)
      live.ledger.set(await readLedger(read.value))
    }
    const tookMs = performance.now() - begunMs
    later(Math.min(EVERY_MAX_MS, Math.max(EVERY_MS, tookMs * EASE)))
  }

  function take(status: Status): void {
    const atMs = Date.parse(status.now)
    // Of what is kept for a moment the time is old; that of a tick is not.
    if (!live.link.get().isStreaming) aheadMs = atMs - Date.now()
    live.samples.set(withSample(live.samples.get(), status))
    if (!live.link.get().isStreaming) count(atMs, status.queries)
    live.status.set(status)
  }

  function count(atMs: number, queries: number): void {
    live.rates.set(withCount(live.rates.get(), { atMs, queries }))
  }

  function later(afterMs: number): void {
    clearTimeout(timer)
    // Of a page that is hidden people see the title, which must not be of a server that has gone.
    const isSeen = document.visibilityState === 'visible' || failures > 0
    if (!isEnded && isSeen) timer = setTimeout(ask, afterMs)
  }

  async function readHistory(): Promise<void> {
    live.events.set(mergedEvents(live.events.get(), await historyOf(api)))
  }

  const endStream = followEvents(
    {
      onEvent(event) {
        live.events.set(mergedEvents(live.events.get(), [event]))
        const { who, what, detail } = entryOf(event)
        live.heard.set([`${who} ${what}`, ...(detail === undefined ? [] : [detail])].join(': '))
        void ask()
      },
      onTick({ now, queries }) {
        aheadMs = Date.parse(now) - Date.now()
        count(Date.parse(now), queries)
      },
      onGap() {
        // Where ids have begun anew, what was known would stand above what is new for ever.
        live.events.set([])
        void readHistory()
      },
      onLink(isOpen) {
        live.link.set({ ...live.link.get(), isStreaming: isOpen })
        if (!isOpen) void ask()
      },
    },
    stream,
  )
  const endProbes = followProbes({ api, ...live })
  const now = () => Date.now() + aheadMs
  const wake = () => void (document.visibilityState === 'visible' && ask())
  document.addEventListener('visibilitychange', wake)
  void ask()
  void readHistory()

  return {
    ...live,
    now,
    shownAt() {
      const status = live.status.get()
      return live.link.get().isLive || !status ? now() : Date.parse(status.now)
    },
    refresh: () => void ask(),
    stop() {
      isEnded = true
      clearTimeout(timer)
      endStream()
      endProbes()
      document.removeEventListener('visibilitychange', wake)
    },
  }
}
