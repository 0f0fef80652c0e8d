/**
 * From an address to a whole number, through the prefix that it lies in: client rules, and where
 * clients are. Made once, shared by all workers, looked up for a query without allocating.
 *
 * The prefixes of a map partition each family's space: however those that it was made from overlap,
 * its leaves do not, and neighbours with one value are one leaf. So the depth of a leaf is at once
 * a truthful ECS scope and the widest one (RFC 7871, section 7.3.1: scopes must not overlap).
 *
 * A client of ::ffff:0:0/96 is an IPv4 client: pass its last four octets.
 */

import type { Prefix } from './prefix.ts'
import { bitAt, DEPTH_SHIFT, PREFIX_VALUE_MAX, PrefixTrie } from './prefix-trie.ts'

export interface PrefixMap {
  /** See base/prefix-trie.ts for what stands in them. */
  readonly v4: Int32Array
  readonly v6: Int32Array
}

export interface PrefixEntry {
  readonly prefix: Prefix
  /** 0 to PREFIX_VALUE_MAX. */
  readonly value: number
}

export interface MatchOptions {
  /** Of the entries that hold an address the first counts, and not the longest. */
  readonly firstMatch?: boolean
}

/**
 * A map in which the longest prefix that holds an address says its value, and `otherwise` does
 * where none holds it. Of equal prefixes the first counts.
 */
export function buildPrefixMap(
  entries: readonly PrefixEntry[],
  otherwise: number,
  { firstMatch = false }: MatchOptions = {},
): PrefixMap {
  const v4 = new PrefixTrie(otherwise)
  const v6 = new PrefixTrie(otherwise)
  // What is painted later covers what was before, so whoever shall count comes last.
  const painted = entries.toReversed()
  if (!firstMatch) painted.sort((a, b) => a.prefix.bits - b.prefix.bits)
  for (const { prefix, value } of painted) {
    const trie = prefix.octets.length === 4 ? v4 : v6
    trie.paint(prefix.octets, prefix.bits, value)
  }
  return { v4: v4.press(), v6: v6.press() }
}

/** The same map with other values; where they have become equal its leaves are wider. */
export function withValues(map: PrefixMap, change: (value: number) => number): PrefixMap {
  return {
    v4: PrefixTrie.from(map.v4, change).press(),
    v6: PrefixTrie.from(map.v6, change).press(),
  }
}

/**
 * The leaf that an address lies in: its value and its depth in one small integer, so that a query
 * allocates nothing; see `leafValue` and `leafDepth`. Of the octets 4 are read, or 16 if `isV6`.
 */
export function findLeaf(map: PrefixMap, octets: Uint8Array, isV6: boolean): number {
  const table = isV6 ? map.v6 : map.v4
  let depth = table[0]!
  let cell = table[1 + (((octets[0]! << 8) | octets[1]!) >> (16 - depth))]!
  if (cell < 0) return ~cell
  do {
    cell = table[cell + bitAt(octets, depth)]!
    depth += 1
  } while (cell >= 0)
  return (depth << DEPTH_SHIFT) | ~cell
}

export function leafValue(leaf: number): number {
  return leaf & PREFIX_VALUE_MAX
}

/** How many leading bits of an address have led to the leaf: 0 to 32, or to 128. */
export function leafDepth(leaf: number): number {
  return leaf >>> DEPTH_SHIFT
}

/** The value that an address has. */
export function findPrefix(map: PrefixMap, octets: Uint8Array, isV6: boolean): number {
  return leafValue(findLeaf(map, octets, isV6))
}
