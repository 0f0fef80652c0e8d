/**
 * The data plane put together: UDP workers, what the main thread answers itself, and the rows of
 * shared memory in which all of them note what they did.
 */

import { availableParallelism } from 'node:os'

import type { Endpoint } from '../base/address.ts'
import type { Clock } from '../base/clock.ts'
import { createDice, type Random } from '../base/random.ts'

import type { Settings } from '../config/config.ts'

import { createCursors } from '../engine/cursors.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import { createLedger, type Ledger } from '../engine/ledger.ts'
import { createTalkers, loudest } from '../engine/talkers.ts'
import { createTally } from '../engine/tally.ts'

import { MainRows, type Row, sumCounters, type Totals } from '../transport/counters.ts'
import { createListener, hear, type Listener, type News } from '../transport/news.ts'
import { readKernelDrops } from '../transport/udp/kernel-drops.ts'
import { type UdpOptions, type UdpPath, UdpWorkers } from '../transport/udp/workers.ts'

import type { Answering } from './admin.ts'
import type { Traffic } from './figures.ts'
import type { Log } from './log.ts'
import { takeShared } from './shared-port.ts'
import { Streams } from './streams.ts'

export interface DataPlaneOptions extends Pick<UdpOptions, 'briefing' | 'onRespawn'> {
  readonly path: UdpPath | 'auto'
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export class DataPlane {
  readonly #options: DataPlaneOptions
  readonly #cursors = createCursors()
  /** The rows of this thread. */
  readonly #tally = createTally()
  readonly #talkers = createTalkers()
  readonly #ledger = createLedger()
  readonly #counters = new MainRows()
  readonly #listener: Listener
  readonly streams: Streams
  /** Undefined until it is opened. */
  udp: UdpWorkers | undefined
  /** Where it will answer. */
  readonly #taken: Endpoint[] = []
  /** Settles when the opening is over, well or not; a stop closes what it began. */
  #opening: Promise<unknown> = Promise.resolve()
  /** Where it answers; none until it has started. */
  endpoints: readonly Endpoint[] = []
  /** Grows with each change of what is answered. */
  revision = 0

  constructor(options: DataPlaneOptions) {
    this.#options = options
    const { clock, log, random } = options
    const dice = createDice(Math.floor(random() * 0xffffffff))
    const engine = createEngine(this.#cursors, dice, this.#tally, this.#talkers, this.#ledger)
    this.#listener = createListener(engine)
    this.streams = new Streams({ engine, rows: this.#counters, clock, log })
  }

  /** The engine of this thread. */
  get engine(): Engine {
    return this.#listener.engine
  }

  /**
   * Takes every address at once, by whatever protocol; who asks from now on waits. Rejects with an
   * Error that says what to do.
   */
  open(settings: Settings): Promise<void> {
    const opened = this.#open(settings)
    this.#opening = opened.catch(() => {}) // Whoever asked for it hears of its failure.
    return opened
  }

  async #open(settings: Settings): Promise<void> {
    const { listen, workers } = settings
    const workersEach = workers === 'auto' ? availableParallelism() : workers
    const cursors = this.#cursors
    const { path, random, briefing, onRespawn } = this.#options
    const udp = new UdpWorkers({
      ...{ workersEach, path, cursors, random, briefing, onRespawn },
    })
    this.udp = udp
    const takers = {
      tcp: (endpoint: Endpoint) => this.streams.openTcp(endpoint),
      udp: (endpoint: Endpoint) => udp.open(endpoint),
    }
    for (const wanted of listen.dns) this.#taken.push(await takeShared(wanted, takers))
    await this.streams.openSecure(settings)
  }

  /** Resolves once everybody answers from this generation; to be called when it is open. */
  async start(generation: number): Promise<void> {
    await this.udp?.start()
    await this.udp?.took(generation)
    this.streams.start()
    this.endpoints = this.#taken
  }

  /** Takes no more queries, answers those that have arrived, and ends. */
  async stop(): Promise<void> {
    await this.#opening
    await this.streams.stop()
    await this.udp?.stop()
  }

  /** Tells every thread. */
  publish(news: readonly News[]): void {
    this.revision++
    for (const piece of news) hear(this.#listener, piece)
    this.udp?.tell(news)
  }

  /** What every thread has counted, by transport and family. */
  rows(): readonly Row[] {
    return [...(this.udp?.rows ?? []), ...this.#counters.rows]
  }

  /** The same, together. */
  totals(): Totals {
    return sumCounters(this.rows().map(({ counters }) => counters))
  }

  turnsOf(cell: number): number {
    return (this.udp?.tallies ?? []).reduce((sum, row) => sum + row[cell], this.#tally[cell])
  }

  ledgers(): readonly Ledger[] {
    return [...(this.udp?.ledgers ?? []), this.#ledger]
  }

  /** What is known of it, for people. */
  answering(): Answering {
    const { udp, endpoints, streams } = this
    return {
      endpoints,
      transport: udp && { path: udp.path, workers: udp.workerCount },
      totals: this.totals(),
      talkers: loudest([...(udp?.talkers ?? []), this.#talkers]),
      secure: streams.secure,
      concerns: streams.warnings(),
    }
  }

  /** The same in numbers, at less cost, and what only the kernel knows. */
  async traffic(): Promise<Traffic> {
    const kernelDrops = await readKernelDrops(this.endpoints)
    const { udp, streams } = this
    const connections = streams.connections()
    return { rows: this.rows(), udp, connections, kernelDrops, secure: streams.secure }
  }
}
