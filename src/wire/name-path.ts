/**
 * A name made ready to be looked up: lower-case octets, where each label starts, and a hash of each
 * suffix. Suffixes are counted in labels from the root: depth 0 is the root, `depth` the whole
 * name.
 *
 * One path is made once and set again for every query, so that looking up allocates nothing.
 */

import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX } from './name.ts'

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
  /** Scratch: the hash of what is left of each label. */
  readonly before: Int32Array
}

export function createPath(): NamePath {
  return {
    octets: new Uint8Array(NAME_OCTETS_MAX + 1),
    length: 0,
    depth: 0,
    labelAt: new Uint8Array(DEPTH_MAX),
    hashes: new Int32Array(DEPTH_MAX + 1),
    before: new Int32Array(DEPTH_MAX + 1),
  }
}

/**
 * A suffix's hash is its octets as the digits of one number to the base BASE, in 32 bits. Such
 * numbers subtract: the hash of a suffix is the whole name's less what is left of it, shifted. So
 * one walk from the left checks, folds and hashes a name, and every suffix follows from it.
 *
 * Names in a zone are chosen by its operator and no query ever enters a table, so nobody can make
 * the hash collide on purpose.
 */
const BASE = 0x01000193
const UPPER_A = 0x41
const LETTERS = 26
const POWERS = Int32Array.from(powers(NAME_OCTETS_MAX + 1))

/**
 * Sets the path to the uncompressed name at source[offset], reading nothing at or past `end`.
 * Returns the offset after the name, or -1 if it is no name (cut short, too long, or a pointer).
 */
export function setPath(path: NamePath, source: Uint8Array, offset: number, end: number): number {
  const { octets, labelAt, before } = path
  let depth = 0
  let at = offset
  let to = 0
  let hash = 0
  for (;;) {
    if (at >= end) return -1
    const size = source[at]
    if (size === 0) break
    const next = at + 1 + size
    if (size > LABEL_OCTETS_MAX || next >= end || next - offset >= NAME_OCTETS_MAX) return -1
    labelAt[depth] = to
    before[depth++] = hash
    octets[to++] = size
    hash = (Math.imul(hash, BASE) + size) | 0
    for (at++; at < next; at++, to++) {
      const raw = source[at]
      // As FOLD does; on this path arithmetic is quicker than a table.
      const octet = (raw - UPPER_A) >>> 0 < LETTERS ? raw | 0x20 : raw
      octets[to] = octet
      hash = (Math.imul(hash, BASE) + octet) | 0
    }
  }
  octets[to] = 0
  path.length = to + 1
  path.depth = depth
  hashSuffixes(path, hash, to)
  return at + 1
}

/** Where the suffix of `depth` labels starts in the path's octets. */
export function suffixAt(path: NamePath, depth: number): number {
  return depth === 0 ? path.length - 1 : path.labelAt[path.depth - depth]
}

/** The hash of the name `*.<suffix>`, for the suffix of `depth` labels. */
export function wildcardHash(path: NamePath, depth: number): number {
  const length = path.length - 1 - suffixAt(path, depth)
  return (path.hashes[depth] + Math.imul(WILDCARD, POWERS[length])) | 0
}

/** The label `*` as a number: its length, then its octet. */
const WILDCARD = BASE + 0x2a

/** Picks a slot of a table of `mask + 1`, a power of two. */
export function slotOf(hash: number, mask: number): number {
  // Multiplying sends every bit upwards, and the upper half back down (Knuth's, by 2^32 / φ).
  const mixed = Math.imul(hash, 0x9e3779b1)
  return (mixed ^ (mixed >>> 15)) & mask
}

function hashSuffixes({ depth, labelAt, hashes, before }: NamePath, whole: number, length: number) {
  hashes[0] = 0
  for (let label = 0; label < depth; label++) {
    const shifted = Math.imul(before[label], POWERS[length - labelAt[label]])
    hashes[depth - label] = whole - shifted
  }
}

function* powers(count: number): Generator<number> {
  for (let power = 1, i = 0; i < count; i++, power = Math.imul(power, BASE)) yield power
}
