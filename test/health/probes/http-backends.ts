/** What the tests of HTTP probes, in the clear and over TLS, ask and are answered by. */

import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'

import type { HttpProbe } from '../../../src/health/probes/spec.ts'
import { listen } from '../../support/probing.ts'

export const OK: RequestListener = (_, response) => response.end('ok a')

export function http(port: number, changes: Partial<HttpProbe> = {}): HttpProbe {
  const expect = [{ from: 200, to: 299 }]
  return { kind: 'http', port, path: '/healthz', expect, verify: true, ...changes }
}

/** A backend that accepts a connection and never says anything. */
export async function silent() {
  const server = createTcpServer((socket) => socket.on('error', () => {}))
  const { port } = await listen(server)
  const socket = once(server, 'connection').then(([accepted]: Socket[]) => accepted!)
  return { port, socket }
}
