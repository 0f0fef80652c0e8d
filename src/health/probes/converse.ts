/**
 * One exchange over a stream: connect, say something or nothing, and listen until a judge has heard
 * enough. All probes of protocols that are a few octets long are this with a judge of their own.
 *
 * Always true: no more than ANSWER_OCTETS_MAX are kept, and the connection is gone when it settles.
 */

import { connect, type Socket } from 'node:net'

import { faultOutcome } from './faults.ts'
import { failure, type OnStage, type Outcome } from './probe.ts'

/** Enough for any greeting or health page, and little enough to read every second. */
export const ANSWER_OCTETS_MAX = 65_536

/** What has come so far. */
export interface Heard {
  readonly octets: Buffer
  /** Where in `octets` the latest piece begins. */
  readonly from: number
  /** Nothing more will come. */
  readonly isEnded: boolean
}

export interface Dialogue {
  /** Said as soon as the connection stands. */
  readonly opening?: string | Uint8Array
  /** The outcome, or undefined where more must be heard. Never throws. */
  judge(heard: Heard): Outcome | undefined
  /** Said before leaving, whatever was heard. */
  readonly farewell?: string
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

export function converse(
  { address, port }: Endpoint,
  { opening, judge, farewell }: Dialogue,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const buffer = Buffer.allocUnsafe(ANSWER_OCTETS_MAX)
    let length = 0
    const settle = (outcome: Outcome) => {
      resolve(outcome)
      if (farewell === undefined) socket.destroy()
      else socket.end(farewell, () => socket.destroy())
    }
    const hear = (from: number, isEnded: boolean) => {
      const outcome = judge({ octets: buffer.subarray(0, length), from, isEnded })
      if (outcome) settle(outcome)
      else if (isEnded)
        settle(failure(`connection closed ${length > 0 ? 'within' : 'before'} an answer`))
      else if (length === buffer.length) settle(failure('no end of the answer within 64 KiB'))
    }
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    socket.once('connect', () => {
      if (isSelf(socket)) return settle(failure('connection refused'))
      onStage('connected, no answer')
      if (opening !== undefined) socket.write(opening)
    })
    socket.on('data', (chunk: Buffer) => {
      if (length === buffer.length) return // Already judged.
      onStage('connected, answer not complete')
      const from = length
      length += chunk.copy(buffer, length)
      hear(from, false)
    })
    socket.once('end', () => hear(length, true))
    socket.on('error', (error) => resolve(faultOutcome(error)))
    socket.once('close', () => resolve(failure('aborted'))) // Unless something was said before.
  })
}

/**
 * Whether TCP has connected the socket to itself (RFC 9293 §3.5, simultaneous open): it can, where
 * nobody listens on a port of this machine and the system picks just that port to connect from.
 */
export function isSelf({ localPort, localAddress, remotePort, remoteAddress }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress
}
