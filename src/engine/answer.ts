/**
 * Question in, answer out: octets to octets, over one world. No I/O, no clock, no exceptions on any
 * input, and nothing allocated. Every transport, `explain`, the tests and the fuzzers call this.
 */

import { optSize, PAYLOAD_MAX, putOpt } from '../wire/edns.ts'
import { HEADER_SIZE, OUTCOME, type Outcome, readQuery } from '../wire/query.ts'
import { EXTENDED_ERROR, RCODE } from '../wire/registry.ts'
import { startWriter } from '../wire/writer.ts'

import { hashClient } from './cursors.ts'
import { type Engine, NO_BINDING, type Scratch } from './engine.ts'
import { solve } from './solve.ts'
import type { Client } from './world.ts'

/** No message is longer: over TCP its length travels in two octets. */
export const MESSAGE_OCTETS_MAX = 65_535

/**
 * Answers request[0..length) into `out` and returns the answer's length, or 0 to stay silent.
 * `out` must hold PAYLOAD_MAX octets for a datagram and MESSAGE_OCTETS_MAX for a stream. It may be
 * `request` itself: then the question need not be copied, and nothing that is overwritten is read
 * again.
 */
export function answer(
  engine: Engine,
  request: Uint8Array,
  length: number,
  client: Client,
  out: Uint8Array,
): number {
  const { scratch } = engine
  const { query } = scratch
  const outcome = readQuery(query, request, length)
  if (outcome === OUTCOME.SILENCE) return 0
  // What could not be read to its end is not echoed.
  if (outcome === OUTCOME.FORMERR) query.subnetLength = 0

  const limit = client.isStream ? MESSAGE_OCTETS_MAX : Math.min(PAYLOAD_MAX, query.payload)
  let optOctets = optSize(query, engine.world.serverId)
  if (query.questionEnd + optOctets > limit) {
    // The longest question leaves no room in 512 octets for the longest server's name.
    query.wantsServerId = false
    optOctets = optSize(query, engine.world.serverId)
  }
  begin(scratch, request, client, out, limit - optOctets)
  const rcode = outcome === OUTCOME.READ ? solve(engine) : rcodeOf(scratch, outcome)
  return finish(engine, rcode)
}

/** Copies what an answer repeats of its query: ID, opcode, RD, CD, and the question in its case. */
function begin(
  scratch: Scratch,
  request: Uint8Array,
  client: Client,
  out: Uint8Array,
  limit: number,
): void {
  const { query, writer } = scratch
  const end = Math.max(query.questionEnd, HEADER_SIZE)
  if (out !== request) for (let i = 0; i < end; i++) out[i] = request[i]
  out[2] = 0x80 | (request[2] & 0x79)
  out[3] = request[3] & 0x10
  out[4] = 0
  out[5] = query.questionEnd > 0 ? 1 : 0
  startWriter(writer, out, end, limit)

  scratch.client = client
  scratch.clientHash = hashClient(client)
  scratch.identity.isKnown = false
  scratch.scope = 0
  scratch.binding = NO_BINDING
  scratch.asked = query.path
  scratch.isAuthoritative = false
  scratch.isTruncated = false
  scratch.answerCount = 0
  scratch.authorityCount = 0
  scratch.additionalCount = 0
  scratch.errorCode = -1
  scratch.aliasCount = 0
  scratch.dnameCount = 0
  scratch.mentionCount = 0
  scratch.addedCount = 0
}

function rcodeOf(scratch: Scratch, outcome: Outcome): number {
  if (outcome === OUTCOME.NOTIMP) {
    scratch.errorCode = EXTENDED_ERROR.NOT_SUPPORTED
    return RCODE.NOTIMP
  }
  return outcome === OUTCOME.BADVERS ? RCODE.BADVERS : RCODE.FORMERR
}

/** Writes the OPT record and the header's flags and counts. OPT fits: room was left for it. */
function finish(engine: Engine, rcode: number): number {
  const { scratch, world } = engine
  scratch.rcode = rcode
  const { writer, query } = scratch
  const { out } = writer
  if (query.hasEdns) {
    scratch.optAt = writer.at
    putOpt(writer, query, rcode, scratch.scope, world.serverId, scratch.errorCode)
    scratch.additionalCount++
  }
  if (scratch.isAuthoritative) out[2] |= 0x04
  if (scratch.isTruncated) out[2] |= 0x02
  out[3] |= rcode & 0x0f
  putCount(out, 6, scratch.answerCount)
  putCount(out, 8, scratch.authorityCount)
  putCount(out, 10, scratch.additionalCount)
  return writer.at
}

function putCount(out: Uint8Array, at: number, count: number): void {
  out[at] = count >>> 8
  out[at + 1] = count
}
