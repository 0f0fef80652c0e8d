/**
 * Requests in the language of the field, `www.example.test AAAA` from somebody who asks in a certain
 * way, as octets. Written without the server's own encoder, so that both cannot be wrong together.
 */

import { parseAddress } from '../../src/base/address.ts'
import { parseName, ROOT } from '../../src/wire/name.ts'
import { CLASS, OPTION, TYPE, typeNumber } from '../../src/wire/registry.ts'

/** How a question is asked; whatever speaks of EDNS brings an OPT record. */
export interface Manner {
  /** The address that asks, 198.51.100.7 if unset. */
  readonly from?: string
  readonly tcp?: boolean
  readonly id?: number
  /** QUERY if unset. */
  readonly opcode?: number
  readonly rd?: boolean
  readonly ad?: boolean
  readonly cd?: boolean
  readonly edns?: boolean
  /** The UDP payload announced, in octets; 1232 if unset. */
  readonly payload?: number
  readonly do?: boolean
  readonly version?: number
  /** A client subnet (RFC 7871): `192.0.2.0/24`. */
  readonly subnet?: string
  readonly nsid?: boolean
  /** EDNS options as they are: code and data. */
  readonly options?: readonly (readonly [code: number, data: readonly number[]])[]
}

/** The octets of `name [class] type`, asked in that manner. */
export function requestFor(question: string, manner: Manner = {}): Uint8Array {
  const { id = 0x1234, opcode = 0, rd = false, ad = false, cd = false } = manner
  const flags = (opcode << 11) | (rd ? 0x0100 : 0) | (ad ? 0x0020 : 0) | (cd ? 0x0010 : 0)
  const opt = hasEdns(manner) ? optOctets(manner) : []
  const counts = [1, 0, 0, opt.length > 0 ? 1 : 0]
  const header = [id, flags, ...counts].flatMap(u16)
  return Uint8Array.from([...header, ...questionOctets(question), ...opt])
}

/** The question alone: name, type, class. */
export function questionOctets(question: string): number[] {
  const words = question.split(' ')
  const name = nameOf(words[0]!)
  const type = typeNumber(words.at(-1)!)
  const value = words.length === 3 ? classNumber(words[1]!) : CLASS.IN
  if (type === undefined) throw new Error(`"${question}" does not end in a type`)
  return [...name, ...u16(type), ...u16(value)]
}

/** An OPT record (RFC 6891 §6.1.2). */
export function optOctets(manner: Manner): number[] {
  const { payload = 1232, version = 0, subnet, nsid, options = [] } = manner
  const data = [
    ...(nsid ? option(OPTION.NSID, []) : []),
    ...(subnet ? option(OPTION.CLIENT_SUBNET, subnetOctets(subnet)) : []),
    ...options.flatMap(([code, octets]) => option(code, octets)),
  ]
  const flags = manner.do ? 0x8000 : 0
  return [0, ...[TYPE.OPT, payload, version, flags, data.length].flatMap(u16), ...data]
}

export function hasEdns({ edns, ...manner }: Manner): boolean {
  const { payload, version, subnet, nsid, options } = manner
  const said = [payload, version, subnet, nsid, options, manner.do]
  return edns ?? said.some((part) => part !== undefined)
}

/** Absolute octets, with or without the final dot; case is kept. */
export function nameOf(text: string): Uint8Array {
  const name = parseName(text, ROOT)
  if (typeof name === 'number') throw new Error(`"${text}" is not a name`)
  return name
}

/** Family, source length, scope 0, and as much of the address as the source needs. */
export function subnetOctets(subnet: string): number[] {
  const [text, source] = subnet.split('/')
  const address = parseAddress(text!)
  if (!address || !source) throw new Error(`"${subnet}" is not a subnet`)
  const family = address.length === 4 ? 1 : 2
  const shown = address.subarray(0, Math.ceil(Number(source) / 8))
  return [...u16(family), Number(source), 0, ...shown]
}

export function u16(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff]
}

function option(code: number, data: readonly number[]): number[] {
  return [...u16(code), ...u16(data.length), ...data]
}

function classNumber(text: string): number {
  const known = Object.entries(CLASS).find(([name]) => name === text)?.[1]
  const value = known ?? Number(/^CLASS(\d+)$/.exec(text)?.[1])
  if (Number.isNaN(value)) throw new Error(`"${text}" is not a class`)
  return value
}
