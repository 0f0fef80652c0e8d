/**
 * Keeps the UDP workers running: one for each core and address. A worker that dies is counted and
 * replaced at once; it left its socket behind, with the queries that wait in it.
 */

import { Worker } from 'node:worker_threads'

import type { Endpoint } from '../../base/address.ts'
import type { Random } from '../../base/random.ts'

import { createLedger, type Ledger } from '../../engine/ledger.ts'
import { createTalkers, type Talkers } from '../../engine/talkers.ts'
import { createTally, type Tally } from '../../engine/tally.ts'

import { BindFault } from '../bind-problem.ts'
import { type Counters, createCounters, type Row } from '../counters.ts'
import type { News } from '../news.ts'
import { type Libc, loadLibc } from './libc.ts'
import { createSignals, type Mark, type Report, SIGNAL, type WorkerOrder } from './order.ts'
import { openSockets, type UdpSocket } from './socket.ts'

export type UdpPath = 'batched' | 'portable'

export interface UdpOptions {
  /** Workers for each endpoint. The portable path has one: Node 20 cannot share a port. */
  readonly workersEach: number
  /** `auto` takes the batched path where it can be had. */
  readonly path: UdpPath | 'auto'
  readonly cursors: Int32Array
  readonly random: Random
  /** The present world as news, for a worker that starts. */
  readonly briefing: () => readonly News[]
  readonly onRespawn: (endpoint: Endpoint, reason: string) => void
}

/** A place at which a worker sits; workers come and go, the place keeps socket and counters. */
interface Seat {
  endpoint: Endpoint
  readonly socket: UdpSocket | undefined
  readonly signals: Int32Array
  readonly counters: Counters
  readonly tally: Tally
  readonly talkers: Talkers
  readonly ledger: Ledger
  worker: Worker
  isListening: boolean
  /** Why the address cannot be had; a worker of the portable path finds out. */
  fault: BindFault | undefined
  generation: number
  /** Why the present worker ended, as far as it has said. */
  lastWords: string
  /** When the present worker was started: one that dies young is not replaced at once. */
  startedMs: number
}

/** A worker that dies at birth is not started again faster than this. */
const RESPAWN_PAUSE_MS = 500

/** A worker that does not end by itself in this time is ended. */
const STOP_GRACE_MS = 2_000

/** A worker needs little of a heap: worlds are shared, and answering makes nothing. */
const YOUNG_HEAP_MB = 4

export class UdpWorkers {
  readonly #options: UdpOptions
  readonly #libc: Libc | undefined
  readonly #sockets: UdpSocket[] = []
  readonly #seats: Seat[] = []
  readonly #ledgers: Ledger[] = []
  /** Which path runs, and why it is not the batched one. */
  readonly path: UdpPath
  readonly pathReason: string
  #hasStarted = false
  #isStopping = false
  #respawns = 0
  /** How often workers have been told something. */
  #told = 0
  #failure: Error | undefined
  /** Each looks again at what it waits for when a worker has reported. */
  readonly #waiters = new Set<() => void>()

  constructor(options: UdpOptions) {
    this.#options = options
    const libc = options.path === 'portable' ? { problem: 'it was asked for' } : loadLibc()
    if ('problem' in libc) {
      if (options.path === 'batched') throw new Error(libc.problem)
      this.path = 'portable'
      this.pathReason = libc.problem
    } else {
      this.#libc = libc
      this.path = 'batched'
      this.pathReason = 'recvmmsg and sendmmsg are available'
    }
  }

