/** A prefix of addresses, as `192.0.2.0/24` or `2001:db8::/32` writes it (RFC 4632, RFC 4291). */

import { parseAddress, printAddress } from './address.ts'

export interface Prefix {
  /** 4 octets or 16; those past the prefix are zero. */
  readonly octets: Uint8Array
  readonly bits: number
}

/**
 * Reads a prefix; a bare address is one host. Undefined if it is none. Bits past the prefix are cut
 * off: whoever holds that to be a slip compares with `hasHostBits`.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const written = readPrefix(text)
  return written && { octets: masked(written.octets, written.bits), bits: written.bits }
}

/** As it is written, bits past the prefix and all. */
function readPrefix(text: string): Prefix | undefined {
  const [, written, length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const octets = written === undefined ? undefined : parseAddress(written)
  if (!octets) return undefined
  const bits = length === undefined ? octets.length * 8 : Number(length)
  return bits <= octets.length * 8 ? { octets, bits } : undefined
}

/** Whether what was written names a host within its prefix, as `192.0.2.1/24` does. */
export function hasHostBits(text: string): boolean {
  const written = readPrefix(text)
  if (!written) return false
  const kept = masked(written.octets, written.bits)
  return written.octets.some((octet, index) => octet !== kept[index])
}

export function printPrefix({ octets, bits }: Prefix): string {
  return `${printAddress(octets)}/${bits}`
}

/** Whether an address, of 4 octets or 16, is within the prefix. */
export function isWithinPrefix(octets: Uint8Array, prefix: Prefix): boolean {
  if (octets.length !== prefix.octets.length) return false
  const whole = prefix.bits >> 3
  for (let i = 0; i < whole; i++) if (octets[i] !== prefix.octets[i]) return false
  const rest = prefix.bits & 7
  return rest === 0 || (octets[whole]! ^ prefix.octets[whole]!) >> (8 - rest) === 0
}

/** The octets with every bit past the first `bits` cleared. */
export function masked(octets: Uint8Array, bits: number): Uint8Array {
  return octets.map(
    (octet, index) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))),
  )
}
