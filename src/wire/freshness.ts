/**
 * How long a whole answer may be kept by whoever does not look into it: an HTTP cache
 * (RFC 8484 §5.1).
 */

import { HEADER_SIZE } from './query.ts'
import { RCODE, TYPE } from './registry.ts'

/**
 * Seconds: the smallest TTL of the answer section, or without one what the SOA says of a negative
 * answer (RFC 2308 §5). 0 for every answer that is neither, and for what is no whole message.
 */
export function freshnessOf(message: Uint8Array): number {
  if (message.length < HEADER_SIZE) return 0
  const rcode = message[3] & 0x0f
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return 0
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  let at = HEADER_SIZE
  for (let left = view.getUint16(4); left > 0; left--) at = pastName(message, at) + 4
  const answers = view.getUint16(6)
  const isNegative = answers === 0
  let least = Number.POSITIVE_INFINITY
  for (let left = isNegative ? view.getUint16(8) : answers; left > 0; left--) {
    const fixed = pastName(message, at)
    if (fixed + FIXED_OCTETS > message.length) return 0
    const ttl = view.getUint32(fixed + 4)
    at = fixed + FIXED_OCTETS + view.getUint16(fixed + 8)
    if (at > message.length) return 0
    if (!isNegative) least = Math.min(least, ttl)
    else if (view.getUint16(fixed) === TYPE.SOA) {
      // MINIMUM is the last field of an SOA record.
      least = Math.min(least, ttl, view.getUint32(at - 4))
    }
  }
  // RFC 2181 §8: a TTL with its upmost bit set means 0.
  return least < 0x8000_0000 ? least : 0
}

/** Type, class, TTL, and the length of what follows. */
const FIXED_OCTETS = 10

/** Where the name that begins at `at` ends, or past the message. */
function pastName(message: Uint8Array, at: number): number {
  while (at < message.length && message[at] !== 0) {
    if (message[at] >= 0xc0) return at + 2
    at += message[at] + 1
  }
  return at + 1
}
