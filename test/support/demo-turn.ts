/**
 * `rota demo` has fixed addresses and ports, as a quick start must, so one test file at a time may
 * run it. Whose turn it is, is who holds a port beside those: the system lets go of it with the
 * process, however that ends.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

import { eventually } from './eventually.ts'

export const DNS_PORT = 5300
export const HTTP_PORT = 8053
export const PAGE_PORT = 8080
export const ECHO_PORT = 7000
export const SWITCHBOARD = '127.0.0.10'
export const [A, B, C] = ['127.0.0.11', '127.0.0.12', '127.0.0.13'] as const

/** Nothing of the demo: only tests take it. */
const TURN = { host: SWITCHBOARD, port: 5299 }

/** Longer than any one file that runs the demo. */
export const TURN_LIMIT_MS = 240_000

/** Waits for the turn, and resolves to what ends it. */
export async function takeDemoTurn(): Promise<() => Promise<void>> {
  const server = createServer()
  await eventually(
    async () => {
      server.listen(TURN)
      try {
        await once(server, 'listening')
        return true
      } catch {
        return false
      }
    },
    { limitMs: TURN_LIMIT_MS, what: 'the turn to run the demo' },
  )
  return async () => {
    server.close()
    await once(server, 'close')
  }
}

/** Why the demo cannot run: which port somebody has, or which address this machine lacks. */
export async function demoProblem(): Promise<string | undefined> {
  const tcp = [A, B, C].flatMap((host) =>
    [PAGE_PORT, ECHO_PORT].map((port) => [host, port] as const),
  )
  const own = [DNS_PORT, HTTP_PORT].map((port) => ['127.0.0.1', port] as const)
  for (const [host, port] of [...tcp, [SWITCHBOARD, PAGE_PORT] as const, ...own]) {
    if (!(await isFree(createServer().listen(port, host)))) {
      return `the demo cannot have TCP ${host}:${port}`
    }
  }
  const socket = createSocket('udp4')
  socket.bind(DNS_PORT, '127.0.0.1')
  return (await isFree(socket)) ? undefined : `the demo cannot have UDP 127.0.0.1:${DNS_PORT}`
}

interface Listening extends NodeJS.EventEmitter {
  close(): unknown
}

async function isFree(listener: Listening): Promise<boolean> {
  try {
    await once(listener, 'listening')
  } catch {
    return false
  }
  listener.close()
  await once(listener, 'close')
  return true
}
