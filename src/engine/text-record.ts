/** TXT records about the server itself: nobody shall keep them, and each is one string. */

import { TYPE } from '../wire/registry.ts'
import { hasRoom, putOctets, putU16, putU32 } from '../wire/writer.ts'

import type { Scratch } from './engine.ts'

/** A character-string's length is one octet (RFC 1035 §3.3). */
export const STRING_OCTETS_MAX = 255
/** Pointer, type, class, TTL, length, and the length of its only string. */
const HEADER_SIZE = 13

/** Writes a TXT record of the question's name; false where it does not fit. */
export function putText(scratch: Scratch, recordClass: number, text: Uint8Array): boolean {
  const { writer } = scratch
  if (!hasRoom(writer, HEADER_SIZE + text.length)) return false
  putU16(writer, 0xc00c)
  putU16(writer, TYPE.TXT)
  putU16(writer, recordClass)
  putU32(writer, 0)
  putU16(writer, text.length + 1)
  writer.out[writer.at++] = text.length
  putOctets(writer, text, 0, text.length)
  scratch.answerCount++
  return true
}
