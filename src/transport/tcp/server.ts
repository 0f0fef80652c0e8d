/**
 * DNS over TCP (RFC 7766), and over TLS (RFC 7858) where there are credentials: pipelined queries
 * answered in order, connections that idle closed, and never more connections or unsent octets than
 * the limits allow. It calls the same engine as UDP, in the main thread.
 */

import type { Endpoint } from '../../base/address.ts'

import { Answerer, type AnswererOptions, clientAt } from '../answerer.ts'
import { Gate } from '../gate.ts'
import type { Credentials } from '../tls/credentials.ts'
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

/** A server that has yet to be opened, and then started. */
export function createTcpServer(options: TcpOptions): Gate {
  const { endpoint, credentials } = options
  const limits = { ...TCP_LIMITS, ...options.limits }
  const answerer = new Answerer({ ...options, isEncrypted: credentials !== undefined })
  const connections = new Set<Connection>()
  return new Gate({
    ...{ endpoint, limits, allowHalfOpen: true },
    tls: credentials && { credentials, protocols: ALPN, handshakeMs: limits.messageMs },
    take(socket) {
      const client = clientAt(socket.remoteAddress)
      const connection = new Connection(socket, client, limits, answerer)
      connections.add(connection)
      socket.once('close', () => connections.delete(connection))
    },
    end() {
      for (const connection of connections) connection.end()
    },
  })
}
