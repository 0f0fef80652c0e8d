/** Connects and leaves: an accepted connection is a success, nothing is sent or read. */

import { connect, type Socket } from 'node:net'

import type { TcpProbe } from '../check.ts'
import { faultOutcome } from './faults.ts'
import { failure, type Outcome, success } from './probe.ts'

export function probeTcp(
  address: string,
  { port }: TcpProbe,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    socket.once('connect', () => {
      resolve(isSelf(socket) ? failure('connection refused') : success('connected'))
      // A reset, as other load balancers send it: no port is left waiting (TIME_WAIT) on this side.
      socket.resetAndDestroy()
    })
    socket.on('error', (error) => resolve(faultOutcome(error)))
    socket.once('close', () => resolve(failure('aborted'))) // Unless something was said before.
  })
}

/**
 * Whether TCP has connected the socket to itself (RFC 9293 §3.5, simultaneous open): it can, where
 * nobody listens on a port of this machine and the system picks just that port to connect from.
 */
function isSelf({ localPort, localAddress, remotePort, remoteAddress }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress
}
