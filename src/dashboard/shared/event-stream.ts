/**
 * The server's event stream: events as they happen, and a tick each second. A browser takes up a
 * stream that breaks by itself, with the last id; where the server refuses it, we come back.
 */

import { EVENT_KINDS, type Event } from './events.ts'

/** Sent each second, so that silence means something. */
export interface Tick {
  readonly now: string
  readonly generation: number
  readonly queries: number
  readonly answers: number
  readonly lastId: number
}

/** Events up to this one are lost. */
interface Gap {
  readonly upTo: number
}

export interface EventListeners {
  readonly onEvent: (event: Event) => void
  readonly onTick?: (tick: Tick) => void
  /** Some events are lost: what was built from them should be read anew. */
  readonly onGap?: () => void
  /** Whether the stream is there now. */
  readonly onLink?: (isOpen: boolean) => void
}

/** What of EventSource is used; tests bring their own. */
export interface Source {
  readonly readyState: number
  addEventListener(kind: string, listener: (message: MessageEvent<string>) => void): void
  close(): void
}

export interface EventStreamParts {
  readonly path?: string
  readonly open?: (url: string) => Source
  /** Calls back after so many milliseconds; returns what takes it back. */
  readonly later?: (call: () => void, afterMs: number) => () => void
}

const CLOSED = 2
const PATH = '/api/v1/events'
const AGAIN_MIN_MS = 1_000
const AGAIN_MAX_MS = 30_000
/** Ticks come each second: after so much silence the line is dead, whatever TCP believes. */
const SILENCE_MAX_MS = 5_000

/** Follows the stream until the returned function is called. */
export function followEvents(
  { onEvent, onTick, onGap, onLink }: EventListeners,
  { path = PATH, open = openSource, later = laterOf }: EventStreamParts = {},
): () => void {
  let source: Source | undefined
  let lastId: number | undefined
  let waitMs = AGAIN_MIN_MS
  let cancelWait = () => {}
  let cancelSilence = () => {}

  const drop = () => {
    cancelSilence()
    source?.close()
    source = undefined
    onLink?.(false)
    cancelWait()
    cancelWait = later(begin, waitMs)
    waitMs = Math.min(waitMs * 2, AGAIN_MAX_MS)
  }
  const heard = () => {
    cancelSilence()
    cancelSilence = later(drop, SILENCE_MAX_MS)
  }

  const begin = () => {
    const mine = open(lastId === undefined ? path : `${path}?after=${lastId}`)
    source = mine
    heard()
    mine.addEventListener('open', () => {
      waitMs = AGAIN_MIN_MS
      heard()
      onLink?.(true)
    })
    mine.addEventListener('error', () => {
      if (source !== mine) return
      if (mine.readyState === CLOSED) drop()
      else onLink?.(false)
    })
    mine.addEventListener('gap', ({ data }) => {
      // Where ids began anew, those that come are lower than those that were.
      lastId = (JSON.parse(data) as Gap).upTo
      onGap?.()
    })
    mine.addEventListener('tick', ({ data }) => {
      heard()
      const tick = JSON.parse(data) as Tick
      lastId ??= tick.lastId
      onTick?.(tick)
    })
    for (const kind of EVENT_KINDS) {
      mine.addEventListener(kind, ({ data }) => {
        heard()
        const event = JSON.parse(data) as Event
        lastId = Math.max(lastId ?? 0, event.id)
        onEvent(event)
      })
    }
  }

  begin()
  return () => {
    cancelWait()
    cancelSilence()
    source?.close()
    source = undefined
  }
}

function openSource(url: string): Source {
  return new EventSource(url)
}

function laterOf(call: () => void, afterMs: number): () => void {
  const timer = setTimeout(call, afterMs)
  return () => clearTimeout(timer)
}
