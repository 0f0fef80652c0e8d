/**
 * The demo: three small backends and the real server before them, in one process, so that a person
 * sees DNS balance load within a minute of cloning.
 */

import { printEndpoint } from '../../base/address.ts'
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'

import type { UdpPath } from '../../transport/udp/workers.ts'

import type { Log } from '../log.ts'
import { Server } from '../server.ts'
import { PAGE_PORT } from './backend.ts'
import { DemoBackends } from './backends.ts'
import { demoRoutes } from './routes.ts'
import { DemoSwitchboard } from './switchboard.ts'

export interface DemoOptions {
  readonly config: string
  readonly path: UdpPath | 'auto'
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Called when a member has gone up or down. */
  readonly onFlip: (line: string) => void
}

export class Demo {
  readonly backends = new DemoBackends()
  readonly #switchboard = new DemoSwitchboard(this.backends)
  readonly server: Server

  constructor({ config, path, clock, random, log, onFlip }: DemoOptions) {
    this.server = new Server({
      source: { file: config },
      path,
      clock,
      random,
      log,
      extraRoutes: demoRoutes(this.backends, config),
      pageOrigins: this.backends.all.map(({ address }) => `http://${address}:${PAGE_PORT}`),
      onFlip: ({ members, state, previous }) => {
        if (previous.verdict === 'unknown' && state.verdict === 'up') return
        const change = `${previous.verdict} -> ${state.verdict}`
        onFlip(`${members.join(', ')}: ${change}: ${state.evidence}`)
      },
    })
  }

  /** Backends first: the server's first round of probes should find them. */
  async start(): Promise<void> {
    await this.backends.start()
    await this.#switchboard.start()
    await this.server.start()
    this.backends.friends = this.#origins()
  }

  /** Of the server's own pages, by the address and by the name that people type for it. */
  #origins(): string[] {
    const { endpoint } = this.server.door ?? {}
    if (!endpoint) return []
    const { address, port } = endpoint
    return [printEndpoint({ address, port }), `localhost:${port}`].map((host) => `http://${host}`)
  }

  async stop(): Promise<void> {
    await this.server.stop()
    await this.#switchboard.stop()
    await this.backends.stop()
  }
}
