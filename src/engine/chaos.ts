/**
 * The questions that are about the server itself, in class CH: `id.server` and `hostname.bind`
 * (RFC 4892) tell which of several servers answers. Every other class is refused.
 */

import { CLASS, EXTENDED_ERROR, RCODE, TYPE } from '../wire/registry.ts'
import { hasRoom, putOctets, putU16, putU32 } from '../wire/writer.ts'

import type { Engine } from './engine.ts'

const ID_SERVER = encodeName('id', 'server')
const HOSTNAME_BIND = encodeName('hostname', 'bind')

/** The longest that fits one character-string. */
export const SERVER_ID_OCTETS_MAX = 255

export function solveChaos({ scratch, world }: Engine): number {
  const { query, writer } = scratch
  const { serverId } = world
  const isAboutId =
    isAsked(query.path.octets, ID_SERVER) || isAsked(query.path.octets, HOSTNAME_BIND)
  if (query.class !== CLASS.CH || !isAboutId || serverId.length === 0) {
    scratch.errorCode = EXTENDED_ERROR.NOT_AUTHORITATIVE
    return RCODE.REFUSED
  }
  scratch.isAuthoritative = true
  if (query.type !== TYPE.TXT && query.type !== TYPE.ANY) return RCODE.NOERROR
  if (!hasRoom(writer, 13 + serverId.length)) {
    scratch.isTruncated = true
    return RCODE.NOERROR
  }
  putU16(writer, 0xc00c)
  putU16(writer, TYPE.TXT)
  putU16(writer, CLASS.CH)
  putU32(writer, 0)
  putU16(writer, serverId.length + 1)
  writer.out[writer.at++] = serverId.length
  putOctets(writer, serverId, 0, serverId.length)
  scratch.answerCount = 1
  return RCODE.NOERROR
}

function isAsked(asked: Uint8Array, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (asked[i] !== name[i]) return false
  return true
}

function encodeName(...labels: string[]): Uint8Array {
  const octets = labels.flatMap((label) => [
    label.length,
    ...Array.from(label, (character) => character.charCodeAt(0)),
  ])
  return Uint8Array.from([...octets, 0])
}
