/**
 * DNS over TCP (RFC 7766): pipelined queries answered in order, connections that idle closed, and
 * never more connections or unsent octets than the limits below. It calls the same engine as UDP,
 * in the main thread: TCP is for what UDP could not carry.
 */

import { createServer, type Server, type Socket } from 'node:net'

import { type Endpoint, parseAddress } from '../../base/address.ts'

import { createFramer, feedFramer, frameMessage, isMidFrame } from '../../wire/frame.ts'

import { answer, MESSAGE_OCTETS_MAX } from '../../engine/answer.ts'
import type { Engine } from '../../engine/engine.ts'
import { type Client, createClient } from '../../engine/world.ts'

import { bindProblem } from '../bind-problem.ts'
import { type Counters, count } from '../counters.ts'

export const TCP_LIMITS = {
  /** All connections together, on each address; more are refused by closing them. */
  connections: 1024,
  /** One client may not take them all. */
  connectionsEach: 64,
  /** RFC 7766 §6.2.3 asks for seconds; clients that want longer reconnect. */
  idleMs: 10_000,
  /** A message that has begun must end in this time. */
  messageMs: 5_000,
  /** Queries are short; the longest that any client was seen to send is far below. */
  queryOctets: 4096,
  /** A client that does not read is not answered further until it does. */
  unsentOctets: 256 * 1024,
} as const

export type TcpLimits = { readonly [Name in keyof typeof TCP_LIMITS]: number }

export interface TcpOptions {
  readonly endpoint: Endpoint
  readonly engine: Engine
  readonly counters: Counters
  readonly limits?: Partial<TcpLimits>
}

export class TcpServer {
  readonly #options: TcpOptions
  readonly #limits: TcpLimits
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  /** Room for the longest answer, its length in front; copied from as each answer is sent. */
  readonly #out = new Uint8Array(MESSAGE_OCTETS_MAX)
  #refusals = 0

  constructor(options: TcpOptions) {
    this.#options = options
    this.#limits = { ...TCP_LIMITS, ...options.limits }
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.#accept(socket),
    )
  }

  /** Resolves with the endpoint; rejects with what to do where it cannot be had. */
  start(): Promise<Endpoint> {
    const { endpoint } = this.#options
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(bindProblem('TCP', endpoint, error.code ?? error.message)))
      })
      const { address: host, port } = endpoint
      this.#server.listen({ host, port, ipv6Only: true, backlog: 511 }, () => {
        const bound = this.#server.address()
        if (bound === null || typeof bound === 'string') return
        resolve({ address: endpoint.address, port: bound.port })
      })
    })
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Connections closed at once because a limit was reached. */
  get refusals(): number {
    return this.#refusals
  }

  /** Takes no more connections, lets those that are open finish what they have asked, and ends. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      for (const connection of this.#connections) connection.end()
    })
  }

  #accept(socket: Socket): void {
    const { connections, connectionsEach } = this.#limits
    const from = socket.remoteAddress ?? ''
    const sameCount = countOf(this.#connections, (connection) => connection.from === from)
    if (this.#connections.size >= connections || sameCount >= connectionsEach) {
      this.#refusals++
      socket.destroy()
      return
    }
    const connection = new Connection(socket, from, this.#limits, (request, client) =>
      this.#answer(request, client),
    )
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
  }

  #answer(request: Uint8Array, client: Client): Uint8Array | undefined {
    const { engine, counters } = this.#options
    const length = answer(engine, request, request.length, client, this.#out)
    count(counters, this.#out, length)
    return length === 0 ? undefined : this.#out.subarray(0, length)
  }
}

type Answer = (request: Uint8Array, client: Client) => Uint8Array | undefined

class Connection {
  readonly from: string
  readonly #socket: Socket
  readonly #limits: TcpLimits
  readonly #framer
  readonly #client = createClient(true)
  readonly #answer: Answer
  /** What answers the present chunk, sent in one write. */
  #answers: Uint8Array[] = []

  constructor(socket: Socket, from: string, limits: TcpLimits, answer: Answer) {
    this.from = from
    this.#socket = socket
    this.#limits = limits
    this.#framer = createFramer(limits.queryOctets)
    this.#answer = answer
    const octets = parseAddress(from.split('%')[0])
    this.#client.address.set(octets ?? [])
    this.#client.isV6 = octets?.length === 16
    socket.setTimeout(limits.idleMs, () => socket.destroy())
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('drain', () => socket.resume())
    // Half-open: a client may close its side right after asking, and still be answered.
    socket.on('end', () => socket.end())
    // A client that goes away is no fault of ours; `close` follows.
    socket.on('error', () => socket.destroy())
  }

  end(): void {
    this.#socket.end()
    this.#socket.setTimeout(STOP_GRACE_MS)
  }

  #take(chunk: Uint8Array): void {
    const socket = this.#socket
    const isSound = feedFramer(this.#framer, chunk, (message) => this.#reply(message))
    if (this.#answers.length > 0) socket.write(join(this.#answers))
    this.#answers = []
    if (!isSound) {
      socket.destroy()
      return
    }
    socket.setTimeout(isMidFrame(this.#framer) ? this.#limits.messageMs : this.#limits.idleMs)
    if (socket.writableLength > this.#limits.unsentOctets) socket.pause()
  }

  #reply(message: Uint8Array): void {
    const response = this.#answer(message, this.#client)
    if (response) this.#answers.push(frameMessage(response))
  }
}

/** How long a stopping server waits for a client to take its last answers. */
const STOP_GRACE_MS = 500

function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}

function countOf<Item>(items: Iterable<Item>, isCounted: (item: Item) => boolean): number {
  let total = 0
  for (const item of items) if (isCounted(item)) total++
  return total
}
