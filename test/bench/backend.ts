/** A small HTTP backend that is always well, and remembers when it was probed. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Backend {
  readonly port: number
  /** Forgets the probes so far; gaps are counted from here. */
  restart(): void
  /** Probes since the last restart. */
  probes(): number
  /** The longest time between two probes since the last restart, in milliseconds. */
  longestGapMs(): number
  close(): Promise<void>
}

/** Listens on a free port of 127.0.0.1. */
export async function startBackend(): Promise<Backend> {
  let times: number[] = []
  const server = createServer((_request, response) => {
    times.push(performance.now())
    response.end('well\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    restart: () => {
      times = []
    },
    probes: () => times.length,
    longestGapMs: () => longestGap(times),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The longest distance between neighbours; 0 of fewer than two. */
export function longestGap(times: readonly number[]): number {
  let longest = 0
  for (let i = 1; i < times.length; i++) longest = Math.max(longest, times[i]! - times[i - 1]!)
  return longest
}
