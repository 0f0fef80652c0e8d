/**
 * One client's connection: cuts the stream into messages, answers them in order, and keeps time.
 *
 * Always true: while a client leaves its answers unread, no more of its queries are answered, so
 * what is kept for it stays within the limit by the answers to one portion.
 */

import type { Socket } from 'node:net'

import { createFramer, feedFramer, frameMessage, isMidFrame } from '../../wire/frame.ts'

import type { Client } from '../../engine/world.ts'

import type { Answerer } from '../answerer.ts'
import type { TcpLimits } from './limits.ts'

export class Connection {
  readonly #socket: Socket
  readonly #limits: TcpLimits
  readonly #framer
  readonly #client: Client
  readonly #answerer: Pick<Answerer, 'answer'>
  /** What answers the present portion, sent in one write. */
  #answers: Uint8Array[] = []
  /** What has arrived and waits until the client has read its answers to what came before. */
  #rest: Uint8Array = NOTHING
  #isHeld = false
  /** The client has closed its side. */
  #isOver = false
  /** When the unfinished message began; 0 where there is none. */
  #messageSinceMs = 0
  #isEnding = false

  constructor(
    socket: Socket,
    client: Client,
    limits: TcpLimits,
    answerer: Pick<Answerer, 'answer'>,
  ) {
    this.#socket = socket
    this.#client = client
    this.#limits = limits
    this.#framer = createFramer(limits.queryOctets)
    this.#answerer = answerer
    socket.setTimeout(limits.idleMs, () => socket.destroy())
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('drain', () => this.#resume())
    socket.on('end', () => this.#finish())
    // A client that goes away is no fault of ours; `close` follows.
    socket.on('error', () => socket.destroy())
  }

  /** Sends what has been answered, and answers no more. */
  end(): void {
    this.#isEnding = true
    this.#socket.end()
    this.#socket.resume()
  }

  /** Answers in portions, and stops at one whose answers the client leaves unread. */
  #take(chunk: Uint8Array): void {
    const socket = this.#socket
    for (let at = 0; at < chunk.length && !this.#isEnding; at += PORTION_OCTETS) {
      const isSound = this.#takePortion(chunk.subarray(at, at + PORTION_OCTETS))
      if (!isSound) {
        socket.destroy()
        return
      }
      if (socket.writableNeedDrain && socket.writableLength > this.#limits.unsentOctets) {
        this.#rest = chunk.subarray(at + PORTION_OCTETS)
        this.#isHeld = true
        socket.pause()
        break
      }
    }
    this.#keepTime()
  }

  #takePortion(portion: Uint8Array): boolean {
    const isSound = feedFramer(this.#framer, portion, (message) => this.#reply(message))
    if (this.#answers.length > 0) this.#socket.write(join(this.#answers))
    this.#answers = []
    return isSound
  }

  /** The client has read: what had to wait comes before anything new. */
  #resume(): void {
    const rest = this.#rest
    this.#rest = NOTHING
    this.#isHeld = false
    this.#take(rest)
    if (this.#isHeld) return
    if (this.#isOver) this.#socket.end()
    else this.#socket.resume()
  }

  /** Half-open: a client may close its side right after asking, and is still answered. */
  #finish(): void {
    this.#isOver = true
    if (!this.#isHeld) this.#socket.end()
  }

  /** Between messages a connection may idle; within one the time runs from its first octet. */
  #keepTime(): void {
    if (!isMidFrame(this.#framer)) {
      this.#messageSinceMs = 0
      this.#socket.setTimeout(this.#limits.idleMs)
      return
    }
    const nowMs = performance.now()
    this.#messageSinceMs ||= nowMs
    const leftMs = this.#messageSinceMs + this.#limits.messageMs - nowMs
    if (leftMs > 0) this.#socket.setTimeout(leftMs)
    else this.#socket.destroy()
  }

  #reply(message: Uint8Array): void {
    this.#messageSinceMs = 0
    const response = this.#answerer.answer(message, this.#client)
    if (typeof response !== 'string') this.#answers.push(frameMessage(response))
  }
}

const NOTHING = new Uint8Array(0)

/**
 * A chunk of 64 KiB may hold two thousand queries whose answers are 64 KiB each. So many octets
 * hold few enough that their answers, a few MB at worst, may be made before looking whether the
 * client reads.
 */
const PORTION_OCTETS = 1024

function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}
