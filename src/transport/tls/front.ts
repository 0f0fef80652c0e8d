/**
 * What stands before a protocol that is spoken over TLS: it takes connections from the gate, shakes
 * hands under the identity of that moment, and hands on those that came to it.
 */

import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'

import type { Credentials } from './credentials.ts'
import type { Identity } from './identity.ts'

export interface TlsFrontOptions {
  readonly credentials: Pick<Credentials, 'follow'>
  /** By ALPN (RFC 7301); who names others alone is refused, and who names none is not. */
  readonly protocols: readonly string[]
  /** A handshake must be over in this time. */
  readonly handshakeMs: number
  readonly take: (socket: TLSSocket) => void
}

export class TlsFront {
  readonly #server: Server
  readonly #leave: () => void
  #failures = 0

  constructor({ credentials, protocols, handshakeMs, take }: TlsFrontOptions) {
    this.#server = createServer({ ALPNProtocols: [...protocols], handshakeTimeout: handshakeMs })
    this.#leave = credentials.follow((identity) =>
      this.#server.setSecureContext(contextOf(identity)),
    )
    this.#server.on('secureConnection', (socket: TLSSocket) => take(socket))
    this.#server.on('tlsClientError', (_, socket) => {
      this.#failures++
      socket.destroy()
    })
  }

  /** Connections that came to no handshake. */
  get failures(): number {
    return this.#failures
  }

  /** Shakes hands on a connection that somebody else has accepted. */
  receive(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  /** Learns of no other identity any more. */
  stop(): void {
    this.#leave()
  }
}

/** RFC 9325 §3.1.1: nothing before TLS 1.2. */
function contextOf({ certificate, key }: Identity) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' as const }
}
