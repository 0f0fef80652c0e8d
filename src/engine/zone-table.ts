/** Finds the zone that a name belongs to: the longest apex that is a suffix of it. */

import { type NamePath, slotOf, suffixAt, createPath, setPath } from '../wire/name-path.ts'
import { TYPE } from '../wire/registry.ts'

import type { ZoneImage } from '../zone/image.ts'

export interface ZoneTable {
  /** Zone number + 1, by hash of the apex. */
  readonly slots: Uint32Array
  readonly hashes: Int32Array
  readonly depthMax: number
}

export const NO_ZONE = -1

export function createZoneTable(zones: readonly ZoneImage[]): ZoneTable {
  const path = createPath()
  let size = 4
  while (size < zones.length * 2) size *= 2
  const slots = new Uint32Array(size)
  const hashes = new Int32Array(zones.length)
  zones.forEach(({ apex, apexDepth }, zone) => {
    setPath(path, apex, 0, apex.length)
    hashes[zone] = path.hashes[apexDepth]
    let slot = slotOf(hashes[zone], size - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot] = zone + 1
  })
  return { slots, hashes, depthMax: zones.reduce(deeper, 0) }
}

/**
 * The number of the zone that answers for the path, or NO_ZONE. DS belongs to the parent's side of
 * a cut (RFC 4035 §3.1.4.1): for a DS at an apex the zone above answers, if it is ours too.
 */
export function findZone(
  table: ZoneTable,
  zones: readonly ZoneImage[],
  path: NamePath,
  type: number,
): number {
  let child = NO_ZONE
  for (let depth = Math.min(path.depth, table.depthMax); depth >= 0; depth--) {
    const zone = zoneAtDepth(table, zones, path, depth)
    if (zone === NO_ZONE) continue
    if (type !== TYPE.DS || depth < path.depth) return zone
    child = zone
  }
  return child
}

/** Whether the path is within the zone. */
export function isInZone(zone: ZoneImage, path: NamePath): boolean {
  return path.depth >= zone.apexDepth && isSuffix(zone, path, zone.apexDepth)
}

function deeper(depth: number, { apexDepth }: ZoneImage): number {
  return Math.max(depth, apexDepth)
}

function zoneAtDepth(
  { slots, hashes }: ZoneTable,
  zones: readonly ZoneImage[],
  path: NamePath,
  depth: number,
): number {
  const mask = slots.length - 1
  const hash = path.hashes[depth]
  for (let slot = slotOf(hash, mask); slots[slot] !== 0; slot = (slot + 1) & mask) {
    const zone = slots[slot] - 1
    if (hashes[zone] === hash && isSuffix(zones[zone], path, depth)) return zone
  }
  return NO_ZONE
}

function isSuffix({ apex, apexDepth }: ZoneImage, path: NamePath, depth: number): boolean {
  if (apexDepth !== depth) return false
  const from = suffixAt(path, depth)
  if (path.length - from !== apex.length) return false
  for (let i = 0; i < apex.length; i++) if (path.octets[from + i] !== apex[i]) return false
  return true
}
