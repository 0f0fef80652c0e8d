/** Real backends on the loopback, and one probe of them. Servers are closed after each test. */

import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { onTestFinished } from 'vitest'

import { createTarget, type ProbeSpec } from '../../src/health/check.ts'
import { attempt } from '../../src/health/probes/attempt.ts'
import type { Outcome } from '../../src/health/probes/probe.ts'
import { checkWith } from './check.ts'

/** Whether the loopback has IPv6. A machine without `::1` is legal everywhere, in CI too. */
export const hasV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)
if (!hasV6) process.stderr.write('skipped: the loopback has no ::1\n')

/** Listens on a port that the system picks, until the test is over. */
export async function listen(server: Server, address = '127.0.0.1'): Promise<{ port: number }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, address)
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { port: (server.address() as AddressInfo).port }
}

interface Asking {
  readonly address?: string
  readonly signal?: AbortSignal
  readonly onStage?: (stage: string) => void
}

/** Probes the loopback once. */
export function probe(spec: ProbeSpec, asking: Asking = {}): Promise<Outcome> {
  const { address = '127.0.0.1', signal = new AbortController().signal } = asking
  const target = createTarget(address, checkWith({ probe: spec }))
  return attempt(target, signal, asking.onStage ?? (() => {}))
}

/** Resolves when the connection is gone, in whatever way. */
export function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}
