/** How `rota query` shows a reply: for people, for programs, and turn by turn. */

import { printEndpoint } from '../base/address.ts'

import { printOption } from '../wire/edns-options.ts'
import type { Message, ResourceRecord } from '../wire/message.ts'
import { className, opcodeName, printFlags, printMessage } from '../wire/print-message.ts'
import { rcodeName, typeName } from '../wire/registry.ts'

import type { Server } from './ask.ts'
import type { Reply } from './outcome.ts'

/** The whole message and where it came from. */
export function describeReply(message: Message, reply: Reply, server: Server): string {
  const { transport, elapsedMs } = reply
  const from = printServer(server)
  const warnings = reply.complaints.map((complaint) => `;; dns2 could not read ${complaint}\n`)
  const span = `${elapsedMs.toFixed(1)} ms`
  const footer = `\n;; ${message.size} octets from ${from} over ${transport} in ${span}\n`
  return `${printMessage(message)}${footer}${warnings.join('')}`
}

/** The reply as plain data, names and RDATA in zone syntax. */
export function replyAsJson(message: Message, reply: Reply, server: Server) {
  const { edns } = message
  return {
    server: printServer(server),
    transport: reply.transport,
    elapsedMs: Number(reply.elapsedMs.toFixed(3)),
    octets: message.size,
    id: message.id,
    opcode: opcodeName(message.opcode),
    status: rcodeName(message.rcode),
    flags: printFlags(message.flags)
      .split(' ')
      .filter((flag) => flag !== ''),
    question: message.question.map(({ name, type, class: value }) => ({
      name,
      class: className(value),
      type: typeName(type),
    })),
    answer: message.answer.map(recordAsJson),
    authority: message.authority.map(recordAsJson),
    additional: message.additional.map(recordAsJson),
    ...(edns && {
      edns: {
        version: edns.version,
        payload: edns.payload,
        dnssecOk: edns.isDnssecOk,
        options: edns.options.map(printOption),
      },
    }),
  }
}

/** One turn of the wheel on one line: its number and the answer in the order it came. */
export function turnLine(turn: number, { rcode, answer }: Message): string {
  const said = answer.length === 0 ? rcodeName(rcode) : answer.map(({ text }) => text).join('  ')
  return `${String(turn).padStart(TURN_WIDTH)}  ${said}\n`
}

/** Who came first how often, the most frequent first. */
export function tallyLeads(leads: ReadonlyMap<string, number>): string {
  if (leads.size === 0) return ''
  const total = [...leads.values()].reduce((sum, count) => sum + count, 0)
  const rows = [...leads]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([text, count]) => {
      const share = ((100 * count) / total).toFixed(1).padStart(SHARE_WIDTH)
      return `${String(count).padStart(TURN_WIDTH)}  ${share} %  ${text}\n`
    })
  return `\nfirst in ${total} answers:\n${rows.join('')}`
}

export function printServer({ host, port }: Server): string {
  return printEndpoint({ address: host, port })
}

const TURN_WIDTH = 6
const SHARE_WIDTH = 5

function recordAsJson({ name, ttl, class: value, type, text }: ResourceRecord) {
  return { name, ttl, class: className(value), type: typeName(type), data: text }
}
