/**
 * A backend to balance in the demo: an echo over TCP and a page over HTTP, on one address.
 *
 * Always true between calls: both servers listen, or neither does. Starts and stops run one after
 * the other, in the order in which they were asked for.
 */

import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'

import { assert } from '../../base/assert.ts'
import type { Endpoint } from '../../base/address.ts'

import { echo } from './echo.ts'
import { listen } from './listen.ts'
import { pagesOf } from './pages.ts'

export const ECHO_PORT = 7000
export const PAGE_PORT = 8080

export interface DemoBackendOptions {
  /** Lower-case letters, digits and hyphens; it is shown on the page and in each echo. */
  readonly name: string
  /** As CSS writes it; white text must be readable on it. */
  readonly colour: string
  readonly address: string
  /** ECHO_PORT if unset; 0 lets the system pick. */
  readonly echoPort?: number
  /** PAGE_PORT if unset; 0 lets the system pick. */
  readonly pagePort?: number
  /** Whose pages in a browser may read who answered; nobody's if unset. Asked at each request. */
  readonly isFriend?: (origin: string) => boolean
}

/** Where a running backend listens. */
export interface DemoEndpoints {
  readonly echo: Endpoint
  readonly page: Endpoint
}

interface Running {
  readonly endpoints: DemoEndpoints
  readonly close: () => Promise<void>
}

export class DemoBackend {
  readonly name: string
  readonly address: string
  readonly colour: string
  #options: DemoBackendOptions
  #running: Running | undefined
  /** Settles when all starts and stops so far are done. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: DemoBackendOptions) {
    assert(/^[a-z0-9-]+$/.test(options.name), 'a demo backend has a name of a-z, 0-9 and hyphens')
    this.#options = options
    this.name = options.name
    this.address = options.address
    this.colour = options.colour
  }

  /** Undefined while it is stopped. */
  get endpoints(): DemoEndpoints | undefined {
    return this.#running?.endpoints
  }

  /** Where its pages are while it runs. */
  get page(): Endpoint {
    const { address, pagePort = PAGE_PORT } = this.#options
    return { address, port: pagePort }
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Listens; nothing to do if it does already. Throws an Error that says the remedy. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#running) return
      this.#running = await open(this.#options)
      // Picked once: a backend comes back where it was.
      const { echo, page } = this.#running.endpoints
      this.#options = { ...this.#options, echoPort: echo.port, pagePort: page.port }
    })
  }

  /** Closes what listens and every connection at once, as the end of its process would. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const running = this.#running
      this.#running = undefined
      await running?.close()
    })
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(step)
    this.#turn = done.catch(() => {}) // The caller of the step hears of its failure, not the next.
    return done
  }
}

async function open(options: DemoBackendOptions): Promise<Running> {
  const { name, address, echoPort = ECHO_PORT, pagePort = PAGE_PORT } = options
  const who = `backend "${name}"`
  const echoServer = createTcpServer({ allowHalfOpen: true }, (socket) => {
    // A client that goes away in the middle of a line is no fault of the backend.
    echo(socket, name).catch(() => socket.destroy())
  })
  const pageServer = createHttpServer(pagesOf(options))
  const closeEcho = closerOf(echoServer)
  const closePage = closerOf(pageServer)
  try {
    const echoEndpoint = await listen(echoServer, { address, port: echoPort }, who)
    const pageEndpoint = await listen(pageServer, { address, port: pagePort }, who)
    const close = async () => void (await Promise.all([closeEcho(), closePage()]))
    return { endpoints: { echo: echoEndpoint, page: pageEndpoint }, close }
  } catch (error) {
    await closeEcho()
    throw error
  }
}

/** Remembers the connections of a server, to end them all with it. */
function closerOf(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
}
