/**
 * A worker of the portable path: Node's own `dgram` around the same engine. It runs wherever Node
 * runs, and costs what a datagram costs in Node: a few microseconds of objects for each.
 */

import { createSocket, type RemoteInfo } from 'node:dgram'
import { parentPort, workerData } from 'node:worker_threads'

import { parseAddress } from '../../base/address.ts'
import { systemClock } from '../../base/clock.ts'
import { createDice } from '../../base/random.ts'

import { PAYLOAD_MAX } from '../../wire/edns.ts'

import { answer } from '../../engine/answer.ts'
import { createEngine } from '../../engine/engine.ts'
import { createClient } from '../../engine/world.ts'

import { CELL, count, countLatency } from '../counters.ts'
import { createListener, hear } from '../news.ts'
import { type Report, SIGNAL, type Told, type WorkerOrder } from './order.ts'

/** `dgram` keeps a response until it is sent; so many may be under way before one is reused. */
const RESPONSES = 1024
const BUFFER_OCTETS = 4 * 1024 * 1024
/** So many queries wait for the first world; what comes beyond is lost, as in a full buffer. */
const WAITING_MAX = 1024
/** Enough for all that the socket's buffer holds, at 32 datagrams a turn. */
const STOP_TURNS_MAX = 512

const { endpoint, cursors, counters, tally, talkers, ledger, signals, seed } =
  workerData as WorkerOrder
const port = parentPort!
const isV6 = endpoint.address.includes(':')
const socket = createSocket({
  type: isV6 ? 'udp6' : 'udp4',
  ipv6Only: isV6,
  recvBufferSize: BUFFER_OCTETS,
  sendBufferSize: BUFFER_OCTETS,
  // Whom to send to is an address already; Node would look it up by name, a turn of its loop later.
  lookup: (address, _options, found) => found(null, address, isV6 ? 6 : 4),
})
const engine = createEngine(cursors, createDice(seed), tally, talkers, ledger)
const listener = createListener(engine)
const client = createClient(false)
client.isV6 = isV6
const responses = Array.from({ length: RESPONSES }, () => new Uint8Array(PAYLOAD_MAX))
/** When the last answer had been sent. */
const sentMoment = new Float64Array(1)
/** What has come before the first world, which would be refused without one. */
const waiting: [request: Uint8Array, from: RemoteInfo][] = []
let isListening = false
let next = 0
/** Parsing the text of an address costs as much as answering; most queries come from few. */
let lastAddress = ''

port.on('message', (news: Told | 'stop') => {
  if (news === 'stop') return stop()
  if (news.kind === 'mark') {
    Atomics.store(signals, SIGNAL.HEARD, news.number)
    return
  }
  const generation = hear(listener, news)
  if (generation === 0) return
  report({ kind: 'took', generation })
  for (const [request, from] of waiting.splice(0)) reply(request, from)
})
socket.on('message', (request, from) => {
  if (engine.world.generation > 0) reply(request, from)
  else if (waiting.length < WAITING_MAX) waiting.push([request, from])
})
socket.on('error', (error: NodeJS.ErrnoException) => {
  // Once it listens, what goes wrong ends the worker, and another takes its place.
  if (isListening) throw error
  report({ kind: 'cannot-listen', code: error.code ?? 'error' })
})
socket.bind(endpoint.port, endpoint.address, () => {
  isListening = true
  const bound = { address: endpoint.address, port: socket.address().port }
  report({ kind: 'listening', endpoint: bound })
})

function reply(request: Uint8Array, { address, port: from }: RemoteInfo): void {
  // A forged source: nobody can be answered at port 0, and Node throws at the attempt. And where
  // the kernel takes no more, a response that waits must not be written over.
  if (from === 0 || socket.getSendQueueCount() >= RESPONSES) {
    counters[CELL.SEND_FAILURES]++
    return
  }
  if (address !== lastAddress) {
    client.address.set(parseAddress(address.split('%')[0]) ?? [])
    lastAddress = address
  }
  const out = responses[next]
  engine.moment[0] = systemClock.now()
  const length = answer(engine, request, request.length, client, out)
  count(counters, engine.scratch, out, length)
  if (length === 0) return
  next = (next + 1) % RESPONSES
  // Without a callback Node sends at once and makes no object to call back by.
  socket.send(out, 0, length, from, address)
  sentMoment[0] = systemClock.now()
  countLatency(counters, engine.moment, sentMoment, 1)
}

/**
 * What has arrived is answered before the socket closes. The loop reads a few datagrams a turn, so
 * it is let turn until nothing more comes; but not for ever, since some may go on asking. The turn
 * that heard of the stop may have read the socket before: two quiet ones in a row are needed.
 */
function stop(turnsLeft = STOP_TURNS_MAX, quietTurns = 0, before = counters[CELL.QUERIES]): void {
  if (quietTurns === 2 || turnsLeft === 0) {
    socket.close(() => port.close())
    return
  }
  setImmediate(() => {
    const queries = counters[CELL.QUERIES]
    stop(turnsLeft - 1, queries === before ? quietTurns + 1 : 0, queries)
  })
}

function report(message: Report): void {
  port.postMessage(message)
}
