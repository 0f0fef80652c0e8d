/**
 * Questions that ask why: `NAME.explain.ZONE TXT` tells how NAME is answered now, to those who may
 * know. A thread that only answers does not know why; it sets TC, and who asks comes back over TCP,
 * to the thread that decides. A zone that has such names of its own keeps them.
 */

import { findPrefix } from '../base/prefix-map.ts'
import { masked, type Prefix } from '../base/prefix.ts'

import { suffixAt } from '../wire/name-path.ts'
import { CLASS, RCODE, TYPE } from '../wire/registry.ts'

import type { ZoneImage } from '../zone/image.ts'

import { identify } from './client.ts'
import type { Engine, Scratch } from './engine.ts'
import { truncate } from './sections.ts'
import { putText, STRING_OCTETS_MAX } from './text-record.ts'

/** The values of World.explainTo. */
export const MAY_NOT_ASK = 0
export const MAY_ASK = 1

const LABEL = Uint8Array.from('\x07explain', (character) => character.charCodeAt(0))
/** Whether the question's name is one to be explained, and this client may ask. */
export function asksWhy(engine: Engine, zone: ZoneImage): boolean {
  const { scratch, world } = engine
  const { asked, client, query } = scratch
  const { explainTo } = world
  if (explainTo === undefined || asked !== query.path) return false
  const depth = zone.apexDepth + 1
  if (asked.depth <= depth) return false
  const at = suffixAt(asked, depth)
  for (let i = 0; i < LABEL.length; i++) if (asked.octets[at + i] !== LABEL[i]) return false
  return findPrefix(explainTo, client.address, client.isV6) === MAY_ASK
}

/** Answers such a question; it has TXT and nothing else. */
export function solveWhy(engine: Engine, zone: ZoneImage): number {
  const { scratch, explainer } = engine
  const { query, client } = scratch
  if (query.type !== TYPE.TXT && query.type !== TYPE.ANY) return RCODE.NOERROR
  if (!client.isStream || !explainer) return truncate(scratch)
  const { octets } = query.path
  const end = suffixAt(query.path, zone.apexDepth + 1)
  const name = Uint8Array.of(...octets.subarray(0, end), 0)
  // Each line is a record of its own, so that it is shown as one.
  for (const line of explainer(name, askerOf(scratch))) {
    const text = new TextEncoder().encode(line).subarray(0, STRING_OCTETS_MAX)
    if (!putText(scratch, CLASS.IN, text)) return truncate(scratch)
  }
  return RCODE.NOERROR
}

/** For whom it is asked: the subnet in the query, or who asks (RFC 7871 §7.1.2). */
function askerOf(scratch: Scratch): Prefix {
  const { octets, isV6, isSubnet, bitsBefore } = identify(scratch)
  const whole = octets.slice(0, isV6 ? 16 : 4)
  const known = isSubnet ? scratch.query.subnet[SUBNET_SOURCE_AT] - bitsBefore : whole.length * 8
  const bits = Math.max(0, known)
  return { octets: masked(whole, bits), bits }
}

/** Where the option says how many bits of the address it tells (RFC 7871 §6). */
const SUBNET_SOURCE_AT = 2
