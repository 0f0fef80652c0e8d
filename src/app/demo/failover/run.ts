/**
 * The failover test itself: backends, a server and users, phase by phase. It keeps what happened,
 * and judges nothing.
 */

import { setMaxListeners } from 'node:events'

import type { Clock } from '../../../base/clock.ts'
import { type Endpoint, printEndpoint } from '../../../base/address.ts'

import { DemoBackend } from '../backend.ts'
import { ADDRESSES, backendsOf, changesOf, diceOf, type FailoverPlan } from './plan.ts'
import { NAME, phaseName, POOL, promiseOf } from './plan.ts'
import { type AskServer, CachingResolver } from './resolver.ts'
import type { ServerProcess } from './server-process.ts'
import { goOut, pause, type RequestRecord, type User } from './users.ts'
import { type FailoverWindow, withDeath, withReturn } from './window.ts'
import { visit } from './visit.ts'

/** What happened. Moments are wall milliseconds. */
export interface FailoverRun {
  readonly startedWall: number
  readonly endedWall: number
  readonly phases: readonly PhaseRun[]
  readonly requests: readonly RequestRecord[]
  readonly windows: readonly FailoverWindow[]
  readonly backendPort: number
}

export interface PhaseRun {
  readonly name: string
  readonly running: readonly string[]
  readonly startedWall: number
  /** When the last user was done. */
  readonly endedWall: number
  /** So many times resolvers asked the server. */
  readonly queries: number
}

export interface RunOptions {
  readonly plan: FailoverPlan
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Starts the server, where the backends have this port. */
  readonly startServer: (port: number) => Promise<ServerProcess>
  /** How a resolver asks the server at this endpoint. */
  readonly askAt: (dns: Endpoint) => AskServer
  /** Hears what happens, in words. */
  readonly tell: (event: string) => void
}

/** How often the server is asked what it believes. */
const LOOK_EVERY_MS = 200
/** A server that has not noticed after so many times its promise, and this, will not. */
const PROMISES = 3
const GRACE_MS = 10_000

/** Throws an Error that says the remedy where something cannot be started. */
export async function runFailover(options: RunOptions): Promise<FailoverRun> {
  const { plan, startServer, clock, signal } = options
  setMaxListeners(plan.users + 1, signal) // Each user and the watch wait for it.
  const startedWall = clock.wall()
  const backends = await startBackends(plan)
  try {
    const server = await startServer(backends.port)
    try {
      return { startedWall, ...(await new Course(options, backends, server).run()) }
    } finally {
      await server.stop()
    }
  } finally {
    await Promise.all([...backends.all.values()].map((backend) => backend.stop()))
  }
}

interface Backends {
  /** The same for all: an address in DNS has no port. */
  readonly port: number
  readonly all: ReadonlyMap<string, DemoBackend>
}

const COLOUR = '#283593'
/** A port that is free on one address may be taken on the next. */
const PORTS_TRIED_MAX = 10

async function startBackends(plan: FailoverPlan): Promise<Backends> {
  for (let tries = 1; ; tries++) {
    const all = new Map<string, DemoBackend>()
    let port = 0
    try {
      for (const name of backendsOf(plan)) {
        const place = { address: ADDRESSES[name]!, echoPort: 0, pagePort: port }
        const backend = new DemoBackend({ name, colour: COLOUR, ...place })
        all.set(name, backend)
        await backend.start()
        port = backend.endpoints!.page.port
      }
      // Those who run later only were started too, so that each has got the port.
      for (const [name, backend] of all) if (!plan.phases[0]!.includes(name)) await backend.stop()
      return { port, all }
    } catch (error) {
      await Promise.all([...all.values()].map((backend) => backend.stop()))
      const isTaken = error instanceof Error && error.message.includes('the port is taken')
      if (!isTaken || tries === PORTS_TRIED_MAX) throw error
    }
  }
}

/** One run, with all that it gathers. */
class Course {
  readonly #options: RunOptions
  readonly #backends: Backends
  readonly #server: ServerProcess
  readonly #resolvers: readonly CachingResolver[]
  readonly #users: readonly User[]
  readonly #phases: PhaseRun[] = []
  readonly #requests: RequestRecord[] = []
  readonly #windows: FailoverWindow[] = []

