/** The HTTP server of the API on `listen.http`: bounded in connections, sizes and time. */

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

import { getRequestListener } from '@hono/node-server'

import type { Endpoint } from '../base/address.ts'

import type { Answerer } from '../transport/answerer.ts'
import { bindProblem } from '../transport/bind-problem.ts'
import { isDnsTarget } from '../transport/https/exchange.ts'

import { type ApiOptions, createApi, HEADERS } from './api.ts'
import { createDnsQuery } from './dns-query.ts'
import { EventStreams, type StreamCounts, STREAMS_MAX } from './events.ts'
import { strangerProblem } from './guard.ts'
import { isPagePath } from './pages.ts'
import { noRefusals, PROBLEM_TYPE, problemText, type Refusals } from './problem.ts'

export interface AdminServerOptions extends ApiOptions {
  readonly endpoint: Endpoint
  /** Names by which it may be asked, besides addresses and localhost; lower case, no final dot. */
  readonly hosts?: readonly string[] | undefined
  /** Answers DNS over HTTPS beside the API; absent: nobody does. */
  readonly answerer?: Answerer
}

/**
 * Operators, scrapers and the backends of a few pools; who waits in idle is sent away. Streams of
 * events have places of their own, so that however many look, somebody can still act.
 */
const CONNECTIONS_MAX = STREAMS_MAX + 256
const HEADER_OCTETS_MAX = 16_384
const HEADERS_TIMEOUT_MS = 5_000
/** For the whole request, its body included; the answer may take longer. */
const REQUEST_TIMEOUT_MS = 10_000
const IDLE_TIMEOUT_MS = 5_000
/** Without an octet either way. A reload of large zones is silent for a while. */
const SILENCE_TIMEOUT_MS = 120_000
const CHECK_EVERY_MS = 1_000
/** How long an end waits for answers under way. */
const GRACE_MS = 1_000

export class AdminServer {
  readonly #options: AdminServerOptions
  readonly #server: Server
  readonly #refusals = noRefusals()
  readonly #streams: EventStreams

  constructor(options: AdminServerOptions) {
    this.#options = options
    const { clock, operations } = options
    const { history } = operations
    this.#streams = new EventStreams({ history, clock, pulse: () => operations.pulse() })
    const api = createApi(options, { refusals: this.#refusals, streams: this.#streams })
    const listener = getRequestListener(api.fetch, { overrideGlobalObjects: false })
    const dnsQuery = options.answerer && createDnsQuery(options.answerer, options.endpoint)
    this.#server = createServer(
      {
        maxHeaderSize: HEADER_OCTETS_MAX,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: IDLE_TIMEOUT_MS,
        connectionsCheckingInterval: CHECK_EVERY_MS,
      },
      (request, response) => {
        if (this.#isRefused(request, response)) return
        if (dnsQuery && isDnsTarget(request.url ?? '')) dnsQuery(request, response)
        else void listener(request, response)
      },
    )
    this.#server.maxConnections = CONNECTIONS_MAX
    this.#server.timeout = SILENCE_TIMEOUT_MS
    this.#server.on('drop', () => void this.#refusals.connections++)
    this.#server.on('clientError', (error, socket) => this.#refuseNoise(error, socket))
  }

  /** How many requests were refused, by the reason, since the start. */
  get refusals(): Readonly<Refusals> {
    return this.#refusals
  }

  get streams(): StreamCounts {
    return this.#streams.counts
  }

  /** Resolves to where it listens; throws an Error that says what to do. */
  async start(): Promise<Endpoint> {
    const { endpoint } = this.#options
    try {
      this.#server.listen({ host: endpoint.address, port: endpoint.port, ipv6Only: true })
      await once(this.#server, 'listening')
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error)
      throw new Error(`listen.http: ${bindProblem('TCP', endpoint, code)}`)
    }
    this.#server.on('error', (error) => this.#options.onFault(error))
    return { ...endpoint, port: (this.#server.address() as AddressInfo).port }
  }

  /** Takes no more requests, gives those under way a moment, and closes every connection. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#streams.close()
    this.#server.close()
    const cancel = this.#options.clock.after(GRACE_MS, () => this.#server.closeAllConnections())
    await closed
    cancel()
  }

  /** Strangers, and what can be read in two ways, before anybody reads it in one. */
  #isRefused(request: IncomingMessage, response: ServerResponse): boolean {
    const { hosts = [], pages } = this.#options
    const isPage = pages !== undefined && isPagePath(request.url ?? '')
    const problem = strangerProblem(request, hosts, isPage)
    if (!problem) return false
    if (problem.reason) this.#refusals[problem.reason]++
    // Whatever else is on its way is not read any more.
    const headers = {
      ...HEADERS,
      ...PROBLEM_TYPE,
      'cache-control': 'no-store',
      connection: 'close',
    }
    response.writeHead(problem.status, headers).end(problemText(problem))
    return true
  }

  /** What is no request of HTTP, or has too many headers, or came too slowly. */
  #refuseNoise(error: NodeJS.ErrnoException, socket: Duplex): void {
    // Whoever goes away in the middle was refused nothing.
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
    this.#refusals.headers++
    const status = NOISE_STATUS[error.code ?? ''] ?? 400
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close']
    socket.end(`${head.join('\r\n')}\r\n\r\n`)
  }
}

const NOISE_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}
