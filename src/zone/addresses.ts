/** The addresses that a zone file itself gives a name: the members of a name without a pool. */

import { createPath, setPath } from '../wire/name-path.ts'
import { TYPE } from '../wire/registry.ts'

import { findRrset, recordsOf, type ZoneImage } from './image.ts'
import { NO_NODE, nodeAtDepth } from './lookup.ts'

/** Every A and AAAA of `name`, as octets, in the order of the file; empty where it has none. */
export function addressesOf(zone: ZoneImage, name: Uint8Array): Uint8Array[] {
  const node = nodeOf(zone, name)
  if (node === NO_NODE) return []
  return [...rdataOf(zone, node, TYPE.A), ...rdataOf(zone, node, TYPE.AAAA)]
}

/** The node of a name, or NO_NODE. */
export function nodeOf(zone: ZoneImage, name: Uint8Array): number {
  const path = createPath()
  setPath(path, name, 0, name.length)
  return nodeAtDepth(zone, path, path.depth)
}

function rdataOf(zone: ZoneImage, node: number, type: number): Uint8Array[] {
  const rrset = findRrset(zone, node, type)
  return rrset === 0 ? [] : [...recordsOf(zone, rrset)].map(({ rdata }) => rdata)
}
