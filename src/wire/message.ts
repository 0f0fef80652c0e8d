/**
 * Messages as people and tests see them (RFC 1035 §4): every name spelt out, every record in zone
 * syntax. Answering never comes through here; `query.ts` reads what the server needs, faster.
 *
 * Always true: any octets decode or do not, in time bounded by their number; nothing is thrown.
 */

import { decodeOption, type EdnsOption } from './edns-options.ts'
import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX, printName } from './name.ts'
import { printRdata } from './rdata/print.ts'
import { rowOf } from './rdata/schema.ts'
import { TYPE } from './registry.ts'

export interface Message {
  readonly id: number
  readonly flags: Flags
  readonly opcode: number
  /** With the upper eight bits of the OPT record, where there is one (RFC 6891 §6.1.3). */
  readonly rcode: number
  readonly question: readonly Question[]
  readonly answer: readonly ResourceRecord[]
  readonly authority: readonly ResourceRecord[]
  /** Without the OPT record, which is `edns`. */
  readonly additional: readonly ResourceRecord[]
  readonly edns?: Edns
  /** Octets of the whole message. */
  readonly size: number
}

export interface Flags {
  readonly qr: boolean
  readonly aa: boolean
  readonly tc: boolean
  readonly rd: boolean
  readonly ra: boolean
  readonly ad: boolean
  readonly cd: boolean
}

export interface Question {
  /** Absolute, in master-file text. */
  readonly name: string
  readonly type: number
  readonly class: number
}

export interface ResourceRecord extends Question {
  /** In seconds. */
  readonly ttl: number
  /** Uncompressed. */
  readonly rdata: Uint8Array
  /** The RDATA as a zone file has it. */
  readonly text: string
}

export interface Edns {
  readonly version: number
  /** The UDP payload that the sender takes, in octets. */
  readonly payload: number
  readonly isDnssecOk: boolean
  readonly options: readonly EdnsOption[]
}

export const HEADER_OCTETS = 12

/** Where each flag stands in the 16 bits after the ID (RFC 1035 §4.1.1, RFC 4035 §3.2). */
export const FLAG = {
  qr: 0x8000,
  aa: 0x0400,
  tc: 0x0200,
  rd: 0x0100,
  ra: 0x0080,
  ad: 0x0020,
  cd: 0x0010,
} as const

/** The DO bit, where OPT keeps its flags: the low half of the TTL (RFC 6891 §6.1.4). */
export const FLAG_DO = 0x8000

/**
 * Decodes a message; undefined if the octets are cut short, go on after the last record, hold a
 * name that is none, or have an OPT record that is malformed or not the only one.
 */
export function decodeMessage(octets: Uint8Array): Message | undefined {
  if (octets.length < HEADER_OCTETS) return undefined
  const cursor: Cursor = { octets, at: HEADER_OCTETS }
  const question = takeAll(cursor, u16At(octets, 4), takeQuestion)
  const answer = question && takeAll(cursor, u16At(octets, 6), takeRecord)
  const authority = answer && takeAll(cursor, u16At(octets, 8), takeRecord)
  const rest = authority && takeAll(cursor, u16At(octets, 10), takeRecord)
  if (!rest || cursor.at !== octets.length) return undefined

  const additional = rest.filter(({ type }) => type !== TYPE.OPT)
  const opt = rest.find(({ type }) => type === TYPE.OPT)
  const edns = opt && decodeEdns(opt)
  if (opt && (!edns || rest.length - additional.length > 1)) return undefined
  const bits = u16At(octets, 2)
  return {
    id: u16At(octets, 0),
    flags: flagsOf(bits),
    opcode: (bits >> 11) & 15,
    rcode: (bits & 15) + (opt ? (opt.ttl >>> 24) * 16 : 0),
    question,
    answer,
    authority,
    additional,
    ...(edns && { edns }),
    size: octets.length,
  }
}

interface Cursor {
  readonly octets: Uint8Array
  at: number
}

const QUESTION_TAIL = 4
const RECORD_TAIL = 10
const OPTION_HEADER = 4
const POINTER = 0xc0

function takeAll<T>(
  cursor: Cursor,
  count: number,
  take: (cursor: Cursor) => T | undefined,
): T[] | undefined {
  const items: T[] = []
  for (let i = 0; i < count; i++) {
    const item = take(cursor)
    if (item === undefined) return undefined
    items.push(item)
  }
  return items
}

