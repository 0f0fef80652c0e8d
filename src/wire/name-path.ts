/**
 * A name made ready to be looked up: lower-case octets, where each label starts, and a hash of each
 * suffix. Suffixes are counted in labels from the root: depth 0 is the root, `depth` the whole name.
 *
 * One path is made once and set again for every query, so that looking up allocates nothing.
 */

import { FOLD, LABEL_OCTETS_MAX, NAME_OCTETS_MAX } from './name.ts'

/** 127 one-octet labels are the most that fit in 255 octets. */
const DEPTH_MAX = 128

export interface NamePath {
  readonly octets: Uint8Array
  length: number
  depth: number
  /** Offset of each label's length octet, from the left. */
  readonly labelAt: Uint8Array
  /** Hash of the suffix of so many labels. */
  readonly hashes: Int32Array
}

export function createPath(): NamePath {
  return {
    octets: new Uint8Array(NAME_OCTETS_MAX + 1),
    length: 0,
    depth: 0,
    labelAt: new Uint8Array(DEPTH_MAX),
    hashes: new Int32Array(DEPTH_MAX + 1),
  }
}

/**
 * Sets the path to the uncompressed name at source[offset], reading nothing at or past `end`.
 * Returns the offset after the name, or -1 if it is no name (cut short, too long, or a pointer).
 */
export function setPath(path: NamePath, source: Uint8Array, offset: number, end: number): number {
  const { octets, labelAt } = path
  let depth = 0
  let at = offset
  for (;;) {
    if (at >= end) return -1
    const size = source[at]
    const to = at - offset
    octets[to] = size
    if (size === 0) break
    if (size > LABEL_OCTETS_MAX || at + size >= end || to + size >= NAME_OCTETS_MAX - 1) return -1
    labelAt[depth++] = to
    for (let i = 1; i <= size; i++) octets[to + i] = FOLD[source[at + i]]
    at += size + 1
  }
  path.length = at + 1 - offset
  path.depth = depth
  hashSuffixes(path)
  return at + 1
}

/** Where the suffix of `depth` labels starts in the path's octets. */
export function suffixAt(path: NamePath, depth: number): number {
  return depth === 0 ? path.length - 1 : path.labelAt[path.depth - depth]
}

const SEED = 0x811c9dc5 | 0
const PRIME = 0x01000193

/**
 * FNV-1a over a label, continuing from the hash of what is right of it. Names in a zone are chosen
 * by its operator and the table is never filled by queries, so nobody can make it degenerate.
 */
export function hashLabel(hash: number, octets: Uint8Array, at: number): number {
  const end = at + octets[at]
  let mixed = hash
  for (let i = at; i <= end; i++) mixed = Math.imul(mixed ^ octets[i], PRIME)
  return mixed
}

function hashSuffixes({ octets, depth, labelAt, hashes }: NamePath): void {
  let hash = SEED
  hashes[0] = hash
  for (let label = depth - 1; label >= 0; label--) {
    hash = hashLabel(hash, octets, labelAt[label])
    hashes[depth - label] = hash
  }
}

/** Spreads a hash over a table of a power of two: FNV's low bits alone are weak. */
export function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask
}
