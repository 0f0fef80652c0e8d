/**
 * DNS over TCP (RFC 7766): pipelined queries answered in order, connections that idle closed, and
 * never more connections or unsent octets than the limits allow. It calls the same engine as UDP,
 * in the main thread: TCP is for what UDP could not carry.
 */

import { createServer, type Server, type Socket } from 'node:net'

import { type Endpoint, parseV6 } from '../../base/address.ts'
import { systemClock } from '../../base/clock.ts'

import { answer, MESSAGE_OCTETS_MAX } from '../../engine/answer.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Client } from '../../engine/world.ts'

import { bindProblem } from '../bind-problem.ts'
import { type Counters, count, countLatency } from '../counters.ts'
import { Connection } from './connection.ts'
import { TCP_LIMITS, type TcpLimits } from './limits.ts'

export interface TcpOptions {
  readonly endpoint: Endpoint
  readonly engine: Engine
  readonly counters: Counters
  readonly limits?: Partial<TcpLimits>
  /** Told of an exception while answering, which is a fault of the program; the query is lost. */
  readonly onFault?: (error: unknown) => void
}

export class TcpServer {
  readonly #options: TcpOptions
  readonly #limits: TcpLimits
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  /** Room for the longest answer; copied from as each answer is sent. */
  readonly #out = new Uint8Array(MESSAGE_OCTETS_MAX)
  /** When the last answer had been made. */
  readonly #sentMoment = new Float64Array(1)
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
      this.#server.on('error', (error: NodeJS.ErrnoException) => {
        // After the start it is a client that could not be accepted, for want of descriptors.
        this.#refusals++
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

  /**
   * Takes no more connections, answers what those that are open have asked, and ends. A client that
   * does not take its answers, or does not close its side, is waited for only so long.
   */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    // What has arrived is read in a whole turn of the loop; this one may be past that.
    for (let turns = 0; turns < 2; turns++) await turnOfLoop()
    for (const connection of this.#connections) connection.end()
    const grace = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
    }, STOP_GRACE_MS)
    await closed
    clearTimeout(grace)
  }

  #accept(socket: Socket): void {
    const { connections, connectionsEach } = this.#limits
    const from = holderOf(socket.remoteAddress ?? '')
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
    const { engine, counters, onFault } = this.#options
    try {
      engine.moment[0] = systemClock.now()
      const length = answer(engine, request, request.length, client, this.#out)
      count(counters, engine.scratch, this.#out, length)
      if (length === 0) return
      this.#sentMoment[0] = systemClock.now()
      countLatency(counters, engine.moment, this.#sentMoment, 1)
      return this.#out.subarray(0, length)
    } catch (error) {
      // A fault of ours ends a UDP worker, which is replaced. This thread has no replacement.
      onFault?.(error)
      return undefined
    }
  }
}

/** How long a stopping server waits for clients to take their last answers. */
const STOP_GRACE_MS = 500

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Whom a connection counts against: an IPv4 address, or the /64 that a host of IPv6 has whole. */
function holderOf(address: string): string {
  const octets = parseV6(address.split('%')[0])
  return octets ? octets.subarray(0, 8).join('.') : address
}

function countOf<Item>(items: Iterable<Item>, isCounted: (item: Item) => boolean): number {
  let total = 0
  for (const item of items) if (isCounted(item)) total++
  return total
}
