/**
 * DNS over TCP (RFC 7766), and over TLS (RFC 7858) where there are credentials: pipelined queries
 * answered in order, connections that idle closed, and never more connections or unsent octets than
 * the limits allow. It calls the same engine as UDP, in the main thread.
 */

import type { Socket } from 'node:net'

import type { Endpoint } from '../../base/address.ts'

import { Answerer, type AnswererOptions, clientAt } from '../answerer.ts'
import { Gate } from '../gate.ts'
import type { Credentials } from '../tls/credentials.ts'
import { TlsFront } from '../tls/front.ts'
import { Connection } from './connection.ts'
import { TCP_LIMITS, type TcpLimits } from './limits.ts'

export interface TcpOptions extends AnswererOptions {
  readonly endpoint: Endpoint
  readonly limits?: Partial<TcpLimits>
  /** By which it speaks TLS; absent: it does not. */
  readonly credentials?: Pick<Credentials, 'follow'>
}

/** What clients of DNS over TLS say that they speak, those that say it (RFC 7858 §6, IANA). */
const ALPN = ['dot']

export class TcpServer {
  readonly #limits: TcpLimits
  readonly #answerer: Answerer
  readonly #gate: Gate
  readonly #front: TlsFront | undefined
  readonly #connections = new Set<Connection>()

  constructor(options: TcpOptions) {
    const { endpoint, credentials } = options
    const limits = { ...TCP_LIMITS, ...options.limits }
    this.#limits = limits
    this.#answerer = new Answerer({ ...options, isEncrypted: credentials !== undefined })
    const open = (socket: Socket) => this.#open(socket)
    const front =
      credentials &&
      new TlsFront({ credentials, protocols: ALPN, handshakeMs: limits.messageMs, take: open })
    const take = front ? (socket: Socket) => front.receive(socket) : open
    this.#front = front
    this.#gate = new Gate({ endpoint, limits, allowHalfOpen: true, take })
  }

  /** Takes the address, where clients then wait. Rejects with a BindFault if it cannot be had. */
  open(): Promise<Endpoint> {
    return this.#gate.open()
  }

  /** Answers, those first who have waited. */
  start(): void {
    this.#gate.start()
  }

  get connectionCount(): number {
    return this.#gate.connectionCount
  }

  /** Connections closed at once because a limit was reached. */
  get refusals(): number {
    return this.#gate.refusals
  }

  /** Connections that came to no handshake. */
  get handshakeFailures(): number {
    return this.#front?.failures ?? 0
  }

  /**
   * Takes no more connections, answers what those that are open have asked, and ends. A client that
   * does not take its answers, or does not close its side, is waited for only so long.
   */
  async stop(): Promise<void> {
    await this.#gate.stop(() => {
      for (const connection of this.#connections) connection.end()
    })
    this.#front?.stop()
  }

  #open(socket: Socket): void {
    const client = clientAt(socket.remoteAddress)
    const connection = new Connection(socket, client, this.#limits, this.#answerer)
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
  }
}
