/** The three backends of the demo, to be stopped and started by name. */

import { DemoBackend, type DemoBackendOptions } from './backend.ts'

/**
 * Addresses of the loopback, so that nothing is reached from outside. The colours differ in
 * lightness too, for those who see no hues, and carry white text.
 */
export const DEMO_BACKENDS: readonly DemoBackendOptions[] = [
  { name: 'a', address: '127.0.0.11', colour: '#b3261e' },
  { name: 'b', address: '127.0.0.12', colour: '#1f7a4d' },
  { name: 'c', address: '127.0.0.13', colour: '#283593' },
]

export class DemoBackends {
  readonly all: readonly DemoBackend[]

  /** Origins whose pages may read who answered; the demo knows them once its server listens. */
  friends: readonly string[] = []

  constructor(options = DEMO_BACKENDS) {
    const isFriend = (origin: string) => this.friends.includes(origin)
    this.all = options.map((backend) => new DemoBackend({ ...backend, isFriend }))
  }

  find(name: string): DemoBackend | undefined {
    return this.all.find((backend) => backend.name === name)
  }

  /** Starts all, or leaves none running and throws what the first that failed had to say. */
  async start(): Promise<void> {
    try {
      for (const backend of this.all) await backend.start()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((backend) => backend.stop()))
  }

  /** Starts a backend that is stopped and stops one that runs; resolves to whether it runs now. */
  async toggle(name: string): Promise<boolean> {
    const backend = this.find(name)
    if (!backend) throw new Error(`no demo backend "${name}"; there are ${this.names()}`)
    await (backend.isRunning ? backend.stop() : backend.start())
    return backend.isRunning
  }

  /** For messages: `a, b, c`. */
  names(): string {
    return this.all.map(({ name }) => name).join(', ')
  }
}
