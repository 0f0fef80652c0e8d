/**
 * One question to one server, as a client asks it. dns2 composes the query and judges the reply: an
 * implementation that shares no line with ours, so a fault of our own codec cannot hide itself.
 *
 * The sockets are not dns2's. Its TCP client never times out and cannot reach an IPv6 address, its
 * UDP client cannot tell a closed port from silence, and neither sends EDNS or an IPv6 subnet.
 */

import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'

import { Packet } from 'dns2'

import { printAddress } from '../base/address.ts'
import type { Clock } from '../base/clock.ts'

import type { Subnet } from '../wire/edns-options.ts'
import { frameMessage } from '../wire/frame.ts'
import { CLASS, OPTION } from '../wire/registry.ts'

import { askSecurely, type Secure } from './ask-secure.ts'
import { judge, type Outcome, type Reply, silence, silenceOf } from './outcome.ts'

export interface Server {
  /** An address, or a host name to look up. */
  readonly host: string
  readonly port: number
}

export interface Asking {
  readonly server: Server
  /** Uncompressed; see `canAsk`. */
  readonly name: Uint8Array
  readonly type: number
  readonly subnet?: Subnet | undefined
  /** Asks over TCP at once, and not only where a UDP reply is truncated. */
  readonly isTcp: boolean
  /** Asks over TLS or HTTPS, and by nothing else. */
  readonly secure?: Secure | undefined
  /** How long to wait for each try. */
  readonly timeoutMs: number
}

/** A datagram may be lost, so a silent server is asked once more; TCP repeats for itself. */
export const UDP_TRIES = 2

/** dns2 writes names as text without escapes, so it cannot say that a dot is part of a label. */
export function canAsk(name: Uint8Array): boolean {
  return !labelsOf(name).some((label) => label.includes('.'))
}

/** Asks over UDP, and again over TCP where the reply is truncated. Never rejects. */
export async function ask(asking: Asking, clock: Clock): Promise<Outcome> {
  const { server, isTcp, secure } = asking
  const found = await lookup(server.host).catch(() => undefined)
  if (!found) {
    return { kind: 'silence', reason: 'unknown host', detail: `no address for ${server.host}` }
  }
  const exchange = { ...asking, address: found.address, query: composeQuery(asking), clock }
  if (secure) return askSecurely({ ...exchange, secure })
  if (isTcp) return askTcp(exchange)
  let outcome = await askUdp(exchange)
  for (let tries = 1; tries < UDP_TRIES && isTimeout(outcome); tries++) {
    outcome = await askUdp(exchange)
  }
  return outcome.kind === 'reply' && isTruncated(outcome) ? askTcp(exchange) : outcome
}

interface Exchange extends Asking {
  readonly address: string
  readonly query: Buffer
  readonly clock: Clock
}

/** DNS flag day 2020: no fragments on any common path. */
const PAYLOAD = 1232

function composeQuery({ name, type, subnet }: Asking): Buffer {
  const packet = new Packet()
  // The ID is from a secure generator (RFC 5452 §4.3); recursion is desired as a stub would.
  packet.header = new Packet.Header({ id: Packet.uuid(), rd: 1 })
  packet.questions.push(new Packet.Question(labelsOf(name).join('.'), type, CLASS.IN))
  const options = subnet ? [subnetOption(subnet)] : []
  packet.additionals.push(Packet.Resource.EDNS(options, { udpPayloadSize: PAYLOAD }))
  return packet.toBuffer()
}

/** The helper in dns2 knows IPv4 alone and makes /32 of /0; its encoder knows better. */
function subnetOption({ address, source }: Subnet) {
  return {
    ednsCode: OPTION.CLIENT_SUBNET,
    family: address.length === 4 ? 1 : 2,
    sourcePrefixLength: source,
    scopePrefixLength: 0,
    // In full for IPv6: the encoder takes no IPv4 tail.
    ip: address.length === 4 ? printAddress(address) : groupsOf(address).join(':'),
  }
}

function askUdp({ address, server, query, timeoutMs, clock }: Exchange): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const started = clock.now()
    let dropped = ''
    const settle = (outcome: Outcome) => {
      cancel()
      socket.removeAllListeners().on('error', () => {}) // The port may still turn out closed.
      socket.close()
      resolve(outcome)
    }
    const cancel = clock.after(timeoutMs, () => settle(silence('timeout', dropped)))
    socket.on('error', (error) => settle(silenceOf(error)))
    socket.on('message', (octets) => {
      const reply = judge(octets, query, 'UDP', clock.now() - started)
      if (typeof reply !== 'string') return settle(reply)
      dropped = reply // A forged or late datagram must not end the wait for the real one.
    })
    socket.once('connect', () => socket.send(query))
    // Connected, so that only its datagrams arrive and a closed port is reported. Without a
    // callback, which would be called where there is no route to the server, too.
    socket.connect(server.port, address)
  })
}

async function askTcp({ address, server, query, timeoutMs, clock }: Exchange): Promise<Outcome> {
  const started = clock.now()
  const socket = connect({ host: address, port: server.port })
  let isLate = false
  const cancel = clock.after(timeoutMs, () => {
    isLate = true
    socket.destroy(new Error('no whole reply in time'))
  })
  socket.on('error', () => {}) // Reported by readStream, which stops listening when it is done.
  try {
    socket.write(frameMessage(query))
    const octets = await Packet.readStream(socket)
    const reply = judge(octets, query, 'TCP', clock.now() - started)
    return typeof reply === 'string' ? silence('unreachable', reply) : reply
  } catch (error) {
    return isLate ? silence('timeout', '') : silenceOf(error)
  } finally {
    cancel()
    socket.destroy()
  }
}

function isTimeout(outcome: Outcome): boolean {
  return outcome.kind === 'silence' && outcome.reason === 'timeout'
}

function isTruncated({ octets }: Reply): boolean {
  return (octets[2] & 0x02) !== 0 // TC (RFC 1035 §4.1.1)
}

/** The labels as dns2 takes them: one character for each octet. */
function labelsOf(name: Uint8Array): string[] {
  const labels: string[] = []
  for (let at = 0; name[at] !== 0; at += name[at] + 1) {
    labels.push(String.fromCharCode(...name.subarray(at + 1, at + 1 + name[at])))
  }
  return labels
}

function groupsOf(address: Uint8Array): string[] {
  return Array.from({ length: 8 }, (_, i) =>
    (address[i * 2] * 256 + address[i * 2 + 1]).toString(16),
  )
}
