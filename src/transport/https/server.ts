/**
 * DNS over HTTPS (RFC 8484) on its own port: HTTP/2, and HTTP/1.1 for those who know no better. It
 * is none of the API's, which is for operators: this one is for the world.
 */

import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

import type { Endpoint } from '../../base/address.ts'

import { Answerer, type AnswererOptions, clientAt } from '../answerer.ts'
import { Gate } from '../gate.ts'
import type { Credentials } from '../tls/credentials.ts'
import { answerHttp1 } from './http1.ts'
import { answerHttp2 } from './http2.ts'
import { HTTPS_LIMITS, type HttpsLimits } from './limits.ts'
import { Visit } from './visit.ts'

export interface HttpsOptions extends AnswererOptions {
  readonly endpoint: Endpoint
  readonly limits?: Partial<HttpsLimits>
  readonly credentials: Pick<Credentials, 'follow'>
}

const ALPN = ['h2', 'http/1.1']

/** A server that has yet to be opened, and then started. */
export function createHttpsServer(options: HttpsOptions): Gate {
  const { endpoint, credentials } = options
  const limits = { ...HTTPS_LIMITS, ...options.limits }
  const guests = new Guests(new Answerer({ ...options, isEncrypted: true }), limits)
  return new Gate({
    ...{ endpoint, limits, allowHalfOpen: false },
    tls: { credentials, protocols: ALPN, handshakeMs: limits.handshakeMs },
    take: (socket, protocol) => guests.welcome(socket, protocol),
    end: () => guests.end(),
  })
}

/** Those who have come in, each by the HTTP that it speaks. */
class Guests {
  readonly #answerer: Answerer
  readonly #limits: HttpsLimits
  readonly #http2: Http2Server
  readonly #http1: Server
  readonly #sessions = new Set<ServerHttp2Session>()
  /** Those who speak HTTP/1.1. */
  readonly #visits = new Map<Socket, Visit>()

  constructor(answerer: Answerer, limits: HttpsLimits) {
    this.#answerer = answerer
    this.#limits = limits
    this.#http2 = createHttp2Server(http2Options(limits))
    this.#http1 = createServer(
      { maxHeaderSize: limits.headerOctets, keepAliveTimeout: limits.quietMs },
      (request, response) => {
        const visit = this.#visits.get(request.socket)
        if (visit) answerHttp1(answerer, visit, limits, request, response)
      },
    )
  }

  welcome(socket: Socket, protocol: string | undefined): void {
    socket.on('error', () => {})
    if (protocol === 'h2') this.#visitByHttp2(socket)
    else this.#visitByHttp1(socket)
  }

  /** What was asked is answered; nothing more is. */
  end(): void {
    for (const session of this.#sessions) session.close()
    for (const socket of this.#visits.keys()) socket.end()
  }

  #visitByHttp1(socket: Socket): void {
    const client = clientAt(socket.remoteAddress)
    const visit = new Visit(client, this.#limits, () => socket.destroy())
    this.#visits.set(socket, visit)
    socket.once('close', () => {
      visit.end()
      this.#visits.delete(socket)
    })
    this.#http1.emit('connection', socket)
  }

  #visitByHttp2(socket: Socket): void {
    this.#http2.once('session', (session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
      answerHttp2(this.#answerer, this.#limits, session, socket)
    })
    this.#http2.emit('connection', socket) // The session begins in this very call.
  }
}

/** In front of these stands what Node and nghttp2 bound on their own, such as a flood of resets. */
function http2Options({ streams, headerOctets }: HttpsLimits) {
  return {
    maxHeaderListPairs: 64,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    settings: {
      maxConcurrentStreams: streams,
      maxHeaderListSize: headerOctets,
      enablePush: false,
    },
  }
}
