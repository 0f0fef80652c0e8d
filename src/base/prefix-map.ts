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
import {
  bitsAt,
  DEPTH_SHIFT,
  INDEX_MASK,
  PREFIX_VALUE_MAX,
  PrefixTrie,
  SKIP_CELLS,
  SKIPS,
  STRIDE_SHIFT,
} from './prefix-trie.ts'

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
  const [v4, v6] = [new PrefixTrie(0), new PrefixTrie(0)]
  for (const trie of [v4, v6]) {
    forEachLeaf(map, trie === v6, (octets, bits, value) => trie.paint(octets, bits, change(value)))
  }
  return { v4: v4.press(), v6: v6.press() }
}

/** Shows every leaf of a family in the order of addresses; the octets hold until the next. */
export function forEachLeaf(
  map: PrefixMap,
  isV6: boolean,
  visit: (octets: Uint8Array, bits: number, value: number) => void,
): void {
  const octets = new Uint8Array(isV6 ? 16 : 4)
  for (let depth = 0, isLast = false; !isLast; isLast = !advance(octets, depth)) {
    const leaf = findLeaf(map, octets, isV6)
    depth = leafDepth(leaf)
    visit(octets, depth, leafValue(leaf))
  }
}

/** To the first address after a prefix; false if there is none. */
function advance(octets: Uint8Array, bits: number): boolean {
  for (let carry = 0x80 >> ((bits - 1) & 7), index = (bits - 1) >> 3; index >= 0; index--) {
    const sum = octets[index]! + carry
    octets[index] = sum & 0xff
    if (sum <= 0xff) return true
    carry = 1
  }
  return false
}

/**
 * The leaf that an address lies in: its value and its depth in one small integer, so that a query
 * allocates nothing; see `leafValue` and `leafDepth`. Of the octets 4 are read, or 16 if `isV6`.
 */
export function findLeaf(map: PrefixMap, octets: Uint8Array, isV6: boolean): number {
  const table = isV6 ? map.v6 : map.v4
  const length = isV6 ? 16 : 4
  let cell = table[0]!
  let before = 0
  let depth = 0
  while (cell >= 0) {
    let index = cell & INDEX_MASK
    if ((cell & SKIPS) !== 0) {
      const skip = table[index]!
      const strayed = bitsAt(octets, length, depth, skip) ^ table[index + 1]!
      if (strayed !== 0) {
        // The first bit that differs is the last that the leaf aside has.
        return packed(depth + skip - 31 + Math.clz32(strayed), ~table[index + 2]!)
      }
      depth += skip
      index += SKIP_CELLS
    }
    const stride = ((cell >> STRIDE_SHIFT) & 0xf) + 1
    cell = table[index + bitsAt(octets, length, depth, stride)]!
    before = depth
    depth += stride
  }
  return (packed(before, 0) + ~cell) | 0
}

function packed(depth: number, value: number): number {
  return (depth << DEPTH_SHIFT) | value
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
