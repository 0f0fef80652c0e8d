/**
 * What comes of asking: a reply, whatever it says, or silence and its reason. dns2 judges whether
 * octets are a reply at all.
 */

import { Packet } from 'dns2'

import { HEADER_OCTETS } from '../wire/message.ts'

export type Outcome = Reply | Silence

export interface Reply {
  readonly kind: 'reply'
  readonly octets: Uint8Array
  readonly transport: 'UDP' | 'TCP' | 'TLS' | 'HTTPS' | 'HTTP'
  readonly elapsedMs: number
  /** What dns2 could not read of it; empty for a sound reply. */
  readonly complaints: readonly string[]
}

export interface Silence {
  readonly kind: 'silence'
  readonly reason: 'unknown host' | 'refused' | 'timeout' | 'unreachable' | 'distrusted'
  /** What the system or dns2 said. */
  readonly detail: string
}

const ID_OCTETS = 2

/** The reply, or why it is none to this query. */
export function judge(
  octets: Buffer,
  query: Buffer,
  transport: Reply['transport'],
  elapsedMs: number,
): Reply | string {
  if (octets.length < HEADER_OCTETS) return 'a reply came that is too short'
  if (octets.subarray(0, ID_OCTETS).compare(query, 0, ID_OCTETS) !== 0) {
    return 'a reply came with another ID'
  }
  try {
    // dns2 reads the address of an IPv6 subnet in pairs, one octet too far if their number is odd.
    const padded = Buffer.concat([octets, Buffer.alloc(1)])
    const complaints = Packet.parse(padded).errors.map(({ message }) => message)
    return { kind: 'reply', octets, transport, elapsedMs, complaints }
  } catch (error) {
    return `a reply came that is no message: ${messageOf(error)}`
  }
}

export function silence(reason: Silence['reason'], detail: string): Silence {
  return { kind: 'silence', reason, detail }
}

export function silenceOf(error: unknown): Silence {
  const isRefused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
  return silence(isRefused ? 'refused' : 'unreachable', messageOf(error))
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
