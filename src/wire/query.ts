/**
 * Reads a request where it lies: no copy, no object, no exception, whatever the octets are. What is
 * needed later is noted in a `Query` that is made once and read into again.
 */

import { createPath, type NamePath, setPath } from './name-path.ts'
import { CLASS, OPCODE, OPTION, TYPE } from './registry.ts'

export const HEADER_SIZE = 12

/** What reading came to; anything but READ is answered without looking further. */
export const OUTCOME = {
  READ: 0,
  /** Too short for a header, or itself a response: an answer could start a loop. */
  SILENCE: 1,
  FORMERR: 2,
  NOTIMP: 3,
  BADVERS: 4,
} as const

export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME]

export interface Query {
  /** The name asked, in lower case. */
  readonly path: NamePath
  /** Offset after the question, or 0 while no question has been read. */
  questionEnd: number
  type: number
  class: number
  hasEdns: boolean
  /** What the client can take over UDP, at least 512. */
  payload: number
  /** The DO bit, echoed (RFC 3225 §3). */
  wantsDnssec: boolean
  wantsServerId: boolean
  /** It is padded, and wants its answer so where others cannot read it (RFC 7830). */
  wantsPadding: boolean
  /** The client-subnet option as it came, to be echoed; its length is 0 where there is none. */
  readonly subnet: Uint8Array
  subnetLength: number
}

export function createQuery(): Query {
  return {
    path: createPath(),
    questionEnd: 0,
    type: 0,
    class: 0,
    hasEdns: false,
    payload: PAYLOAD_MIN,
    wantsDnssec: false,
    wantsServerId: false,
    wantsPadding: false,
    subnet: new Uint8Array(SUBNET_OCTETS_MAX),
    subnetLength: 0,
  }
}

/** Family, two prefix lengths, and an address of IPv6 (RFC 7871 §6). */
const SUBNET_OCTETS_MAX = 20

/** RFC 6891 §6.2.3: smaller values are to be treated as 512. */
const PAYLOAD_MIN = 512

/** Reads request[0..length) into `query`. */
export function readQuery(query: Query, request: Uint8Array, length: number): Outcome {
  query.questionEnd = 0
  forgetEdns(query)
  if (length < HEADER_SIZE || (request[2] & 0x80) !== 0) return OUTCOME.SILENCE

  const isQuery = ((request[2] >> 3) & 0x0f) === OPCODE.QUERY
  // RFC 9619: a query has exactly one question; one that has not is not read for its OPT either. Of
  // another opcode the question is read only to be echoed.
  if (request[4] !== 0 || request[5] !== 1) return isQuery ? OUTCOME.FORMERR : OUTCOME.NOTIMP
  const nameEnd = setPath(query.path, request, HEADER_SIZE, length)
  if (nameEnd < 0 || nameEnd + 4 > length) return isQuery ? OUTCOME.FORMERR : OUTCOME.NOTIMP
  query.type = (request[nameEnd] << 8) | request[nameEnd + 1]
  query.class = (request[nameEnd + 2] << 8) | request[nameEnd + 3]
  query.questionEnd = nameEnd + 4

  const records = (request[10] << 8) | request[11]
  // A query has nothing to say in its answer and authority sections, except that an IXFR names its
  // serial in the latter (RFC 1995 §3).
  const strays = request[6] | request[7] | request[8] | request[9]
  const outcome =
    strays === 0 && records > 0 ? readAdditional(query, request, length, records) : OUTCOME.READ
  if (!isQuery) return notImplemented(query, outcome)
  return strays !== 0 && query.type !== TYPE.IXFR ? OUTCOME.FORMERR : outcome
}

/**
 * RFC 6891 §6.1.1: "OPT MUST be present in the response if it was in the request." What else may
 * follow the question of another opcode is unknown, so what cannot be read is left alone.
 */
function notImplemented(query: Query, outcome: Outcome): Outcome {
  if (outcome === OUTCOME.BADVERS) return outcome
  if (outcome === OUTCOME.FORMERR) forgetEdns(query)
  return OUTCOME.NOTIMP
}

function forgetEdns(query: Query): void {
  query.hasEdns = false
  query.payload = PAYLOAD_MIN
  query.wantsDnssec = false
  query.wantsServerId = false
  query.wantsPadding = false
  query.subnetLength = 0
}

/** Reads the additional section for its OPT record; others mean nothing and are passed over. */
function readAdditional(
  query: Query,
  request: Uint8Array,
  length: number,
  records: number,
): Outcome {
  let at = query.questionEnd
  for (let left = records; left > 0; left--) {
    const isRoot = request[at] === 0
    at = skipName(request, at, length)
    if (at < 0 || at + 10 > length) return OUTCOME.FORMERR
    const end = at + 10 + ((request[at + 8] << 8) | request[at + 9])
    if (end > length) return OUTCOME.FORMERR
    if (((request[at] << 8) | request[at + 1]) === TYPE.OPT) {
      // RFC 6891 §6.1.1: one OPT at most, and its name is the root.
      if (query.hasEdns || !isRoot) return OUTCOME.FORMERR
      const outcome = readOpt(query, request, at, end)
      if (outcome !== OUTCOME.READ) return outcome
    }
    at = end
  }
  return OUTCOME.READ
}

function readOpt(query: Query, request: Uint8Array, at: number, end: number): Outcome {
  query.hasEdns = true
  query.payload = Math.max(PAYLOAD_MIN, (request[at + 2] << 8) | request[at + 3])
  query.wantsDnssec = (request[at + 6] & 0x80) !== 0
  if (request[at + 5] !== 0) return OUTCOME.BADVERS
  for (let option = at + 10; option < end; ) {
    if (option + 4 > end) return OUTCOME.FORMERR
    const code = (request[option] << 8) | request[option + 1]
    const size = (request[option + 2] << 8) | request[option + 3]
    const data = option + 4
    if (data + size > end) return OUTCOME.FORMERR
    if (code === OPTION.CLIENT_SUBNET) {
      if (!isSubnet(request, data, size)) return OUTCOME.FORMERR
      for (let i = 0; i < size; i++) query.subnet[i] = request[data + i]
      query.subnetLength = size
    } else if (code === OPTION.NSID) {
      query.wantsServerId = true
    } else if (code === OPTION.PADDING) {
      query.wantsPadding = true
    }
    option = data + size
  }
  return OUTCOME.READ
}

/**
 * RFC 7871 §6 and §7.1.2: family 1 or 2, scope 0 in a query, an address of just the octets that the
 * source length needs, and zeroes after it. Family 0 is what stub resolvers send with source 0.
 */
function isSubnet(request: Uint8Array, at: number, size: number): boolean {
  if (size < 4 || request[at] !== 0 || request[at + 3] !== 0) return false
  const family = request[at + 1]
  const source = request[at + 2]
  const sourceMax = family === 1 ? 32 : family === 2 ? 128 : 0
  if (family > 2 || source > sourceMax || size - 4 !== (source + 7) >> 3) return false
  const spare = source & 7
  return spare === 0 || (request[at + size - 1] & (0xff >> spare)) === 0
}

/** The offset after a name, or -1. A pointer ends a name and is not followed. */
function skipName(octets: Uint8Array, offset: number, end: number): number {
  let at = offset
  while (at < end) {
    const size = octets[at]
    if (size === 0) return at + 1
    if (size >= 0xc0) return at + 2 <= end ? at + 2 : -1
    if (size >= 0x40) return -1
    at += size + 1
  }
  return -1
}

/** Whether a question is for the Internet; another class is nobody's here. */
export function isInternet(query: Query): boolean {
  return query.class === CLASS.IN
}
