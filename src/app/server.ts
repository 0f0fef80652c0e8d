/**
 * The whole server, put together: started in order, stopped in reverse. What may go wrong with what
 * an operator asked for comes out of `start` and `reload` as diagnostics or as an UnsoundConfig.
 */

import { availableParallelism } from 'node:os'

import { type Endpoint, printEndpoint } from '../base/address.ts'
import type { Clock } from '../base/clock.ts'
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { printDuration } from '../base/duration.ts'
import { createDice, type Random } from '../base/random.ts'

import type { Doubt } from '../health/self-doubt.ts'

import type { Settings } from '../config/config.ts'

import { createCursors } from '../engine/cursors.ts'
import { createEngine } from '../engine/engine.ts'
import { createLedger } from '../engine/ledger.ts'
import { createTalkers, loudest, type Talker } from '../engine/talkers.ts'
import { createTally } from '../engine/tally.ts'

import { MainRows, type Row, sumCounters, type Totals } from '../transport/counters.ts'
import { createListener, hear, type News } from '../transport/news.ts'
import { type UdpPath, UdpWorkers } from '../transport/udp/workers.ts'

import type { Flip, FlipRecord } from '../control/flips.ts'
import { clipped, flipped, reloaded } from '../control/history/happenings.ts'
import type { Recorder } from '../control/history/recorder.ts'
import type { Keeper } from '../control/keeper.ts'
import type { ConfigSource } from '../control/loading/load.ts'
import type { MemberStatus } from '../control/status.ts'

import type { Route } from '../admin/route.ts'

