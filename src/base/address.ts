/** IP addresses: text to octets and back. 4 octets are IPv4, 16 are IPv6. */

import ipaddr from 'ipaddr.js'

/** Reads dotted-quad IPv4 (four decimal parts, nothing shorter); undefined if it is not one. */
export function parseV4(text: string): Uint8Array | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined
  return Uint8Array.from(ipaddr.IPv4.parse(text).toByteArray())
}

/** Reads IPv6 by RFC 4291 §2.2, without a zone index; undefined if it is not one. */
export function parseV6(text: string): Uint8Array | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  return Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray())
}

/** Reads either family. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

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

export function printEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
