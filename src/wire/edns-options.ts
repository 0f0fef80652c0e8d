/** The EDNS options that people see explained: client subnet, server's name, extended error. */

import { parseAddress, printAddress } from '../base/address.ts'

import { EXTENDED_ERROR, OPTION } from './registry.ts'

/** A client's network (RFC 7871 §6). */
export interface Subnet {
  /** 4 or 16 octets, zeros after the prefix. */
  readonly address: Uint8Array
  /** How many leading bits of the address the sender speaks of. */
  readonly source: number
  /** How many of them the answer depends on; 0 in a query. */
  readonly scope: number
}

export type EdnsOption =
  | { readonly kind: 'subnet'; readonly code: number; readonly subnet: Subnet }
  | { readonly kind: 'nsid'; readonly code: number; readonly octets: Uint8Array }
  | { readonly kind: 'error'; readonly code: number; readonly info: number; readonly text: string }
  | { readonly kind: 'other'; readonly code: number; readonly octets: Uint8Array }

/** Gives an option its meaning; one that is malformed stays octets of kind `other`. */
export function decodeOption(code: number, octets: Uint8Array): EdnsOption {
  if (code === OPTION.NSID) return { kind: 'nsid', code, octets }
  if (code === OPTION.CLIENT_SUBNET) {
    const subnet = decodeSubnet(octets)
    if (subnet) return { kind: 'subnet', code, subnet }
  }
  if (code === OPTION.EXTENDED_ERROR && octets.length >= 2) {
    // RFC 8914 §2: EXTRA-TEXT is UTF-8, as long as the option, and some end it with a zero octet.
    const text = decoder.decode(octets.subarray(2)).replace(/\0+$/, '')
    return { kind: 'error', code, info: octets[0] * 256 + octets[1], text }
  }
  return { kind: 'other', code, octets }
}

/** Prints an option as a line of a message: `CLIENT-SUBNET: 192.0.2.0/24/0`. */
export function printOption(option: EdnsOption): string {
  switch (option.kind) {
    case 'subnet':
      return `CLIENT-SUBNET: ${printSubnet(option.subnet)}/${option.subnet.scope}`
    case 'nsid':
      return `NSID: ${printHexWords(option.octets)} ("${printable(option.octets)}")`
    case 'error': {
      const text = option.text === '' ? '' : `: ${printable(encoder.encode(option.text))}`
      return `EDE: ${option.info} (${errorName(option.info)})${text}`
    }
    case 'other':
      return `OPT=${option.code}: ${printHexWords(option.octets)}`
  }
}

/** Reads `192.0.2.0/24` or `2001:db8::/56`; bits after the prefix are cleared (RFC 7871 §6). */
export function parseSubnet(text: string): Subnet | undefined {
  const parts = /^([^/]+)\/(\d{1,3})$/.exec(text)
  const given = parts ? parseAddress(parts[1]!) : undefined
  if (!parts || !given || Number(parts[2]) > given.length * 8) return undefined
  const source = Number(parts[2])
  return { address: given.map((octet, i) => octet & maskOctet(i, source)), source, scope: 0 }
}

/** Prints the network without its scope. */
export function printSubnet({ address, source }: Subnet): string {
  return `${printAddress(address)}/${source}`
}

/** The octets of a client-subnet option, without its code and length. */
export function encodeSubnet({ address, source, scope }: Subnet): Uint8Array {
  const family = address.length === 4 ? FAMILY_V4 : FAMILY_V6
  return Uint8Array.of(0, family, source, scope, ...address.subarray(0, Math.ceil(source / 8)))
}

const FAMILY_V4 = 1
const FAMILY_V6 = 2
const SUBNET_HEADER = 4

const decoder = new TextDecoder()
const encoder = new TextEncoder()

function decodeSubnet(octets: Uint8Array): Subnet | undefined {
  if (octets.length < SUBNET_HEADER) return undefined
  const family = octets[0] * 256 + octets[1]
  if (family !== FAMILY_V4 && family !== FAMILY_V6) return undefined
  const address = new Uint8Array(family === FAMILY_V4 ? 4 : 16)
  const [source, scope] = octets.subarray(2, SUBNET_HEADER)
  const given = octets.subarray(SUBNET_HEADER)
  // RFC 7871 §6: as many octets as the prefix needs, and zeros in the last one's other bits.
  const bits = address.length * 8
  if (source > bits || scope > bits || given.length !== Math.ceil(source / 8)) return undefined
  if (given.some((octet, i) => (octet & ~maskOctet(i, source)) !== 0)) return undefined
  address.set(given)
  return { address, source, scope }
}

/** The bits of octet `index` that a prefix of `length` bits covers. */
function maskOctet(index: number, length: number): number {
  const bits = Math.max(0, Math.min(8, length - index * 8))
  return (0xff00 >> bits) & 0xff
}

function errorName(info: number): string {
  const found = Object.entries(EXTENDED_ERROR).find(([, code]) => code === info)
  return found ? found[0].toLowerCase().replaceAll('_', ' ') : 'unknown'
}

function printHexWords(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(' ')
}

/** What a terminal can be trusted with: other octets become dots. */
function printable(octets: Uint8Array): string {
  const isPlain = (octet: number) => octet >= 0x20 && octet < 0x7f
  return Array.from(octets, (octet) => (isPlain(octet) ? String.fromCharCode(octet) : '.')).join('')
}
