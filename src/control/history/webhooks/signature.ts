/**
 * How a receiver knows that a delivery is from here, and as it was sent: HMAC (RFC 2104) of the
 * body, by a secret that both have.
 */

import { createHmac } from 'node:crypto'

/** A line of text; more is another file by mistake. */
const SECRET_OCTETS_MAX = 4_096
/** Shorter ones can be guessed. */
const SECRET_OCTETS_MIN = 16

/** The secret of a file, without the end of its line; or why it is none. */
export function readSecret(
  octets: Buffer,
): { readonly secret: Buffer } | { readonly fault: string } {
  const length = octets.findLastIndex((octet) => octet !== 0x0a && octet !== 0x0d) + 1
  return length >= SECRET_OCTETS_MIN && length <= SECRET_OCTETS_MAX
    ? { secret: octets.subarray(0, length) }
    : { fault: `has ${length} octets; a secret has ${SECRET_OCTETS_MIN}–${SECRET_OCTETS_MAX}` }
}

/** What X-Rota-Signature says: `sha256=` and 64 hexadecimal digits. */
export function signatureOf(body: string, secret: Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
