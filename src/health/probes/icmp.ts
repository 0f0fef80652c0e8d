/**
 * Sends one echo request and waits for the reply: through a socket where that is permitted, else by
 * the program `ping`. Where there is neither, that is a fault of this machine, and it says what to
 * grant.
 */

import { randomFillSync } from 'node:crypto'

import { echoRequest, isEchoReply, TOKEN_OCTETS } from './icmp-packet.ts'
import { type IcmpSocket, openIcmpSocket } from './icmp-socket.ts'
import { failure, type Outcome, ownFault, success } from './probe.ts'
import { type Patience, runProgram } from './program.ts'

export interface IcmpMeans {
  readonly open: typeof openIcmpSocket
  /** The program that does it otherwise. */
  readonly ping: string
}

const MEANS: IcmpMeans = { open: openIcmpSocket, ping: 'ping' }

export async function probeIcmp(
  address: string,
  patience: Patience,
  means: IcmpMeans = MEANS,
): Promise<Outcome> {
  const socket = means.open(address)
  if (socket === 'absent') return ping(address, means.ping, patience)
  if (!('errno' in socket)) return echo(socket, address.includes(':'), patience)
  const isDenied = DENIED.includes(socket.errno)
  return isDenied ? ping(address, means.ping, patience) : errnoOutcome(socket.errno)
}

/** Linux's EPERM, EACCES, and what it says of a protocol that it does not have. */
const DENIED = [1, 13, 93, 94, 97]

/** Nothing tells Node of such a socket, so it is looked at often at first, and then ever less. */
const LOOK_MS_MIN = 1
const LOOK_MS_MAX = 20
/** A time is at most this share too long: one in eight. */
const LOOKS_PER_SPAN = 8

function echo(socket: IcmpSocket, isV6: boolean, patience: Patience): Promise<Outcome> {
  const { clock, signal, onStage } = patience
  const token = randomFillSync(new Uint8Array(TOKEN_OCTETS))
  const errno = socket.send(echoRequest(token, isV6))
  if (errno !== 0) {
    socket.close()
    return Promise.resolve(errnoOutcome(errno))
  }
  onStage('no echo reply')
  const startMs = clock.now()
  return new Promise((resolve) => {
    let cancel = () => {}
    const settle = (outcome: Outcome) => {
      cancel()
      signal.removeEventListener('abort', onAbort)
      socket.close()
      resolve(outcome)
    }
    const onAbort = () => settle(failure('aborted'))
    const look = () => {
      for (let packet = socket.receive(); packet; packet = socket.receive()) {
        if (isEchoReply(packet, token, isV6)) return settle(success('echo reply'))
      }
      const spanMs = (clock.now() - startMs) / LOOKS_PER_SPAN
      cancel = clock.after(Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, spanMs)), look)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    else look()
  })
}

/** Linux's numbers for what may come of sending to a host. */
function errnoOutcome(errno: number): Outcome {
  if (errno === 101) return failure('network unreachable')
  if (errno === 113) return failure('no route to host')
  return ownFault(`cannot send ICMP (errno ${errno})`)
}

async function ping(address: string, command: string, patience: Patience): Promise<Outcome> {
  const exit = await runProgram({ command, args: ['-c', '1', address] }, patience)
  if ('isSuccess' in exit) return exit.isOwnFault ? ownFault(GRANTS) : exit
  if (exit.status === 0) return success('echo reply')
  if (exit.status === 1) return failure('no echo reply')
  return ownFault(`ping: ${exit.said || `exit ${exit.status ?? exit.killer}`}`)
}

const GRANTS =
  'cannot send ICMP: grant CAP_NET_RAW, or a group in net.ipv4.ping_group_range, or install ping'
