/**
 * A worker of the batched path: sleeps in `recvmmsg`, answers the batch in place, sends it with one
 * `sendmmsg`, for ever. Only news makes objects, and a ring at its first turn; a query makes none.
 * News is read between receiving a batch and answering it, so it is never older than the queries,
 * but for what follows a large world that is still arriving in slices.
 */

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'

import { assert } from '../../base/assert.ts'
import { createDice } from '../../base/random.ts'

import { answer } from '../../engine/answer.ts'
import { createEngine } from '../../engine/engine.ts'
import { createClient } from '../../engine/world.ts'

import { CELL, count, countLatency } from '../counters.ts'
import { createListener, hear, rest } from '../news.ts'
import {
  BATCH,
  copySource,
  createBatch,
  receivedLength,
  resetControl,
  sendHeaderAt,
  setSend,
} from './batch.ts'
import { ERRNO, type Libc, loadLibc } from './libc.ts'
import { type Report, SIGNAL, type Told, type WorkerOrder } from './order.ts'
import { RECEIVE_TIMEOUT_MS } from './socket.ts'
import { createWorkerClock } from './worker-clock.ts'

const MSG_DONTWAIT = 0x40
/** Waits for the first datagram, then takes what else is there. */
const MSG_WAITFORONE = 0x10000

/** Enough for all that the socket's buffer holds: a flood does not keep a worker from its end. */
const STOP_BATCHES_MAX = 512

const { socket, endpoint, cursors, counters, tally, talkers, ledger, signals, seed } =
  workerData as WorkerOrder
const libc = libcOrThrow()
assert(socket !== undefined, 'a batched worker is given a socket')

const { fd } = socket
const readClock = createWorkerClock(libc)
const batch = createBatch(libc, socket.isV6, socket.isWildcard)
const engine = createEngine(cursors, createDice(seed), tally, talkers, ledger)
const listener = createListener(engine)
const client = createClient(false)
client.isV6 = socket.isV6
/** When the last batch had been sent. */
const sentMoment = new Float64Array(1)
let heard = 0

report({ kind: 'listening', endpoint })
// Queries may wait in the socket already; without a world they would be refused.
while (engine.world.generation === 0 && signals[SIGNAL.STOP] === 0) {
  hearNews()
  if (engine.world.generation === 0) Atomics.wait(signals, SIGNAL.NEWS, heard, RECEIVE_TIMEOUT_MS)
}
while (signals[SIGNAL.STOP] === 0) {
  // While there is more to hear, nobody is waited for: news must not come at the pace of queries.
  const isBehind = Atomics.load(signals, SIGNAL.NEWS) !== heard
  if (!serve(isBehind ? MSG_DONTWAIT : MSG_WAITFORONE) && !isBehind) rest(listener)
}
// What has arrived by now is answered. The main thread then closes the socket, and the kernel gives
// what comes later to those that are still open.
const hasWorld = engine.world.generation > 0
for (let left = hasWorld ? STOP_BATCHES_MAX : 0; left > 0 && serve(MSG_DONTWAIT); left--);

/** Receives, answers and sends one batch; false where nothing had come. */
function serve(flags: number): boolean {
  const received = libc.recvmmsg(fd, batch.receiveHeaders, BATCH, flags, null)
  if (received < 0) surviveOrThrow(libc.errno())
  if (Atomics.load(signals, SIGNAL.NEWS) !== heard) hearNews()
  if (received <= 0) return false

  readClock(engine.moment)
  counters[CELL.BATCHES]++
  let sending = 0
  for (let i = 0; i < received; i++) {
    copySource(batch, i, client.address)
    const datagram = batch.datagrams[i]
    const length = answer(engine, datagram, receivedLength(batch, i), client, datagram)
    count(counters, engine.scratch, datagram, length)
    if (length > 0) setSend(batch, sending++, i, length)
  }
  send(sending)
  readClock(sentMoment)
  countLatency(counters, engine.moment, sentMoment, sending)
  for (let i = 0; i < received; i++) resetControl(batch, i)
  return true
}

/** Sends the packed headers. One that the kernel refuses is counted and left out. */
function send(total: number): void {
  let done = 0
  while (done < total) {
    const sent = libc.sendmmsg(fd, sendHeaderAt(batch, done), total - done, 0)
    if (sent > 0) done += sent
    else if (libc.errno() !== ERRNO.EINTR) {
      counters[CELL.SEND_FAILURES]++
      done++
    }
  }
}

/** Nothing came, or a signal did; anything else would come again at once, and for ever. */
function surviveOrThrow(errno: number): void {
  if (errno !== ERRNO.EAGAIN && errno !== ERRNO.EINTR) throw new Error(`recvmmsg: error ${errno}`)
}

/**
 * Reads the channel: all of it, but of a world to come one slice at a time. `heard` is noted only
 * once the channel is empty, so the rest is read with the next batch.
 */
function hearNews(): void {
  const moved = Atomics.load(signals, SIGNAL.NEWS)
  for (;;) {
    const received = receiveMessageOnPort(parentPort!)
    if (!received) break
    const news = received.message as Told
    if (news.kind === 'mark') {
      // The batch before has been sent, and this one is answered from what has just been heard.
      Atomics.store(signals, SIGNAL.HEARD, news.number)
      continue
    }
    const generation = hear(listener, news)
    if (generation > 0) report({ kind: 'took', generation })
    if (news.kind === 'rosters-ahead') return
  }
  heard = moved
}

/** The main thread has opened sockets through it, so here it can be had too. */
function libcOrThrow(): Libc {
  const loaded = loadLibc()
  if ('problem' in loaded) throw new Error(loaded.problem)
  return loaded
}

function report(message: Report): void {
  parentPort!.postMessage(message)
}