function takeQuestion(cursor: Cursor): Question | undefined {
  const name = takeName(cursor)
  const { octets, at } = cursor
  if (!name || at + QUESTION_TAIL > octets.length) return undefined
  cursor.at += QUESTION_TAIL
  return { name: printName(name), type: u16At(octets, at), class: u16At(octets, at + 2) }
}

function takeRecord(cursor: Cursor): ResourceRecord | undefined {
  const name = takeName(cursor)
  const { octets, at } = cursor
  if (!name || at + RECORD_TAIL > octets.length) return undefined
  const type = u16At(octets, at)
  const start = at + RECORD_TAIL
  const end = start + u16At(octets, at + 8)
  if (end > octets.length) return undefined
  cursor.at = end
  const rdata = expandRdata(octets, type, start, end) ?? octets.slice(start, end)
  return {
    name: printName(name),
    type,
    class: u16At(octets, at + 2),
    ttl: u16At(octets, at + 4) * 0x10000 + u16At(octets, at + 6),
    rdata,
    text: printRdata(type, rdata),
  }
}

/**
 * The RDATA with its names spelt out. Names are expanded in every type that has them, because
 * senders older than RFC 3597 compress more than they may. Undefined if the row does not fit.
 */
function expandRdata(
  octets: Uint8Array,
  type: number,
  start: number,
  end: number,
): Uint8Array | undefined {
  const fields = rowOf(type)?.fields
  if (!fields?.some(({ isName }) => isName)) return undefined
  const expanded: number[] = []
  const cursor: Cursor = { octets, at: start }
  for (const field of fields) {
    const from = cursor.at
    const name = field.isName ? takeName(cursor) : undefined
    if (!name) cursor.at = field.measure(octets, from, end)
    if (cursor.at < 0 || cursor.at > end) return undefined
    expanded.push(...(name ?? octets.subarray(from, cursor.at)))
  }
  return cursor.at === end ? Uint8Array.from(expanded) : undefined
}

/**
 * Spells out the name at the cursor and moves it past; undefined if it is none. A pointer must
 * point before the labels that led to it (RFC 1035 §4.1.4 speaks of prior names), so none can loop.
 */
function takeName(cursor: Cursor): Uint8Array | undefined {
  const { octets } = cursor
  const name = new Uint8Array(NAME_OCTETS_MAX)
  let length = 0
  let { at } = cursor
  let before = at
  let after = -1 // Set at the first pointer: where the name ends in the message.
  while (at < octets.length) {
    const labelLength = octets[at]
    if (labelLength >= POINTER) {
      const target = at + 1 < octets.length ? u16At(octets, at) & 0x3fff : before
      if (target >= before) return undefined
      if (after < 0) after = at + 2
      before = target
      at = target
      continue
    }
    const next = at + 1 + labelLength
    if (labelLength > LABEL_OCTETS_MAX || next > octets.length) return undefined
    if (length + next - at > NAME_OCTETS_MAX) return undefined
    name.set(octets.subarray(at, next), length)
    length += next - at
    at = next
    if (labelLength === 0) {
      cursor.at = after < 0 ? at : after
      return name.slice(0, length)
    }
  }
  return undefined
}

function decodeEdns({ name, class: payload, ttl, rdata }: ResourceRecord): Edns | undefined {
  if (name !== '.') return undefined // RFC 6891 §6.1.2: "MUST be 0 (root domain)".
  const options: EdnsOption[] = []
  for (let at = 0; at < rdata.length; ) {
    if (at + OPTION_HEADER > rdata.length) return undefined
    const start = at + OPTION_HEADER
    const next = start + u16At(rdata, at + 2)
    if (next > rdata.length) return undefined
    options.push(decodeOption(u16At(rdata, at), rdata.slice(start, next)))
    at = next
  }
  return { version: (ttl >>> 16) & 0xff, payload, isDnssecOk: (ttl & FLAG_DO) !== 0, options }
}

function flagsOf(bits: number): Flags {
  const has = (flag: number) => (bits & flag) !== 0
  return {
    qr: has(FLAG.qr),
    aa: has(FLAG.aa),
    tc: has(FLAG.tc),
    rd: has(FLAG.rd),
    ra: has(FLAG.ra),
    ad: has(FLAG.ad),
    cd: has(FLAG.cd),
  }
}

function u16At(octets: Uint8Array, at: number): number {
  return octets[at] * 256 + octets[at + 1]
}
