/**
 * Stops and starts demo backends from another terminal:
 * `curl -X POST http://127.0.0.10:8080/b/stop`.
 *
 * Always true: it listens on the loopback, and does nothing that a page in a browser asks of it,
 * be it under a name that was rebound to the address (Host) or by a form or script (Origin).
 */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { assert } from '../../base/assert.ts'
import { type Endpoint, printEndpoint } from '../../base/address.ts'

import type { DemoBackend } from './backend.ts'
import type { DemoBackends } from './backends.ts'
import { listen } from './listen.ts'

export const SWITCHBOARD: Endpoint = { address: '127.0.0.10', port: 8080 }

interface Reply {
  readonly status: number
  readonly text: string
  readonly allow?: string
}

export class DemoSwitchboard {
  readonly #backends: DemoBackends
  readonly #wanted: Endpoint
  #server: Server | undefined

  constructor(backends: DemoBackends, endpoint = SWITCHBOARD) {
    assert(/^127\.|^::1$/.test(endpoint.address), 'the switchboard listens on the loopback alone')
    this.#backends = backends
    this.#wanted = endpoint
  }

  /** Resolves to where it listens. Throws an Error that says the remedy. */
  async start(): Promise<Endpoint> {
    assert(!this.#server, 'the switchboard is started once')
    const server = createServer((request, response) => void this.#serve(request, response))
    const endpoint = await listen(server, this.#wanted, 'demo switchboard')
    this.#server = server
    return endpoint
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, text, allow } = await this.#answer(request)
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
    response.writeHead(status, allow ? { ...headers, allow } : headers).end(text + '\n')
  }

  async #answer({ method, url = '/', headers }: IncomingMessage): Promise<Reply> {
    if (!this.#isOurName(headers.host) || headers.origin !== undefined) {
      return { status: 403, text: 'only for programs on this machine, by its loopback address' }
    }
    if (url === '/') {
      if (method !== 'GET') return { status: 405, text: 'GET / lists the backends', allow: 'GET' }
      return { status: 200, text: this.#backends.all.map(describe).join('\n') }
    }
    const [, name, action] = /^\/([a-z0-9-]+)\/(start|stop)$/.exec(url) ?? []
    const backend = name === undefined ? undefined : this.#backends.find(name)
    if (!backend) {
      const paths = `POST /NAME/stop or /NAME/start, with NAME one of ${this.#backends.names()}`
      return { status: 404, text: `not found; try ${paths}` }
    }
    if (method !== 'POST') return { status: 405, text: `POST ${url} does it`, allow: 'POST' }
    try {
      await (action === 'start' ? backend.start() : backend.stop())
    } catch (error) {
      return { status: 500, text: error instanceof Error ? error.message : String(error) }
    }
    return { status: 200, text: describe(backend) }
  }

  #isOurName(host = ''): boolean {
    const { address } = this.#wanted
    const ours = ['localhost', address.includes(':') ? `[${address}]` : address]
    return ours.includes(host.replace(/:\d+$/, ''))
  }
}

function describe({ name, address, endpoints }: DemoBackend): string {
  if (!endpoints) return `${name} ${address} stopped`
  const { echo, page } = endpoints
  return `${name} ${address} running, echo ${printEndpoint(echo)}, http://${printEndpoint(page)}/`
}
