/** Writes the OPT record of a response (RFC 6891 §6.1) with the options that were called for. */

import type { Query } from './query.ts'
import { OPTION, TYPE } from './registry.ts'
import { putOctets, putU16, type Writer } from './writer.ts'

/** What we send over UDP without being fragmented on any common path (DNS flag day 2020). */
export const PAYLOAD_MAX = 1232

const OPT_HEADER_SIZE = 11
const OPTION_HEADER_SIZE = 4
const NO_ERROR_CODE = -1

/** How many octets OPT will take, so that sections can leave room for it; 0 without EDNS. */
export function optSize(query: Query, serverId: Uint8Array): number {
  if (!query.hasEdns) return 0
  let size = OPT_HEADER_SIZE + OPTION_HEADER_SIZE + 2 // An extended error may come.
  if (query.subnetLength > 0) size += OPTION_HEADER_SIZE + query.subnetLength
  if (query.wantsServerId && serverId.length > 0) size += OPTION_HEADER_SIZE + serverId.length
  return size
}

/**
 * Writes the OPT record. `rcode` gives its upper eight bits, `scope` is how much of the client
 * subnet the answer depended on (RFC 7871 §7.2.1), `errorCode` an extended error or -1.
 */
export function putOpt(
  writer: Writer,
  query: Query,
  rcode: number,
  scope: number,
  serverId: Uint8Array,
  errorCode: number = NO_ERROR_CODE,
): void {
  const { out, at } = writer
  out[at] = 0
  out[at + 1] = 0
  out[at + 2] = TYPE.OPT
  out[at + 3] = PAYLOAD_MAX >>> 8
  out[at + 4] = PAYLOAD_MAX & 0xff
  out[at + 5] = rcode >>> 4
  out[at + 6] = 0
  out[at + 7] = query.wantsDnssec ? 0x80 : 0
  out[at + 8] = 0
  writer.at = at + OPT_HEADER_SIZE
  if (query.subnetLength > 0) {
    putU16(writer, OPTION.CLIENT_SUBNET)
    putU16(writer, query.subnetLength)
    // Family, source and address go back as they came, or the resolver drops the answer.
    putOctets(writer, query.subnet, 0, query.subnetLength)
    out[writer.at - query.subnetLength + 3] = scope
  }
  if (query.wantsServerId && serverId.length > 0) {
    putU16(writer, OPTION.NSID)
    putU16(writer, serverId.length)
    putOctets(writer, serverId, 0, serverId.length)
  }
  if (errorCode !== NO_ERROR_CODE) {
    putU16(writer, OPTION.EXTENDED_ERROR)
    putU16(writer, 2)
    putU16(writer, errorCode)
  }
  const length = writer.at - at - OPT_HEADER_SIZE
  out[at + 9] = length >>> 8
  out[at + 10] = length & 0xff
}
