/** Echo requests and replies (RFC 792, RFC 4443 §4), told apart by a token that they carry. */

export const TOKEN_OCTETS = 8
const HEADER_OCTETS = 8

const ECHO = { v4: { request: 8, reply: 0 }, v6: { request: 128, reply: 129 } } as const

/** An echo request. The kernel writes the checksum of IPv6, which covers addresses. */
export function echoRequest(token: Uint8Array, isV6: boolean): Buffer {
  const packet = Buffer.alloc(HEADER_OCTETS + TOKEN_OCTETS)
  packet[0] = isV6 ? ECHO.v6.request : ECHO.v4.request
  packet.set(token.subarray(0, 2), 4) // The identifier; the sequence number stays 0.
  packet.set(token, HEADER_OCTETS)
  if (!isV6) packet.writeUInt16BE(checksum(packet), 2)
  return packet
}

/** Whether a packet replies to the request with `token`. Raw IPv4 sockets show its IP header. */
export function isEchoReply(octets: Uint8Array, token: Uint8Array, isV6: boolean): boolean {
  const start = isV6 ? 0 : ipHeaderOctets(octets)
  if (octets.length < start + HEADER_OCTETS + TOKEN_OCTETS) return false
  if (octets[start] !== (isV6 ? ECHO.v6.reply : ECHO.v4.reply)) return false
  return token.every((octet, i) => octets[start + HEADER_OCTETS + i] === octet)
}

/** 0 where there is none: no ICMP type that matters here has a 4 in its upper half. */
function ipHeaderOctets(octets: Uint8Array): number {
  const first = octets[0] ?? 0
  return first >> 4 === 4 ? (first & 0x0f) * 4 : 0
}

/** The ones' complement of the ones' complement sum (RFC 1071). */
function checksum(octets: Buffer): number {
  let sum = 0
  for (let at = 0; at < octets.length; at += 2) sum += octets.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
