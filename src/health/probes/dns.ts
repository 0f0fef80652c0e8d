/**
 * Asks one question by DNS and looks at the response code, or for an address among the answers.
 * dns2 composes the query and reads the reply, as for `rota query`; the sockets are not dns2's,
 * which cannot tell a closed port from silence.
 */

import { createSocket } from 'node:dgram'

import { Packet } from 'dns2'

import { parseAddress, printAddress } from '../../base/address.ts'
import { HEADER_OCTETS } from '../../wire/message.ts'
import { CLASS, rcodeName } from '../../wire/registry.ts'

import { converse } from './converse.ts'
import { faultOutcome } from './faults.ts'
import { failure, type OnStage, type Outcome, success } from './probe.ts'
import type { DnsProbe } from './spec.ts'

export function probeDns(
  address: string,
  probe: DnsProbe,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  const query = composeQuery(probe)
  const judge = (reply: Buffer) => judgeReply(reply, query, probe)
  return probe.isTcp
    ? askTcp(address, probe.port, query, judge, signal, onStage)
    : askUdp(address, probe.port, query, judge, signal, onStage)
}

type Judge = (reply: Buffer) => Judgement

/** Either what the reply shows, or why it is no reply to this query. */
type Judgement = { readonly outcome: Outcome } | { readonly complaint: string }

function composeQuery({ name, type }: DnsProbe): Buffer {
  const packet = new Packet()
  // The ID is from a secure generator (RFC 5452 §4.3). Recursion is desired, as a stub would.
  packet.header = new Packet.Header({ id: Packet.uuid(), rd: 1 })
  packet.questions.push(new Packet.Question(name.replace(/\.$/, ''), type, CLASS.IN))
  return packet.toBuffer()
}

function askUdp(
  address: string,
  port: number,
  query: Buffer,
  judge: Judge,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    let isOpen = true
    const settle = (outcome: Outcome) => {
      resolve(outcome)
      if (!isOpen) return
      isOpen = false
      socket.removeAllListeners().on('error', () => {}) // The port may still turn out closed.
      socket.close()
    }
    signal.addEventListener('abort', () => settle(failure('aborted')), { once: true })
    socket.on('error', (error) => settle(faultOutcome(error)))
    socket.on('message', (octets) => {
      const judged = judge(octets)
      // A forged or late datagram must not end the wait for the real one.
      if ('complaint' in judged) onStage(judged.complaint)
      else settle(judged.outcome)
    })
    socket.once('connect', () => {
      socket.send(query)
      onStage('asked, no reply')
    })
    // Connected, so that only its datagrams arrive and a closed port is reported. Without a
    // callback, which would be called where there is no route to the server, too.
    socket.connect(port, address)
  })
}

/** Each message is preceded by its length (RFC 1035 §4.2.2). */
function askTcp(
  address: string,
  port: number,
  query: Buffer,
  judge: Judge,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  const length = Buffer.alloc(LENGTH_OCTETS)
  length.writeUInt16BE(query.length)
  const dialogue = {
    opening: Buffer.concat([length, query]),
    judge: ({ octets }: { readonly octets: Buffer }) => {
      if (octets.length < LENGTH_OCTETS) return undefined
      const end = LENGTH_OCTETS + octets.readUInt16BE(0)
      if (octets.length < end) return undefined
      const judged = judge(octets.subarray(LENGTH_OCTETS, end))
      return 'complaint' in judged ? failure(judged.complaint) : judged.outcome
    },
  }
  return converse({ address, port }, dialogue, signal, onStage)
}

const LENGTH_OCTETS = 2

function judgeReply(reply: Buffer, query: Buffer, { expect }: DnsProbe): Judgement {
  if (reply.length < HEADER_OCTETS) return { complaint: 'a reply came that is too short' }
  if (reply.readUInt16BE(0) !== query.readUInt16BE(0)) {
    return { complaint: 'a reply came with another ID' }
  }
  const isResponse = (reply[2]! & 0x80) !== 0
  if (!isResponse) return { complaint: 'a query came where a reply was due' }
  const rcode = reply[3]! & 0x0f
  if ('rcode' in expect) {
    const found = rcodeName(rcode)
    const isExpected = rcode === expect.rcode
    const missing = `${found}, expected ${rcodeName(expect.rcode)}`
    return { outcome: isExpected ? success(found) : failure(missing) }
  }
  if (rcode !== 0) return { outcome: failure(`${rcodeName(rcode)}, expected ${expect.address}`) }
  const addresses = answeredAddresses(reply)
  if (typeof addresses === 'string') return { complaint: addresses }
  if (addresses.includes(expect.address)) return { outcome: success(`answers ${expect.address}`) }
  const isTruncated = (reply[2]! & 0x02) !== 0
  const missing = isTruncated ? 'the truncated answer lacks' : 'answer lacks'
  return { outcome: failure(`${missing} ${expect.address}`) }
}

/** The addresses in the answer section, as printAddress writes them, or why it cannot be read. */
function answeredAddresses(reply: Buffer): string[] | string {
  try {
    // dns2 reads the address of an IPv6 subnet in pairs, one octet too far if their number is odd.
    const { answers, errors } = Packet.parse(Buffer.concat([reply, Buffer.alloc(1)]))
    if (errors.length > 0) return `a reply came that is no sound message: ${errors[0]!.message}`
    return answers.flatMap((answer) => {
      const text = 'address' in answer ? String(answer.address) : ''
      const octets = parseAddress(text)
      return octets ? [printAddress(octets)] : []
    })
  } catch (error) {
    return `a reply came that is no message: ${error instanceof Error ? error.message : error}`
  }
}
