/** Real backends on the loopback, and one probe of them. Servers are closed after each test. */

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { onTestFinished } from 'vitest'

import { createTarget } from '../../src/health/check.ts'
import { attempt, createAttempt } from '../../src/health/probes/attempt.ts'
import { createHeartbeats } from '../../src/health/heartbeats.ts'
import type { Outcome } from '../../src/health/probes/probe.ts'
import type { ProbeSpec } from '../../src/health/probes/spec.ts'
import { checkWith } from './check.ts'
import { ManualClock } from './manual-clock.ts'

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
  /** What the clock on the wall shows; the real time if unset. */
  readonly wallMs?: number
  readonly address?: string
  readonly signal?: AbortSignal
  readonly onStage?: (stage: string) => void
}

/** Probes the loopback once. */
export function probe(spec: ProbeSpec, asking: Asking = {}): Promise<Outcome> {
  const { address = '127.0.0.1', signal = new AbortController().signal } = asking
  const target = createTarget(address, checkWith({ probe: spec }))
  const { wallMs, onStage = () => {} } = asking
  if (wallMs === undefined) return attempt(target, signal, onStage)
  const clock = new ManualClock(wallMs)
  return createAttempt({ clock, heartbeats: createHeartbeats() })(target, signal, onStage)
}

/** Listens on the loopback and does `greet` with each connection; errors of theirs are nobody's. */
export function backend(greet: (socket: Socket) => void, address?: string) {
  return listen(
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {})
      greet(socket)
    }),
    address,
  )
}

/** A backend that says `text` when it is connected to, or once it has been spoken to. */
export function saying(text: string | Uint8Array, when: 'at once' | 'when asked' = 'at once') {
  return backend((socket) => {
    if (when === 'at once') socket.write(text)
    else socket.once('data', () => socket.write(text))
  })
}

/** Probes until the stage `last` is reached, aborts, and tells all stages. */
export async function stagesUntil(spec: ProbeSpec, last: string): Promise<readonly string[]> {
  const abort = new AbortController()
  const stages: string[] = []
  await probe(spec, {
    signal: abort.signal,
    onStage: (stage) => {
      stages.push(stage)
      if (stage === last) abort.abort()
    },
  })
  return stages
}

/** Resolves when the connection is gone, in whatever way. */
export function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}
