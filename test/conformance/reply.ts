/**
 * Replies as this suite compares them: every field that a resolver acts on, as text. The reader is
 * the suite's own, so that a fault of the server's codec cannot hide itself by being on both sides.
 */

import { printAddress } from '../../src/base/address.ts'
import { nameLength, printName } from '../../src/wire/name.ts'
import { rcodeName, TYPE, typeName } from '../../src/wire/registry.ts'

export interface Reply {
  /** With the upper bits that travel in OPT. */
  readonly rcode: string
  readonly opcode: number
  /** Of `qr aa tc rd ra ad cd`, those that are set. */
  readonly flags: string
  /** Name in the case it came back in, class and type. */
  readonly question: string
  readonly answer: readonly string[]
  readonly authority: readonly string[]
  /** Without OPT. */
  readonly additional: readonly string[]
  /** What OPT says beside sizes and options: `version 0 do`; `none` if there is no OPT. */
  readonly edns: string
  /** Octets of the whole message. Not compared, but it tells whether something may not have fit. */
  readonly size: number
  /** What the size would be without compression of names. */
  readonly looseSize: number
}

interface Cursor {
  readonly octets: Buffer
  at: number
  /** Octets that compression has saved so far. */
  saved: number
}

const FLAGS: readonly [string, number][] = [
  ['qr', 0x8000],
  ['aa', 0x0400],
  ['tc', 0x0200],
  ['rd', 0x0100],
  ['ra', 0x0080],
  ['ad', 0x0020],
  ['cd', 0x0010],
]

/** Reads a message completely. Throws if it ends early, late, or points where it must not. */
export function readReply(octets: Buffer): Reply {
  const word = octets.readUInt16BE(2)
  const cursor = { octets, at: 12, saved: 0 }
  const question = Array.from({ length: octets.readUInt16BE(4) }, () => readQuestion(cursor))
  const section = (countAt: number) =>
    Array.from({ length: octets.readUInt16BE(countAt) }, () => readRecord(cursor))
  const answer = section(6)
  const authority = section(8)
  const additional = section(10)
  if (cursor.at !== octets.length) throw new Error(`${octets.length - cursor.at} octets left over`)

  const opt = additional.find(({ type }) => type === TYPE.OPT)
  const rcode = (word & 0x0f) | (opt ? (opt.ttl >>> 24) << 4 : 0)
  return {
    rcode: rcodeName(rcode),
    opcode: (word >> 11) & 0x0f,
    flags: FLAGS.flatMap(([name, bit]) => (word & bit ? [name] : [])).join(' '),
    question: question.join(', '),
    answer: texts(answer),
    authority: texts(authority),
    additional: texts(additional.filter(({ type }) => type !== TYPE.OPT)),
    edns: opt ? `version ${(opt.ttl >> 16) & 0xff}${opt.ttl & 0x8000 ? ' do' : ''}` : 'none',
    size: octets.length,
    looseSize: octets.length + cursor.saved,
  }
}

interface PrintedRecord {
  readonly type: number
  readonly ttl: number
  readonly text: string
}

/** Sections are sets (RFC 2181 §5): order says nothing, and so is taken out. */
function texts(records: readonly PrintedRecord[]): string[] {
  return records.map(({ text }) => text).sort()
}

function readQuestion(cursor: Cursor): string {
  const name = readName(cursor)
  const type = readShort(cursor)
  return `${name} ${readShort(cursor)} ${typeName(type)}`
}

function readRecord(cursor: Cursor): PrintedRecord {
  // Owners compare without case (RFC 4343); whether a server restores it is its own affair.
  const owner = readName(cursor).toLowerCase()
  const type = readShort(cursor)
  const klass = readShort(cursor)
  const ttl = readShort(cursor) * 0x10000 + readShort(cursor)
  const length = readShort(cursor)
  const end = cursor.at + length
  if (end > cursor.octets.length) throw new Error(`RDATA of ${owner} ends behind the message`)
  const rdata = printRdata(cursor, type, end)
  if (cursor.at !== end) throw new Error(`RDATA of ${owner} ${typeName(type)} is not its length`)
  return { type, ttl, text: `${owner} ${ttl} ${klass} ${typeName(type)} ${rdata}` }
}

/**
 * How RDATA begins: `n` a name, `s` two octets, `l` four, `c` a character-string, `4` and `6` an
 * address. What follows is printed as hex. Only types with names in them: those alone may look
 * different in two messages and mean the same (RFC 3597 §4), and those worth reading.
 */
const LAYOUT: Record<number, string> = {
  [TYPE.A]: '4',
  [TYPE.AAAA]: '6',
  [TYPE.NS]: 'n',
  [TYPE.CNAME]: 'n',
  [TYPE.DNAME]: 'n',
  [TYPE.PTR]: 'n',
  [TYPE.SOA]: 'nnlllll',
  [TYPE.MX]: 'sn',
  [TYPE.AFSDB]: 'sn',
  [TYPE.KX]: 'sn',
  [TYPE.RP]: 'nn',
  [TYPE.SRV]: 'sssn',
  [TYPE.NAPTR]: 'sscccn',
  [TYPE.SVCB]: 'sn',
  [TYPE.HTTPS]: 'sn',
}

function printRdata(cursor: Cursor, type: number, end: number): string {
  const words: string[] = []
  for (const field of LAYOUT[type] ?? '') words.push(printField(cursor, field))
  if (cursor.at < end)
    words.push(`\\# ${end - cursor.at} ${take(cursor, end - cursor.at).toString('hex')}`)
  return words.join(' ')
}

function printField(cursor: Cursor, field: string): string {
  // Compression may borrow the letters of the question, so case means nothing here (RFC 4343 §3).
  if (field === 'n') return readName(cursor).toLowerCase()
  if (field === 's') return String(readShort(cursor))
  if (field === 'l') return String(readShort(cursor) * 0x10000 + readShort(cursor))
  if (field === 'c') return JSON.stringify(take(cursor, take(cursor, 1)[0]!).toString('latin1'))
  return printAddress(take(cursor, field === '4' ? 4 : 16))
}

/** Reads a name, following pointers, which must point backwards (RFC 1035 §4.1.4). */
function readName(cursor: Cursor): string {
  const labels: Buffer[] = []
  const start = cursor.at
  let at = start
  let back = at
  let hasJumped = false
  for (;;) {
    const length = cursor.octets.readUInt8(at)
    if (length >= 0xc0) {
      const target = cursor.octets.readUInt16BE(at) & 0x3fff
      if (target >= back) throw new Error(`a pointer at ${at} points forward, to ${target}`)
      if (!hasJumped) cursor.at = at + 2
      hasJumped = true
      back = at = target
      continue
    }
    labels.push(cursor.octets.subarray(at, at + 1 + length))
    at += 1 + length
    if (length === 0) break
  }
  if (!hasJumped) cursor.at = at
  const name = Buffer.concat(labels)
  cursor.saved += name.length - (cursor.at - start)
  if (nameLength(name) > 255) throw new Error('a name is longer than 255 octets')
  return printName(name)
}

function readShort(cursor: Cursor): number {
  cursor.at += 2
  return cursor.octets.readUInt16BE(cursor.at - 2)
}

function take(cursor: Cursor, count: number): Buffer {
  cursor.at += count
  return cursor.octets.subarray(cursor.at - count, cursor.at)
}
