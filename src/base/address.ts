/** IP addresses: text to octets and back. 4 octets are IPv4, 16 are IPv6. */

import ipaddr from 'ipaddr.js'

import { readV4, readV6 } from './address-octets.ts'

/** Reads dotted-quad IPv4 (four decimal parts, nothing shorter); undefined if it is not one. */
export function parseV4(text: string): Uint8Array | undefined {
  return parsed(text, 4, readV4)
}

/** Reads IPv6 by RFC 4291 §2.2, without a zone index; undefined if it is not one. */
export function parseV6(text: string): Uint8Array | undefined {
  return parsed(text, 16, readV6)
}

/** Reads either family. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

function parsed(text: string, size: number, read: typeof readV4): Uint8Array | undefined {
  if (text.length > TEXT_CHARACTERS_MAX) return undefined
  const written = new Uint8Array(text.length)
  // Every character past ASCII becomes an octet that no address has.
  for (let i = 0; i < text.length; i++) written[i] = Math.min(text.charCodeAt(i), 0xff)
  const octets = new Uint8Array(size)
  return read(written, 0, written.length, octets, 0) ? octets : undefined
}

/** The longest is six groups of four digits before four parts of three: `0:…:255.255.255.255`. */
const TEXT_CHARACTERS_MAX = 45

/** Prints 4 octets as dotted quad, 16 as the canonical form of RFC 5952. */
export function printAddress(octets: Uint8Array): string {
  const address = ipaddr.fromByteArray([...octets])
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
}

/** An address and a port, as `listen` takes it: `192.0.2.1:53` or `[2001:db8::1]:53`. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

export function parseEndpoint(text: string): Endpoint | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  if (!parts) return undefined
  const octets = parts[1] === undefined ? parseV4(parts[2]!) : parseV6(parts[1])
  const port = Number(parts[3])
  if (!octets || port > 65_535) return undefined
  return { address: printAddress(octets), port }
}

/** Whether nobody reaches it but this machine. */
export function isLoopback({ address }: Pick<Endpoint, 'address'>): boolean {
  return address.startsWith('127.') || address === '::1'
}

export function printEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