  /**
   * Takes an address; queries that come from now on wait, in its sockets where there is a libc to
   * open them with, else in a worker. Resolves with the endpoint; port 0 has become a free one.
   * Rejects with a BindFault where it cannot be had.
   */
  async open(endpoint: Endpoint): Promise<Endpoint> {
    if (this.#libc) {
      const sockets = openSockets(this.#libc, endpoint, this.#options.workersEach)
      this.#sockets.push(...sockets)
      return sockets[0]!.endpoint
    }
    const seat = this.#addSeat(endpoint, undefined)
    await this.#until(() => seat.isListening || seat.fault !== undefined)
    if (!seat.fault) return seat.endpoint
    this.#seats.splice(this.#seats.indexOf(seat), 1)
    await this.#vacate(seat)
    throw seat.fault
  }

  /** Has the workers answer; resolves once all listen. */
  async start(): Promise<void> {
    this.#hasStarted = true
    for (const seat of this.#seats) this.#brief(seat)
    for (const socket of this.#sockets) this.#addSeat(socket.endpoint, socket)
    await this.#until(() => this.#seats.every(({ isListening }) => isListening))
  }

  /** Tells every worker; each hears it before it answers its next batch. */
  tell(news: readonly News[]): void {
    this.#told++
    if (!this.#hasStarted) return // The start tells them all that there is.
    for (const seat of this.#seats) tellSeat(seat, news, this.#told)
  }

  /** Numbers what was told last; see `heard`. */
  get told(): number {
    return this.#told
  }

  /** What all workers have heard: no answer is made any more from what was told before. */
  get heard(): number {
    if (!this.#hasStarted) return this.#told
    const heard = this.#seats.map(({ signals }) => Atomics.load(signals, SIGNAL.HEARD))
    return Math.min(this.#told, ...heard)
  }

  /** Resolves when every worker answers from this generation or a later one. */
  took(generation: number): Promise<void> {
    return this.#until(() => this.#seats.every((seat) => seat.generation >= generation))
  }

  get counters(): readonly Counters[] {
    return this.#seats.map(({ counters }) => counters)
  }

  /** The same, with whose queries each counts. */
  get rows(): readonly Row[] {
    return this.#seats.map(({ counters, endpoint: { address } }) => {
      return { transport: 'udp', isV6: address.includes(':'), counters }
    })
  }

  get tallies(): readonly Tally[] {
    return this.#seats.map(({ tally }) => tally)
  }

  get talkers(): readonly Talkers[] {
    return this.#seats.map(({ talkers }) => talkers)
  }

  /** What was noted stays true when its worker has ended. */
  get ledgers(): readonly Ledger[] {
    return this.#ledgers
  }

  get respawns(): number {
    return this.#respawns
  }

  get workerCount(): number {
    return this.#seats.length
  }

  /** Ends one worker from outside, as a fault in it would; it is replaced. For tests. */
  async kill(number: number): Promise<void> {
    await this.#seats[number].worker.terminate()
  }

  /**
   * Answers what has arrived, ends the workers and closes the sockets: each as its worker ends, so
   * that the kernel gives what still comes to those that are open.
   */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#wakeAll()
    await Promise.all(this.#seats.map((seat) => this.#vacate(seat)))
    for (const socket of [...this.#sockets]) this.#closeSocket(socket)
    this.#seats.length = 0
  }

  async #vacate({ worker, signals, socket }: Seat): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      if (worker.threadId === -1) resolve()
      else worker.once('exit', () => resolve())
    })
    Atomics.store(signals, SIGNAL.STOP, 1)
    if (!socket) worker.postMessage('stop')
    const grace = setTimeout(() => void worker.terminate(), STOP_GRACE_MS)
    await ended
    clearTimeout(grace)
    if (socket) this.#closeSocket(socket)
  }

  /** Once, however often it is asked for: its number may be somebody else's by then. */
  #closeSocket(socket: UdpSocket): void {
    const open = this.#sockets.indexOf(socket)
    if (open < 0) return
    this.#sockets.splice(open, 1)
    this.#libc?.close(socket.fd)
  }

  #addSeat(endpoint: Endpoint, socket: UdpSocket | undefined): Seat {
    const signals = createSignals()
    const counters = createCounters()
    const tally = createTally()
    const talkers = createTalkers()
    const ledger = createLedger()
    this.#ledgers.push(ledger)
    const order = this.#orderFor({ endpoint, socket, signals, counters, tally, talkers, ledger })
    const seat: Seat = {
      endpoint,
      socket,
      signals,
      counters,
      tally,
      talkers,
      ledger,
      worker: this.#spawn(order),
      isListening: false,
      fault: undefined,
      generation: 0,
      lastWords: '',
      startedMs: performance.now(),
    }
    this.#seats.push(seat)
    this.#employ(seat)
    return seat
  }

  #orderFor(
    seat: Pick<
      Seat,
      'endpoint' | 'socket' | 'signals' | 'counters' | 'tally' | 'talkers' | 'ledger'
    >,
  ): WorkerOrder {
    const { endpoint, socket, signals, counters, tally, talkers, ledger } = seat
    const { cursors, random } = this.#options
    const seed = Math.floor(random() * 0xffffffff)
    const order = { endpoint, signals, counters, tally, talkers, ledger, seed, cursors }
    return socket ? { ...order, socket } : order
  }

  #spawn(order: WorkerOrder): Worker {
    return new Worker(new URL(`./${this.path}.js`, import.meta.url), {
      workerData: order,
      name: `rota-udp-${this.path}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    })
  }

  /** Listens to a seat's new worker and, once they are to answer, briefs it. */
  #employ(seat: Seat): void {
    seat.lastWords = 'it ended'
    seat.startedMs = performance.now()
    seat.worker.on('message', (report: Report) => this.#hear(seat, report))
    seat.worker.on('error', (error) => {
      seat.lastWords = error.message
    })
    seat.worker.once('exit', () => this.#replace(seat, seat.lastWords))
    if (this.#hasStarted) this.#brief(seat)
  }

  #brief(seat: Seat): void {
    tellSeat(seat, this.#options.briefing(), this.#told)
  }

  #hear(seat: Seat, report: Report): void {
    if (report.kind === 'took') seat.generation = report.generation
    else if (report.kind === 'listening') {
      seat.isListening = true
      seat.endpoint = report.endpoint
    } else {
      seat.fault = new BindFault('UDP', seat.endpoint, report.code)
      if (seat.isListening) {
        // It took the place of one that died, and somebody took its port meanwhile: try again.
        seat.lastWords = seat.fault.message
        void seat.worker.terminate()
      }
    }
    this.#wakeAll()
  }

  #replace(seat: Seat, reason: string): void {
    if (this.#isStopping || !this.#seats.includes(seat)) return
    if (!seat.isListening) {
      this.#fail(`a UDP worker could not start: ${reason}`)
      return
    }
    const lived = performance.now() - seat.startedMs
    setTimeout(
      () => {
        if (this.#isStopping) return
        seat.worker = this.#spawn(this.#orderFor(seat))
        this.#employ(seat)
        this.#respawns++
        this.#options.onRespawn(seat.endpoint, reason)
      },
      lived < RESPAWN_PAUSE_MS ? RESPAWN_PAUSE_MS : 0,
    )
  }

  #fail(reason: string): void {
    this.#failure = new Error(reason)
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const look of this.#waiters) look()
  }

  #until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#failure) reject(this.#failure)
        // Who waits for a server that stops waits for nothing.
        else if (this.#isStopping || isDone()) resolve()
        else return
        this.#waiters.delete(look)
      }
      this.#waiters.add(look)
      look()
    })
  }
}

function tellSeat({ worker, signals }: Seat, news: readonly News[], number: number): void {
  for (const piece of news) worker.postMessage(piece)
  worker.postMessage({ kind: 'mark', number } satisfies Mark)
  Atomics.add(signals, SIGNAL.NEWS, 1)
}
