/** The HTTP server of the API on `listen.http`: bounded in connections, sizes and time. */

import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { getRequestListener } from '@hono/node-server'

import type { Endpoint } from '../base/address.ts'
import type { Clock } from '../base/clock.ts'

import type { Answerer } from '../transport/answerer.ts'
import { bindProblem } from '../transport/bind-problem.ts'
import { isDnsTarget } from '../transport/https/exchange.ts'

import { type ApiOptions, createApi } from './api.ts'
import { createDnsQuery } from './dns-query.ts'

export interface AdminServerOptions extends ApiOptions {
  readonly endpoint: Endpoint
  readonly clock: Clock
  /** Answers DNS over HTTPS beside the API; absent: nobody does. */
  readonly answerer?: Answerer
}

/** Operators, scrapers and the backends of a few pools; who waits in idle is sent away. */
const CONNECTIONS_MAX = 256
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

  constructor(options: AdminServerOptions) {
    this.#options = options
    const api = createApi(options)
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
        if (dnsQuery && isDnsTarget(request.url ?? '')) dnsQuery(request, response)
        else void listener(request, response)
      },
    )
    this.#server.maxConnections = CONNECTIONS_MAX
    this.#server.timeout = SILENCE_TIMEOUT_MS
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
    this.#server.close()
    const cancel = this.#options.clock.after(GRACE_MS, () => this.#server.closeAllConnections())
    await closed
    cancel()
  }
}
