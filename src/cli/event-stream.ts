/** Follows the stream of events of a server (server-sent events), over its restarts. */

import type { Clock } from '../base/clock.ts'

import type { Event } from '../control/history/event.ts'

export interface Follower {
  readonly url: string
  readonly clock: Clock
  /** Absent: for ever. */
  readonly signal?: AbortSignal | undefined
  readonly onEvent: (event: Event) => void
  /** Events after the first number and up to the second are no longer there to be had. */
  readonly onGap: (afterId: number, upToId: number) => void
  /** The stream has ended and is asked for again; told once, until it is there again. */
  readonly onLoss: (reason: string) => void
}

/** Between two attempts. */
const AGAIN_MS = 2_000
/** A server says something every second. */
const SILENCE_MAX_MS = 15_000
const SILENT = 'nothing was heard of it for long'
/** Of one frame; a line of events is far shorter. */
const FRAME_CHARACTERS_MAX = 1_000_000

/** Resolves once the signal says so, or to the reason for which a server has no stream to give. */
export async function followEvents(
  afterId: number,
  follower: Follower,
): Promise<string | undefined> {
  const { clock, signal, onLoss } = follower
  let lastId = afterId
  let isLost = false
  while (!signal?.aborted) {
    const outcome = await readStream(lastId, follower, (frame) => {
      isLost = false
      lastId = take(frame, follower) ?? lastId
    })
    if (signal?.aborted) break
    if (outcome.isRefusal) return outcome.reason
    if (!isLost) onLoss(outcome.reason)
    isLost = true
    await new Promise<void>((resolve) => {
      clock.after(AGAIN_MS, resolve)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }
  return undefined
}

interface End {
  readonly reason: string
  /** Whether asking again would not help. */
  readonly isRefusal: boolean
}

async function readStream(
  afterId: number,
  { url, clock, signal }: Follower,
  onFrame: (frame: Frame) => void,
): Promise<End> {
  const ending = new AbortController()
  const end = () => ending.abort()
  signal?.addEventListener('abort', end, { once: true })
  let isSilent = false
  const hush = () => {
    isSilent = true
    end()
  }
  let cancel = clock.after(SILENCE_MAX_MS, hush)
  try {
    const response = await fetch(`${url}/api/v1/events?after=${afterId}`, {
      redirect: 'error',
      signal: ending.signal,
    })
    if (!response.ok || !response.body) return refusalOf(response)
    const reader = response.body.getReader()
    // The signal alone is not enough: Node 20 forgets it once its request has been collected.
    ending.signal.addEventListener('abort', () => void reader.cancel().catch(() => {}))
    const decoder = new TextDecoder()
    let text = ''
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      cancel()
      cancel = clock.after(SILENCE_MAX_MS, hush)
      const parts = (text + decoder.decode(read.value, { stream: true })).split('\n\n')
      text = parts.pop()!
      if (text.length > FRAME_CHARACTERS_MAX) break
      for (const part of parts) onFrame(frameOf(part))
    }
    end() // Whoever says too much is not listened to any more.
    return { reason: isSilent ? SILENT : 'the server has ended it', isRefusal: false }
  } catch (error) {
    const { cause, message } = error as Error
    const reason = isSilent ? SILENT : message
    return { reason: (cause as Error | undefined)?.message ?? reason, isRefusal: false }
  } finally {
    cancel()
    signal?.removeEventListener('abort', end)
  }
}

async function refusalOf(response: Response): Promise<End> {
  const { status } = response
  const problem = (await response.json().catch(() => ({}))) as { readonly detail?: string }
  const reason = problem.detail ?? `status ${status}`
  return { reason, isRefusal: status < 500 }
}

interface Frame {
  readonly event: string
  readonly data: string
}

function frameOf(text: string): Frame {
  const lines = text.split('\n')
  const valuesOf = (field: string) =>
    lines.flatMap((line) => (line.startsWith(`${field}: `) ? [line.slice(field.length + 2)] : []))
  return { event: valuesOf('event')[0] ?? '', data: valuesOf('data').join('\n') }
}

/** Passes on what a frame says; returns the number that is now the last. */
function take({ event, data }: Frame, { onEvent, onGap }: Follower): number | undefined {
  if (data === '' || event === 'tick') return
  if (event === 'gap') {
    const { after, upTo } = JSON.parse(data) as { readonly after: number; readonly upTo: number }
    onGap(after, upTo)
    return upTo
  }
  const happened = JSON.parse(data) as Event
  onEvent(happened)
  return happened.id
}