import { Admin, type Door } from './admin.ts'
import { ControlPlane } from './control-plane.ts'
import { Explainer } from './explainer.ts'
import { createHistory } from './history.ts'
import { createFaultLog, type Log } from './log.ts'
import { Streams, withoutCertificate } from './streams.ts'
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
  readonly #cursors = createCursors()
  readonly #listener
  readonly #mainRows = new MainRows()
  readonly #tcpTally = createTally()
  readonly #tcpTalkers = createTalkers()
  readonly #tcpLedger = createLedger()
  #udp: UdpWorkers | undefined
  readonly #streams: Streams
  #endpoints: readonly Endpoint[] = []
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
    this.#listener = createListener(
      createEngine(
        this.#cursors,
        createDice(this.#seed()),
        this.#tcpTally,
        this.#tcpTalkers,
        this.#tcpLedger,
      ),
    )
    const { engine } = this.#listener
    this.#streams = new Streams({ engine, rows: this.#mainRows, clock, log })
    this.#plane = new ControlPlane({
      ...{ source, clock, random, log, history: this.history },
      turnsOf: (cell) => this.#turnsOf(cell),
      threads: {
        rows: () => [...(this.#udp?.ledgers ?? []), this.#tcpLedger],
        told: () => this.#udp?.told ?? 0,
        heard: () => this.#udp?.heard ?? 0,
      },
      publish: (news) => this.#publish(news),
      onFlip: (flip, record) => this.#noteFlip(flip, record),
      onOwnFault: ({ check }, reason) => {
        // Until the first heartbeat is due there is nothing to make, and no fault.
        if (check.probe.kind === 'heartbeat') return
        noteOwnFault(reason, 'this machine could not make a probe')
      },
      onDoubt: (doubt) => this.#noteDoubt(doubt),
    })
    this.#keeper = this.#plane.keeper
    const explainer = new Explainer(this.#listener.engine, this.#keeper)
    this.#admin = new Admin({
      ...{ plane: this.#plane, source, clock, log, version: version() },
      token: options.token,
      history: this.history,
      extraRoutes: options.extraRoutes,
      pageOrigins: options.pageOrigins,
      reload: () => this.reload(),
      explain: (name, client) => explainer.explain(name, client),
      answering: () => ({
        endpoints: this.#endpoints,
        transport: this.#udp && { path: this.#udp.path, workers: this.#udp.workerCount },
        totals: this.totals(),
        talkers: this.talkers(),
        secure: this.#streams.secure,
        concerns: this.#streams.warnings(),
      }),
      traffic: () => ({
        rows: this.rows(),
        udp: this.#udp,
        connections: this.#streams.connections(),
        secure: this.#streams.secure,
      }),
      answererAt: (http) => this.#streams.answererAt(http),
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
      this.#logDiagnostics(diagnostics)
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
    const workersEach = settings.workers === 'auto' ? availableParallelism() : settings.workers
    this.#udp = new UdpWorkers({
      endpoints: settings.listen.dns,
      workersEach,
      path: this.#options.path,
      cursors: this.#cursors,
      random: this.#options.random,
      briefing: () => this.#keeper.briefing(),
      onRespawn: (at, reason) => {
        const endpoint = printEndpoint(at)
        log.error({ endpoint, reason }, 'UDP worker died and was replaced')
        this.history.record({ kind: 'respawn', endpoint, reason: clipped(reason) })
      },
    })
    this.#udp.open()
    await this.#plane.noteStart()
    const http = await this.#admin.start(settings)
    await this.#keeper.firstRound(FIRST_ROUND_MS)
    if (this.#isStopping) return
    this.#endpoints = await this.#udp.start()
    await this.#udp.took(this.#keeper.generation)
    await this.#streams.start(settings, this.#endpoints)
    const { path, pathReason, workerCount } = this.#udp
    const listen = this.#endpoints.map(printEndpoint)
    const probed = this.status().filter(({ state }) => state !== undefined)
    const up = probed.filter(({ state }) => state?.verdict === 'up').length
    const members = { probed: probed.length, up }
    const { tls, https } = this.#streams.secure ?? {}
    const place = { ...(http && { http: printEndpoint(http) }), tls, https }
    log.info({ listen, ...place, path, pathReason, workers: workerCount, members }, 'answering')
    this.#admin.isReady = true
    const { generation } = this.#keeper
    this.history.record({ kind: 'start', version: version(), generation, listen })
    if (path === 'portable' && this.#endpoints.some(isWildcard)) {
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
    this.#logDiagnostics(diagnostics)
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
    this.#streams.refresh(settings)
    await this.#udp?.took(this.#keeper.generation)
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
    return this.#endpoints
  }

  /** How operators reach the API; undefined where it does not listen. */
  get door(): Door | undefined {
    return this.#admin.door
  }

  /** What every thread has counted, together. */
  totals(): Totals {
    return sumCounters(this.rows().map(({ counters }) => counters))
  }

  /** What every thread has counted, by transport and family. */
  rows(): readonly Row[] {
    return [...(this.#udp?.rows ?? []), ...this.#mainRows.rows]
  }

  /** Each address of each member: what is believed of it, and how many turns it has led. */
  status(): (MemberStatus & { readonly turns: number })[] {
    return this.#keeper.status().map((status) => ({ ...status, turns: this.#turnsOf(status.cell) }))
  }

  #turnsOf(cell: number): number {
    return (this.#udp?.tallies ?? []).reduce((sum, row) => sum + row[cell], this.#tcpTally[cell])
  }

  /** The resolvers that ask for most of the turns, the loudest first. */
  talkers(): Talker[] {
    return loudest([...(this.#udp?.talkers ?? []), this.#tcpTalkers])
  }

  /** The UDP workers, for tests that end one. */
  get udp(): UdpWorkers | undefined {
    return this.#udp
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
    await this.#end()
  }

  async #end(): Promise<void> {
    this.#plane.halt()
    await this.#admin.stop()
    await this.#streams.stop()
    await this.#udp?.stop()
    await this.#plane.close()
  }

  #publish(news: readonly News[]): void {
    for (const piece of news) hear(this.#listener, piece)
    this.#udp?.tell(news)
  }

  #noteFlip(flip: Flip, record: FlipRecord): void {
    const { state, previous, members, target } = flip
    const fields = { members, address: target.address, evidence: state.evidence }
    const message = `${previous.verdict} -> ${state.verdict}`
    if (state.verdict === 'down') this.#options.log.warn(fields, message)
    // A first verdict that is good news is no news: ten thousand targets would be as many lines.
    else if (previous.verdict !== 'unknown') this.#options.log.info(fields, message)
    const event = flipped(record)
    if (event) this.history.record(event)
    this.#options.onFlip?.(flip)
  }

  #noteDoubt({ isSuspect, why }: Doubt): void {
    const { log } = this.#options
    if (isSuspect) log.warn({ why }, 'so much fails at once that failures are held back')
    else log.info({ why }, 'failures count again')
    this.history.record({ kind: 'doubt', isSuspect, why: clipped(why) })
  }

  #logDiagnostics(diagnostics: readonly Diagnostic[]): void {
    for (const { file, line, column, severity, message } of diagnostics) {
      const at = `${file}:${line}:${column}`
      this.#options.log[severity === 'error' ? 'error' : 'warn']({ at }, message)
    }
  }

  #seed(): number {
    return Math.floor(this.#options.random() * 0xffffffff)
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
