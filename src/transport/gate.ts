/**
 * Where connections come in, whatever is spoken on them: it listens, has those who come before the
 * start wait, refuses what is above the limits, shakes hands where TLS is spoken, and at the end
 * waits for those inside only so long.
 */

import { createServer, type Server, type Socket } from 'node:net'

import { type Endpoint, parseV6 } from '../base/address.ts'

import { BindFault } from './bind-problem.ts'
import { TlsFront, type TlsFrontOptions } from './tls/front.ts'

export interface GateLimits {
  /** All connections together; more are refused by closing them. */
  readonly connections: number
  /** One client may not take them all. */
  readonly connectionsEach: number
}

export interface GateOptions {
  readonly endpoint: Endpoint
  readonly limits: GateLimits
  /** Whether a client that has closed its side may still be answered. */
  readonly allowHalfOpen: boolean
  /** Absent: no TLS is spoken. */
  readonly tls?: Omit<TlsFrontOptions, 'take'> | undefined
  /** Has each connection that is let in, and the protocol that ALPN came to, if it did. */
  readonly take: (socket: Socket, protocol?: string) => void
  /** Called at the end, once what has arrived was read: nothing is asked any more. */
  readonly end: () => void
}

export class Gate {
  readonly #options: GateOptions
  readonly #server: Server
  readonly #front: TlsFront | undefined
  readonly #sockets = new Set<Socket>()
  /** How many connections each client has. */
  readonly #held = new Map<string, number>()
  #hasStarted = false
  #refusals = 0

  constructor(options: GateOptions) {
    this.#options = options
    const { allowHalfOpen, tls, take } = options
    this.#front =
      tls && new TlsFront({ ...tls, take: (one) => take(one, one.alpnProtocol || undefined) })
    this.#server = createServer({ noDelay: true, allowHalfOpen }, (socket) => this.#accept(socket))
  }

  /**
   * Takes the address; who connects from now on waits, within the limits. Resolves with the
   * endpoint; rejects with a BindFault where it cannot be had.
   */
  open(): Promise<Endpoint> {
    const { endpoint } = this.#options
    return new Promise((resolve, reject) => {
      this.#server.on('error', (error: NodeJS.ErrnoException) => {
        // After the start it is a client that could not be accepted, for want of descriptors.
        this.#refusals++
        reject(new BindFault('TCP', endpoint, error.code ?? error.message))
      })
      const { address: host, port } = endpoint
      this.#server.listen({ host, port, ipv6Only: true, backlog: 511 }, () => {
        const bound = this.#server.address()
        if (bound === null || typeof bound === 'string') return
        resolve({ address: endpoint.address, port: bound.port })
      })
    })
  }

  /** Lets in who has waited, and from now on who comes. */
  start(): void {
    this.#hasStarted = true
    for (const socket of this.#sockets) this.#letIn(socket)
  }

  get connectionCount(): number {
    return this.#sockets.size
  }

  /** Connections closed at once because a limit was reached. */
  get refusals(): number {
    return this.#refusals
  }

  /** Connections that came to no handshake. */
  get handshakeFailures(): number {
    return this.#front?.failures ?? 0
  }

  /**
   * Takes no more connections, has what those inside have asked answered, and waits until all have
   * gone: a client that does not take its answers, or does not close its side, only so long.
   */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    // Before the start nobody is inside, and who waits has been answered nothing.
    if (!this.#hasStarted) for (const socket of this.#sockets) socket.destroy()
    // What has arrived is read in a whole turn of the loop; this one may be past that.
    for (let turns = 0; turns < 2; turns++) await turnOfLoop()
    this.#options.end()
    const grace = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, STOP_GRACE_MS)
    await closed
    clearTimeout(grace)
    this.#front?.stop()
  }

  #accept(socket: Socket): void {
    const { limits } = this.#options
    const holder = holderOf(socket.remoteAddress ?? '')
    const held = this.#held.get(holder) ?? 0
    if (this.#sockets.size >= limits.connections || held >= limits.connectionsEach) {
      this.#refusals++
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    this.#held.set(holder, held + 1)
    socket.once('close', () => this.#forget(socket, holder))
    // A client that goes away is no fault of ours; `close` follows.
    socket.on('error', () => socket.destroy())
    // Until the start its octets wait: a few in the stream, the others with the system.
    if (this.#hasStarted) this.#letIn(socket)
  }

  #letIn(socket: Socket): void {
    if (this.#front) this.#front.receive(socket)
    else this.#options.take(socket)
  }

  #forget(socket: Socket, holder: string): void {
    this.#sockets.delete(socket)
    const held = this.#held.get(holder)! - 1
    if (held === 0) this.#held.delete(holder)
    else this.#held.set(holder, held)
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
