/**
 * The whole server, put together: started in order, stopped in reverse. What may go wrong with what
 * an operator asked for comes out of `start` and `reload` as diagnostics or as an UnsoundConfig.
 */

import { type Endpoint, printEndpoint } from '../base/address.ts'
import type { Clock } from '../base/clock.ts'
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { printDuration } from '../base/duration.ts'
import type { Random } from '../base/random.ts'

import type { Settings } from '../config/config.ts'

import type { Totals } from '../transport/counters.ts'
import type { UdpPath, UdpWorkers } from '../transport/udp/workers.ts'

import type { Flip } from '../control/flips.ts'
import { reloaded } from '../control/history/happenings.ts'
import type { Recorder } from '../control/history/recorder.ts'
import type { Keeper } from '../control/keeper.ts'
import type { ConfigSource } from '../control/loading/load.ts'
import type { MemberStatus } from '../control/status.ts'

import type { Route } from '../admin/route.ts'

import { Admin, type Door } from './admin.ts'
import { ControlPlane } from './control-plane.ts'
import { DataPlane } from './data-plane.ts'
import { Explainer } from './explainer.ts'
import { Happenings } from './happenings.ts'
import { createHistory } from './history.ts'
import { createFaultLog, type Log } from './log.ts'
import { withoutCertificate } from './streams.ts'
import { version } from './version.ts'

export interface ServerOptions {
  readonly source: ConfigSource
  readonly path: UdpPath | 'auto'
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** By which the API knows who may write; absent: the token in the state folder. */
  readonly token?: string | undefined
  /** What the API can do besides, and whom its pages may ask besides: for the demo. */
  readonly extraRoutes?: readonly Route[] | undefined
  readonly pageOrigins?: readonly string[] | undefined
  /** Called after each flip has been published. */
  readonly onFlip?: (flip: Flip) => void
}

/** The longest that the first answer waits for the first round of probes. */
const FIRST_ROUND_MS = 5_000

/** The configuration is unsound; nothing was started. */
export class UnsoundConfig extends Error {
  override readonly name = 'UnsoundConfig'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super('the configuration has errors')
    this.diagnostics = diagnostics
  }
}

