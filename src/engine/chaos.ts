/**
 * The questions that are about the server itself, in class CH: `id.server` and `hostname.bind`
 * (RFC 4892) tell which of several servers answers. Every other class is refused.
 */

import { CLASS, EXTENDED_ERROR, RCODE, TYPE } from '../wire/registry.ts'

import type { Engine } from './engine.ts'
import { putText } from './text-record.ts'

const ID_SERVER = encodeName('id', 'server')
const HOSTNAME_BIND = encodeName('hostname', 'bind')

export function solveChaos({ scratch, world }: Engine): number {
  const { query } = scratch
  const { serverId } = world
  const isAboutId =
    isAsked(query.path.octets, ID_SERVER) || isAsked(query.path.octets, HOSTNAME_BIND)
  if (query.class !== CLASS.CH || !isAboutId || serverId.length === 0) {
    scratch.errorCode = EXTENDED_ERROR.NOT_AUTHORITATIVE
    return RCODE.REFUSED
  }
  scratch.isAuthoritative = true
  if (query.type !== TYPE.TXT && query.type !== TYPE.ANY) return RCODE.NOERROR
  if (!putText(scratch, CLASS.CH, serverId)) scratch.isTruncated = true
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
