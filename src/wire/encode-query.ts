/** Queries for people and tests to send: one question and perhaps an OPT record (RFC 6891). */

import { assert } from '../base/assert.ts'

import { encodeSubnet, type Subnet } from './edns-options.ts'
import { FLAG, FLAG_DO, HEADER_OCTETS } from './message.ts'
import { parseName, ROOT } from './name.ts'
import { CLASS, OPTION, TYPE } from './registry.ts'

export interface QueryParts {
  /** Master-file text, with or without its final dot; the caller has checked that it is a name. */
  readonly name: string
  readonly type: number
  /** IN if unset. */
  readonly class?: number
  readonly id: number
  /** Recursion desired. */
  readonly rd?: boolean
  readonly edns?: QueryEdns
}

export interface QueryEdns {
  /** The UDP payload to announce, in octets. */
  readonly payload: number
  /** 0 if unset. */
  readonly version?: number
  readonly isDnssecOk?: boolean
  readonly subnet?: Subnet
  /** Asks the server for its name (RFC 5001). */
  readonly nsid?: boolean
}

/** The octets of a query. */
export function encodeQuery(query: QueryParts): Uint8Array {
  const name = parseName(query.name, ROOT)
  assert(typeof name !== 'number', 'the name of a query is a name')
  const { id, type, edns } = query
  const flags = query.rd ? FLAG.rd : 0
  const head = [id, flags, 1, 0, 0, edns ? 1 : 0].flatMap(u16)
  assert(head.length === HEADER_OCTETS, 'a header is six 16-bit numbers')
  const tail = [type, query.class ?? CLASS.IN].flatMap(u16)
  return Uint8Array.from([...head, ...name, ...tail, ...(edns ? encodeEdns(edns) : [])])
}

function encodeEdns({ payload, version = 0, isDnssecOk, subnet, nsid }: QueryEdns): number[] {
  const options = [
    ...(nsid ? encodeOption(OPTION.NSID, []) : []),
    ...(subnet ? encodeOption(OPTION.CLIENT_SUBNET, encodeSubnet(subnet)) : []),
  ]
  const flags = isDnssecOk ? FLAG_DO : 0
  // The root's name, then the fields of a record with EDNS meanings (RFC 6891 §6.1.2).
  return [0, ...[TYPE.OPT, payload, version, flags, options.length].flatMap(u16), ...options]
}

function encodeOption(code: number, octets: ArrayLike<number>): number[] {
  return [...u16(code), ...u16(octets.length), ...Array.from(octets)]
}

function u16(value: number): number[] {
  return [value >> 8, value & 0xff]
}