export class Server {
  /** What happened, and what happens. */
  readonly history: Recorder
  readonly #options: ServerOptions
  readonly #plane: ControlPlane
  readonly #keeper: Keeper
  readonly #admin: Admin
  readonly #answering: DataPlane
  readonly #happenings: Happenings
  /** Settles when the start is over, well or not; a stop waits for it, to end what it began. */
  #starting: Promise<unknown> = Promise.resolve()
  /** The reading of files that was begun last; it may hang, as on a pipe that nobody writes. */
  #reading: Promise<readonly Diagnostic[]> = Promise.resolve([])
  #noteStop = () => {}
  /** Resolves when the end has been asked for. */
  readonly #stopAsked = new Promise<void>((resolve) => {
    this.#noteStop = resolve
  })
  /** Reloads follow one another; each sees the files as they are when its turn comes. */
  #lastLoad: Promise<unknown> = Promise.resolve()
  #isStopping = false

  constructor(options: ServerOptions) {
    this.#options = options
    const { source, clock, random, log } = options
    const noteOwnFault = createFaultLog(log, clock)
    this.history = createHistory(log, clock)
    this.#happenings = new Happenings(log, this.history)
    this.#answering = new DataPlane({
      ...{ path: options.path, clock, random, log },
      briefing: () => this.#keeper.briefing(),
      onRespawn: (...respawn) => this.#happenings.respawn(...respawn),
    })
    const answering = this.#answering
    this.#plane = new ControlPlane({
      ...{ source, clock, random, log, history: this.history },
      takeAddresses: (settings) => answering.open(settings),
      turnsOf: (cell) => answering.turnsOf(cell),
      threads: {
        rows: () => answering.ledgers(),
        told: () => answering.udp?.told ?? 0,
        heard: () => answering.udp?.heard ?? 0,
      },
      publish: (news) => answering.publish(news),
      onFlip: (flip, record) => {
        this.#happenings.flip(flip, record)
        options.onFlip?.(flip)
      },
      onOwnFault: ({ check }, reason) => {
        // Until the first heartbeat is due there is nothing to make, and no fault.
        if (check.probe.kind === 'heartbeat') return
        noteOwnFault(reason, 'this machine could not make a probe')
      },
      onDoubt: (doubt) => this.#happenings.doubt(doubt),
    })
    this.#keeper = this.#plane.keeper
    const explainer = new Explainer(answering.engine, this.#keeper)
    this.#admin = new Admin({
      ...{ plane: this.#plane, source, clock, log, version: version() },
      token: options.token,
      history: this.history,
      extraRoutes: options.extraRoutes,
      pageOrigins: options.pageOrigins,
      reload: () => this.reload(),
      explain: (name, client) => explainer.explain(name, client),
      answering: () => answering.answering(),
      revision: () => answering.revision,
      traffic: () => answering.traffic(),
      answererAt: (http) => answering.streams.answererAt(http),
    })
  }

  /** Resolves once all listeners answer; throws UnsoundConfig, or an Error that says what to do. */
  start(): Promise<void> {
    const started = this.#start()
    this.#starting = started.catch(() => {}) // Whoever asked for the start hears of its failure.
    this.#lastLoad = this.#starting
    return started
  }

  async #start(): Promise<void> {
    try {
      const diagnostics = await this.#read()
      if (this.#isStopping) return
      const { settings } = this.#keeper
      if (!settings) throw new UnsoundConfig(diagnostics)
      this.#happenings.diagnostics(diagnostics)
      this.#admin.loadWarnings = withoutCertificate(diagnostics, settings)
      await this.#listen(settings)
    } catch (error) {
      this.#isStopping = true // A reload that waits for its turn shall find nothing to do.
      await this.#end()
      throw error
    }
  }

  async #listen(settings: Settings): Promise<void> {
    const { log } = this.#options
    const answering = this.#answering
    await this.#plane.noteStart()
    const http = await this.#admin.start(settings)
    await this.#keeper.firstRound(FIRST_ROUND_MS)
    if (this.#isStopping) return
    await answering.start(this.#keeper.generation)
    const { path, pathReason, workerCount } = this.udp!
    const listen = this.endpoints.map(printEndpoint)
    const probed = this.status().filter(({ state }) => state !== undefined)
    const up = probed.filter(({ state }) => state?.verdict === 'up').length
    const members = { probed: probed.length, up }
    const { tls, https } = answering.streams.secure ?? {}
    const place = { ...(http && { http: printEndpoint(http) }), tls, https }
    log.info({ listen, ...place, path, pathReason, workers: workerCount, members }, 'answering')
    this.#admin.isReady = true
    const { generation } = this.#keeper
    this.history.record({ kind: 'start', version: version(), generation, listen })
    if (path === 'portable' && this.endpoints.some(isWildcard)) {
      log.warn(
        'on this path an answer may leave from another address than was asked; name each one',
      )
    }
  }

  /**
   * Reads everything again and changes over at once, or changes nothing. Resolves when every worker
   * answers from what is new, with all that was found.
   */
  reload(): Promise<readonly Diagnostic[]> {
    const done = this.#lastLoad.then(() => this.#reload())
    this.#lastLoad = done.catch(() => {})
    return done
  }

  async #reload(): Promise<readonly Diagnostic[]> {
    if (this.#isStopping) return []
    const { log, clock } = this.#options
    const startedMs = clock.now()
    const before = this.#keeper.settings
    const diagnostics = await this.#read()
    if (this.#isStopping) return diagnostics
    this.#happenings.diagnostics(diagnostics)
    const note = () => {
      const { generation } = this.#keeper
      this.history.record(reloaded(diagnostics, generation, clock.now() - startedMs))
    }
    if (hasErrors(diagnostics)) {
      note()
      log.error('reload refused: nothing has changed')
      return diagnostics
    }
    const settings = this.#keeper.settings!
    this.#admin.loadWarnings = withoutCertificate(diagnostics, settings)
    this.#answering.streams.refresh(settings)
    await this.udp?.took(this.#keeper.generation)
    if (before && needsRestart(before, settings)) {
      log.warn('listen, workers and state change only at a restart; all else has been taken')
    }
    const took = printDuration(Math.round(clock.now() - startedMs))
    log.info({ generation: this.#keeper.generation, took }, 'reloaded')
    note()
    return diagnostics
  }

  /** Loads; once the end is asked for nobody waits for that any more, and what it finds is void. */
  async #read(): Promise<readonly Diagnostic[]> {
    this.#reading = this.#keeper.load()
    return (await Promise.race([this.#reading, this.#stopAsked])) ?? []
  }

  /** Resolves when no file is being read any more: until then its thread would hold an exit. */
  async quiet(): Promise<void> {
    await this.#reading.catch(() => {})
  }

  get endpoints(): readonly Endpoint[] {
    return this.#answering.endpoints
  }

  /** How operators reach the API; undefined where it does not listen. */
  get door(): Door | undefined {
    return this.#admin.door
  }

  /** What every thread has counted, together. */
  totals(): Totals {
    return this.#answering.totals()
  }

  /** Each address of each member: what is believed of it, and how many turns it has led. */
  status(): (MemberStatus & { readonly turns: number })[] {
    const turnsOf = (cell: number) => this.#answering.turnsOf(cell)
    return this.#keeper.status().map((status) => ({ ...status, turns: turnsOf(status.cell) }))
  }

  /** The UDP workers, for tests that end one. */
  get udp(): UdpWorkers | undefined {
    return this.#answering.udp
  }

  /** Takes no more queries, answers those that have arrived, and ends all that was started. */
  async stop(): Promise<void> {
    if (this.#admin.isReady) this.history.record({ kind: 'stop' })
    this.#isStopping = true
    this.#noteStop()
    this.#admin.isReady = false
    // First, so that a start which waits for its round of probes waits no longer.
    this.#plane.halt()
    await this.#starting
    await this.history.told() // Its end too, to streams and receivers that are there still.
    await this.#end()
  }

  async #end(): Promise<void> {
    this.#plane.halt()
    // Nobody who asks for a name waits for those who are told of the end.
    await Promise.all([this.#admin.stop(), this.#plane.tellRest()])
    await this.#answering.stop()
    await this.#plane.close()
  }
}

/** Whether an endpoint stands for every address of the machine. */
function isWildcard({ address }: Endpoint): boolean {
  return address === '0.0.0.0' || address === '::'
}

function needsRestart(before: Settings, after: Settings): boolean {
  const shape = ({ listen, workers, state }: Settings) => JSON.stringify([listen, workers, state])
  return shape(before) !== shape(after)
}
