/**
 * The stream of events (server-sent events): what happened, to everybody who looks, and once a
 * second what changes all the time. Whoever comes back says what it had last, and goes on there.
 *
 * Always true: what is sent to many is made once; of a reader that does not read, no more than a
 * piece waits here, and it is cut off when it has not gone on for a while.
 */

import type { ServerResponse } from 'node:http'

import type { Clock } from '../base/clock.ts'

import type { Event } from '../control/history/event.ts'
import type { History } from '../control/history/history.ts'

import type { Pulse } from './listings.ts'

export const STREAMS_MAX = 1_024
/** Of events that are sent at once; a reader has to take them before it gets more. */
export const PIECE_OCTETS_MAX = 32_768
const TICK_MS = 1_000
/** Kept for others who are as far: more than memory has, for those who read it from the start. */
const PIECES_MAX = 64
/** So many ticks a reader may leave what it was sent where it is. */
export const STALLED_TICKS_MAX = 30
/** Thousands may flip at once: what comes together is sent together. */
const GATHER_MS = 20
/** When a browser that lost the stream asks again. */
const RETRY = 'retry: 2000\n\n'

export interface EventStreamsOptions {
  readonly history: History
  readonly clock: Clock
  readonly pulse: () => Pulse
}

export interface StreamCounts {
  readonly open: number
  /** Readers that did not read, since the start. */
  readonly cutOff: number
}

interface Stream {
  readonly outgoing: ServerResponse
  /** The latest event that it was sent. */
  sentId: number
  /** Whether what it was sent has yet to be taken, and since how many ticks. */
  isWaiting: boolean
  stalledTicks: number
}

interface Piece {
  readonly octets: Buffer
  readonly lastId: number
}

export class EventStreams {
  readonly #options: EventStreamsOptions
  readonly #streams = new Set<Stream>()
  /** By the event that they follow. */
  readonly #pieces = new Map<number, Piece>()
  #cutOff = 0
  #isClosed = false
  #unsubscribe = () => {}
  #cancelTick = () => {}
  #cancelGather: (() => void) | undefined

  constructor(options: EventStreamsOptions) {
    this.#options = options
  }

  get counts(): StreamCounts {
    return { open: this.#streams.size, cutOff: this.#cutOff }
  }

  /** Whether nobody else can be taken. */
  get isFull(): boolean {
    return this.#isClosed || this.#streams.size >= STREAMS_MAX
  }

  /** Answers with the events after that one, and with all that come; none before if it is unset. */
  open(outgoing: ServerResponse, afterId: number | undefined): void {
    const { history } = this.#options
    const stream: Stream = {
      outgoing,
      sentId: afterId ?? history.lastId,
      ...{ isWaiting: false, stalledTicks: 0 },
    }
    outgoing.on('error', () => {}) // Whoever goes away in the middle is gone: `close` follows.
    outgoing.on('close', () => this.#drop(stream))
    outgoing.on('drain', () => {
      stream.isWaiting = false
      stream.stalledTicks = 0
      this.#feed(stream)
    })
    this.#streams.add(stream)
    if (this.#streams.size === 1) this.#begin()
    this.#send(stream, Buffer.from(RETRY))
    this.#send(stream, this.#tick())
    this.#feed(stream)
  }

  /** Ends every stream at once, after what has happened. */
  close(): void {
    this.#isClosed = true
    if (this.#cancelGather) {
      this.#cancelGather()
      this.#spread()
    }
    for (const stream of [...this.#streams]) {
      this.#drop(stream)
      stream.outgoing.end()
      if (stream.outgoing.writableLength > 0) stream.outgoing.destroy()
    }
  }

  #begin(): void {
    const { history, clock } = this.#options
    this.#unsubscribe = history.subscribe(() => {
      this.#cancelGather ??= clock.after(GATHER_MS, () => this.#spread())
    })
    const beat = () => {
      this.#cancelTick = clock.after(TICK_MS, beat)
      this.#beat()
    }
    this.#cancelTick = clock.after(TICK_MS, beat)
  }

  #drop(stream: Stream): void {
    if (!this.#streams.delete(stream) || this.#streams.size > 0) return
    this.#unsubscribe()
    this.#cancelTick()
    this.#cancelGather?.()
    this.#cancelGather = undefined
    this.#pieces.clear()
  }

  /** What has happened, to all who have taken what was before. */
  #spread(): void {
    this.#cancelGather = undefined
    for (const stream of [...this.#streams]) this.#feed(stream)
  }

  #beat(): void {
    this.#pieces.clear() // They hold on to events that memory may have let go.
    const tick = this.#tick()
    for (const stream of [...this.#streams]) {
      if (!stream.isWaiting) this.#send(stream, tick)
      else if (++stream.stalledTicks > STALLED_TICKS_MAX) this.#cut(stream)
    }
  }

  #cut(stream: Stream): void {
    this.#cutOff++
    this.#drop(stream)
    stream.outgoing.destroy()
  }

  #feed(stream: Stream): void {
    const { lastId } = this.#options.history
    // Ids that begin anew, as where the history was lost, are none that this reader can go on from.
    if (stream.sentId > lastId) {
      this.#send(stream, gap(stream.sentId, lastId))
      stream.sentId = lastId
    }
    while (!stream.isWaiting && stream.sentId < lastId) {
      const piece = this.#pieceAfter(stream.sentId)
      if (!piece) return
      stream.sentId = piece.lastId
      this.#send(stream, piece.octets)
    }
  }

  #send(stream: Stream, octets: Buffer): void {
    if (!stream.outgoing.write(octets)) stream.isWaiting = true
  }

  #pieceAfter(id: number): Piece | undefined {
    const known = this.#pieces.get(id)
    if (known) return known
    const piece = this.#makePiece(id)
    if (!piece) return
    if (this.#pieces.size === PIECES_MAX) this.#pieces.clear()
    this.#pieces.set(id, piece)
    return piece
  }

  #makePiece(id: number): Piece | undefined {
    const { events, isComplete } = this.#options.history.since(id)
    if (events.length === 0) return
    const frames = isComplete ? [] : [gap(id, events[0]!.id - 1)]
    let lastId = id
    for (let octets = 0; octets < PIECE_OCTETS_MAX; ) {
      const event = events[frames.length - (isComplete ? 0 : 1)]
      if (!event) break
      const frame = frameOf(event)
      frames.push(frame)
      octets += frame.length
      lastId = event.id
    }
    return { octets: Buffer.concat(frames), lastId }
  }

  #tick(): Buffer {
    const { history, pulse } = this.#options
    const data = JSON.stringify({ ...pulse(), lastId: history.lastId })
    return Buffer.from(`event: tick\ndata: ${data}\n\n`)
  }
}

function frameOf(event: Event): Buffer {
  return Buffer.from(`id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`)
}

/** Events after the one and up to the other are not here any more. */
function gap(afterId: number, upToId: number): Buffer {
  const data = JSON.stringify({ after: afterId, upTo: upToId })
  return Buffer.from(`event: gap\ndata: ${data}\n\n`)
}
