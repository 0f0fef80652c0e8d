/**
 * Finds what a zone has to say about a name, by RFC 1034 §4.3.2, RFC 4592 (wildcards) and RFC 6672
 * (DNAME). Nothing here allocates: the result is written into a `Found` that is made once.
 */

import { type NamePath, slotOf, suffixAt, wildcardHash } from '../wire/name-path.ts'

import { FLAG, flagsOf, NODE, type ZoneImage } from './image.ts'

export const FOUND = {
  /** The name is a node; it may or may not have the type (no data). */
  NODE: 0,
  /** The name is not a node, but a wildcard stands for it; `node` is the wildcard's. */
  WILDCARD: 1,
  /** The name is at or below a cut; `node` is the cut's. */
  CUT: 2,
  /** The name is below a DNAME; `node` is the DNAME's owner. */
  DNAME: 3,
  /** There is no such name. */
  NO_NAME: 4,
} as const

export interface Found {
  kind: (typeof FOUND)[keyof typeof FOUND]
  /** The node that `kind` speaks of; the closest encloser for NO_NAME. */
  node: number
  /** How many labels the name of `node` has (for a wildcard: its closest encloser's). */
  depth: number
}

export function createFound(): Found {
  return { kind: FOUND.NO_NAME, node: 0, depth: 0 }
}

export const NO_NODE = -1

/** A node takes 2^2 numbers. */
const NODE_BITS = 2

/** Looks the path up, which must be within the zone. `found` tells what was found. */
export function lookUp(image: ZoneImage, path: NamePath, found: Found): void {
  const node = nodeAtDepth(image, path, path.depth)
  if (node === NO_NODE) lookUpAbove(image, path, found)
  else if ((flagsOf(image, node) & (FLAG.OCCLUDED | FLAG.CUT)) !== 0) {
    lookUpCover(image, path, found)
  } else set(found, FOUND.NODE, node, path.depth)
}

/** For a name that is no node: what covers it, a wildcard, or nothing. */
function lookUpAbove(image: ZoneImage, path: NamePath, found: Found): void {
  // The closest encloser (RFC 4592 §3.3.1): the longest suffix that is a node.
  let depth = path.depth - 1
  let encloser = nodeAtDepth(image, path, depth)
  while (encloser === NO_NODE) encloser = nodeAtDepth(image, path, --depth)

  const flags = flagsOf(image, encloser)
  if ((flags & (FLAG.OCCLUDED | FLAG.CUT | FLAG.HAS_DNAME)) !== 0) {
    lookUpCover(image, path, found)
    return
  }
  const hasWildcard = (flags & FLAG.HAS_WILDCARD) !== 0
  const wildcard = hasWildcard ? wildcardBelow(image, path, depth) : NO_NODE
  if (wildcard === NO_NODE) set(found, FOUND.NO_NAME, encloser, depth)
  else set(found, FOUND.WILDCARD, wildcard, depth)
}

/** The node of the suffix of `depth` labels, occluded or not, or NO_NODE. */
export function nodeAtDepth(image: ZoneImage, path: NamePath, depth: number): number {
  const { nodes } = image
  const mask = (nodes.length >> NODE_BITS) - 1
  const hash = path.hashes[depth] >>> 0
  const from = suffixAt(path, depth)
  const to = suffixAt(path, image.apexDepth)
  let node = slotOf(hash, mask)
  for (; nodes[node * NODE.SIZE + NODE.NAME] !== 0; node = (node + 1) & mask) {
    if (nodes[node * NODE.SIZE + NODE.HASH] !== hash) continue
    if (isNamed(image, node, path.octets, from, to)) return node
  }
  return NO_NODE
}

/**
 * What covers the name is the topmost cut or DNAME on the way down to it: whatever a zone holds
 * below that is glue at best (RFC 2181 §6, RFC 6672 §2.4).
 */
function lookUpCover(image: ZoneImage, path: NamePath, found: Found): void {
  for (let depth = image.apexDepth; depth <= path.depth; depth++) {
    const node = nodeAtDepth(image, path, depth)
    const flags = flagsOf(image, node)
    const isCut = (flags & FLAG.CUT) !== 0
    if (isCut || ((flags & FLAG.HAS_DNAME) !== 0 && depth < path.depth)) {
      set(found, isCut ? FOUND.CUT : FOUND.DNAME, node, depth)
      return
    }
  }
}

function wildcardBelow(image: ZoneImage, path: NamePath, depth: number): number {
  const { nodes, octets } = image
  const mask = (nodes.length >> NODE_BITS) - 1
  const hash = wildcardHash(path, depth) >>> 0
  const from = suffixAt(path, depth)
  const to = suffixAt(path, image.apexDepth)
  let node = slotOf(hash, mask)
  for (; nodes[node * NODE.SIZE + NODE.NAME] !== 0; node = (node + 1) & mask) {
    if (nodes[node * NODE.SIZE + NODE.HASH] !== hash) continue
    let at = nodes[node * NODE.SIZE + NODE.NAME]
    if (octets[at] !== to - from + 2 || octets[at + 1] !== 1 || octets[at + 2] !== ASTERISK)
      continue
    at += 3
    let i = from
    while (i < to && path.octets[i] === octets[at]) {
      i++
      at++
    }
    if (i === to) return node
  }
  return NO_NODE
}

function isNamed(
  image: ZoneImage,
  node: number,
  name: Uint8Array,
  from: number,
  to: number,
): boolean {
  const { octets } = image
  let at = image.nodes[node * NODE.SIZE + NODE.NAME]
  if (octets[at++] !== to - from) return false
  for (let i = from; i < to; i++, at++) if (name[i] !== octets[at]) return false
  return true
}

function set(found: Found, kind: Found['kind'], node: number, depth: number): void {
  found.kind = kind
  found.node = node
  found.depth = depth
}

const ASTERISK = 0x2a
