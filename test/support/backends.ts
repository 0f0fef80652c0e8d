/**
 * Backends in processes of their own, so that they can be killed, hung and cut off for real. Each
 * answers HTTP on an address of its own; Linux alone gives a machine all of 127/8.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

import { freePort } from './ports.ts'

/** What a backend does when it is asked: `hung` takes the question and never answers. */
export type Mood = 'well' | 'failing' | 'hung'

export interface Backend {
  readonly address: string
  become(mood: Mood): Promise<void>
  /** What it says while it is well. */
  say(body: string, headers?: Readonly<Record<string, string>>): Promise<void>
  /** How often it has been asked. */
  requests(): Promise<number>
  /** Ends it at once; who connects is refused from then on. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Nobody answers any more, not even the kernel: who connects hears nothing at all. */
  cutOff(): Promise<void>
}

export interface BackendOptions {
  /** Serves HTTPS with these. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Takes how they end; `onTestFinished` unless told otherwise. */
  readonly until?: (ending: () => Promise<void>) => void
}

/** Starts backends, all on one port of these addresses. They end with the test, unless told otherwise. */
export async function startBackends(
  addresses: readonly string[],
  options: BackendOptions = {},
): Promise<{ readonly port: number; readonly backends: readonly Backend[] }> {
  const port = await freePort(addresses[0])
  const backends = addresses.map((address) => new BackendProcess(address, port, options))
  const { until = onTestFinished } = options
  until(async () => {
    await Promise.all(backends.map((backend) => backend.kill()))
  })
  await Promise.all(backends.map((backend) => backend.start()))
  return { port, backends }
}

/** With no more than this waiting, the kernel drops who would connect to a stopped process. */
const BACKLOG = 1
const FILL = 8

const SCRIPT = `
const [address, port, backlog] = process.argv.slice(1)
const state = { mood: 'well', body: 'ok', headers: {} }
let requests = 0
const serve = (request, response) => {
  requests++
  if (state.mood === 'hung') return
  response.writeHead(state.mood === 'failing' ? 500 : 200, state.headers)
  response.end(state.body)
}
process.once('message', ({ tls }) => {
  const server = tls
    ? require('node:https').createServer(tls, serve)
    : require('node:http').createServer(serve)
  server.listen(Number(port), address, Number(backlog), () => process.send({ requests }))
  process.on('message', (news) => {
    Object.assign(state, news)
    process.send({ requests })
  })
})
process.on('disconnect', () => process.exit())
`

class BackendProcess implements Backend {
  readonly address: string
  readonly #port: number
  readonly #options: BackendOptions
  #child: ChildProcess | undefined
  #fill: Socket[] = []

  constructor(address: string, port: number, options: BackendOptions) {
    this.address = address
    this.#port = port
    this.#options = options
  }

  async start(): Promise<void> {
    const args = ['-e', SCRIPT, this.address, `${this.#port}`, `${BACKLOG}`]
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    await this.#tell({ tls: this.#options.tls })
  }

  async become(mood: Mood): Promise<void> {
    await this.#tell({ mood })
  }

  async say(body: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#tell({ body, headers })
  }

  async requests(): Promise<number> {
    return (await this.#tell({})).requests
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    for (const socket of this.#fill.splice(0)) socket.destroy()
    if (!child || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async cutOff(): Promise<void> {
    this.#child?.kill('SIGSTOP')
    // Whoever gets through before the queue is full is answered by the kernel, and by nobody else.
    this.#fill = Array.from({ length: FILL }, () => connect(this.#port, this.address))
    for (const socket of this.#fill) socket.on('error', () => {})
    await Promise.race(this.#fill.map((socket) => once(socket, 'connect')))
  }

  async #tell(news: object): Promise<{ readonly requests: number }> {
    const child = this.#child
    if (!child) throw new Error(`the backend on ${this.address} does not run`)
    const answered = once(child, 'message')
    child.send(news)
    const [answer] = await answered
    return answer as { readonly requests: number }
  }
}
