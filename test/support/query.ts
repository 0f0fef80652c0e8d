/**
 * Queries as octets, written without the server's own codec: a test that asks with the code under
 * test would not notice when both are wrong together.
 */

import { parseName } from '../../src/wire/name.ts'

export interface Query {
  /** Absolute, in master-file text: `www.example.test.` */
  readonly name: string
  readonly type: number
  /** IN if unset. */
  readonly class?: number
  readonly id?: number
  /** QUERY if unset. */
  readonly opcode?: number
  readonly isRecursionDesired?: boolean
  /** No OPT record if unset. */
  readonly edns?: {
    readonly payload: number
    readonly isDnssecOk?: boolean
    /** 0 if unset, the only one there is. */
    readonly version?: number
  }
}

const CLASS_IN = 1
const TYPE_OPT = 41
const FLAG_RD = 0x0100
/** The DO bit, where OPT keeps its flags: the low half of the TTL (RFC 6891 §6.1.4). */
const FLAG_DO = 0x8000

/** The message of a query (RFC 1035 §4.1), with one question. Throws if the name is not one. */
export function encodeQuery(query: Query): Buffer {
  const name = parseName(query.name)
  if (typeof name === 'number') throw new Error(`"${query.name}" is not an absolute name`)
  const header = Buffer.alloc(12)
  header.writeUInt16BE(query.id ?? 0, 0)
  header.writeUInt16BE(((query.opcode ?? 0) << 11) | (query.isRecursionDesired ? FLAG_RD : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(query.edns ? 1 : 0, 10)
  const question = Buffer.alloc(4)
  question.writeUInt16BE(query.type, 0)
  question.writeUInt16BE(query.class ?? CLASS_IN, 2)
  return Buffer.concat([header, name, question, encodeEdns(query.edns)])
}

function encodeEdns(edns: Query['edns']): Buffer {
  if (!edns) return Buffer.alloc(0)
  const record = Buffer.alloc(11)
  record.writeUInt16BE(TYPE_OPT, 1)
  record.writeUInt16BE(edns.payload, 3)
  record.writeUInt8(edns.version ?? 0, 6)
  record.writeUInt16BE(edns.isDnssecOk ? FLAG_DO : 0, 7)
  return record
}
