/**
 * What is probed in the bench: one port that answers on every address of the loopback, in a process
 * of its own. Prints its port, and then how many connections came in each tenth of a second.
 */

import { createServer } from 'node:net'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nwell\n'
const WINDOW_MS = 100

let window = windowNow()
let arrivals = 0

const server = createServer((socket) => {
  note()
  socket.on('error', () => {}) // A reset is how a probe of TCP says goodbye.
  socket.once('data', () => socket.end(ANSWER))
})
server.listen({ port: 0, host: '0.0.0.0', backlog: 4_096 }, () => {
  const address = server.address()
  if (typeof address === 'object') process.stdout.write(`port ${address?.port}\n`)
})
setInterval(note, WINDOW_MS, 0)

/** Counts arrivals, and tells of every window that is over. */
function note(more = 1): void {
  const now = windowNow()
  if (now !== window) {
    process.stdout.write(`${window} ${arrivals}\n`)
    for (let empty = window + 1; empty < now; empty++) process.stdout.write(`${empty} 0\n`)
    window = now
    arrivals = 0
  }
  arrivals += more
}

function windowNow(): number {
  return Math.floor(Date.now() / WINDOW_MS)
}