  constructor(options: RunOptions, backends: Backends, server: ServerProcess) {
    const { plan, clock, askAt, tell } = options
    this.#options = options
    this.#backends = backends
    this.#server = server
    const isTurning = plan.resolver === 'shared'
    const ask = askAt(server.dns)
    const count = isTurning ? 1 : plan.users
    this.#resolvers = Array.from(
      { length: count },
      () => new CachingResolver({ ask, clock, isTurning, keepMs: plan.keepMs }),
    )
    this.#users = Array.from({ length: plan.users }, (_, number) => {
      const resolver = this.#resolvers[isTurning ? 0 : number]!
      return { number, dice: diceOf(plan, number), resolve: () => resolver.resolve() }
    })
    const api = `http://${printEndpoint(server.http)}`
    tell(`the server answers at ${printEndpoint(server.dns)}, its API is at ${api}`)
  }

  async run(): Promise<Omit<FailoverRun, 'startedWall'>> {
    const { plan, clock, signal } = this.#options
    for (let phase = 0; phase < plan.phases.length && !signal.aborted; phase++) {
      await this.#enter(phase)
    }
    return {
      endedWall: clock.wall(),
      backendPort: this.#backends.port,
      phases: this.#phases,
      requests: this.#requests,
      windows: this.#windows,
    }
  }

  async #enter(phase: number): Promise<void> {
    const { plan, clock, tell } = this.#options
    const name = phaseName(plan, phase)
    tell(`phase ${phase + 1}: ${name}`)
    const queriesBefore = this.#queries()
    const startedWall = clock.wall()
    await this.#change(phase)
    let areOut = true
    const users = this.#goOut(phase).then(() => {
      areOut = false
      return clock.wall()
    })
    const watch = this.#watch(phase, () => areOut)
    const [endedWall] = await Promise.all([users, watch])
    const queries = this.#queries() - queriesBefore
    this.#phases.push({ name, running: plan.phases[phase]!, startedWall, endedWall, queries })
  }

  async #change(phase: number): Promise<void> {
    const { plan, clock } = this.#options
    const { killed, started } = changesOf(plan, phase)
    for (const backend of started) {
      this.#touch(backend, (window) => ({ ...window, startedWall: clock.wall() }))
      await this.#backends.all.get(backend)!.start()
    }
    for (const backend of killed) {
      this.#windows.push({ backend, phase, killedWall: clock.wall() })
      await this.#backends.all.get(backend)!.stop()
    }
  }

  async #goOut(phase: number): Promise<void> {
    const { plan, clock, signal } = this.#options
    const { requests, paceMs, retry } = plan
    const names = new Map(backendsOf(plan).map((name) => [ADDRESSES[name]!, name]))
    const outing = {
      ...{ phase, requests, paceMs, clock, signal, isPersistent: retry === 'next' },
      visit: (address: string) => visit({ address, port: this.#backends.port }, NAME),
      backendAt: (address: string) => names.get(address) ?? address,
      note: (record: RequestRecord) => void this.#requests.push(record),
    }
    await Promise.all(this.#users.map((user) => goOut(user, outing)))
  }

  /** Asks the server until all users are done, and it has noticed who was killed. */
  async #watch(phase: number, areUsersOut: () => boolean): Promise<void> {
    const { plan, clock, signal, tell } = this.#options
    const isOpen = ({ phase: since, letsGoWall }: FailoverWindow) =>
      since === phase && (letsGoWall === undefined || clock.wall() <= letsGoWall)
    const untilMs = clock.now() + PROMISES * promiseOf(plan).totalMs + GRACE_MS
    const isLate = () => clock.now() > untilMs
    const isMore = () => areUsersOut() || (this.#windows.some(isOpen) && !isLate())
    while (!signal.aborted && isMore()) {
      await this.#look(phase)
      await pause(clock, LOOK_EVERY_MS, signal)
    }
    // Once more, so that nothing is missed of what was answered last.
    await this.#look(phase)
    for (const window of this.#windows.filter((one) => one.phase === phase)) {
      if (window.downWall === undefined && !signal.aborted) {
        tell(`the server has not noticed that ${window.backend} is dead`)
      }
    }
  }

  async #look(phase: number): Promise<void> {
    // A server that is too busy for one answer is asked again.
    const status = await this.#server.status().catch(() => undefined)
    if (!status) return
    for (const before of [...this.#windows]) {
      const { backend } = before
      const member = `${POOL}/${backend}`
      const isDead = !this.#options.plan.phases[phase]!.includes(backend)
      const after = isDead ? withDeath(before, status, member) : withReturn(before, status, member)
      this.#touch(backend, () => after)
      this.#tellChange(before, after)
    }
  }

  #tellChange(before: FailoverWindow, after: FailoverWindow): void {
    const { tell } = this.#options
    const { backend, killedWall, downWall, evidence, startedWall = 0, upWall } = after
    const span = (wall: number, since: number) => `${((wall - since) / 1_000).toFixed(1)} s`
    if (before.downWall === undefined && downWall !== undefined) {
      tell(`${backend} is out of the answers ${span(downWall, killedWall)} after it was killed`)
      tell(`  by what the server saw: ${evidence}`)
    }
    if (before.upWall === undefined && upWall !== undefined) {
      tell(`${backend} is answered again ${span(upWall, startedWall)} after its start`)
    }
  }

  /** Changes the last window of a backend. */
  #touch(backend: string, change: (window: FailoverWindow) => FailoverWindow): void {
    const at = this.#windows.findLastIndex((window) => window.backend === backend)
    if (at >= 0) this.#windows[at] = change(this.#windows[at]!)
  }

  #queries(): number {
    return this.#resolvers.reduce((sum, { queries }) => sum + queries, 0)
  }
}
