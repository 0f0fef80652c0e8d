/**
 * Writes small MaxMind databases by the letter of the MaxMind DB File Format 2.0, so that tests need
 * nobody's data: a tree of given networks, their data, the metadata.
 */

import { parsePrefix } from '../../src/base/prefix.ts'

export type Written =
  | string
  | number
  | boolean
  | bigint
  | Double
  | Pointer
  | readonly Written[]
  | { readonly [key: string]: Written }

/** A number is otherwise written as an unsigned integer. */
export class Double {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** To an offset of the data section; of so many octets, 1 to 4. */
export class Pointer {
  readonly offset: number
  readonly octets: number
  constructor(offset: number, octets = 4) {
    this.offset = offset
    this.octets = octets
  }
}

export interface MmdbOrder {
  /** Networks and data, the wide before the narrow; `alias` leads to the root of IPv4. */
  readonly networks: readonly (readonly [string, Written | 'alias'])[]
  readonly recordSize?: 24 | 28 | 32
  readonly ipVersion?: 4 | 6
  /** Over what the metadata says otherwise; undefined leaves a key out. */
  readonly metadata?: { readonly [key: string]: Written | undefined }
}

type Node = [Branch, Branch]
/** A node, the number of some data, or nothing. */
type Branch = Node | number | undefined

const MARKER = [0xab, 0xcd, 0xef, ...new TextEncoder().encode('MaxMind.com')]

export function writeMmdb(order: MmdbOrder): Uint8Array {
  const { networks, recordSize = 24, ipVersion = 6, metadata = {} } = order
  const data: number[] = []
  const offsets: number[] = []
  const root: Node = [undefined, undefined]
  for (const [network, written] of networks) {
    const bits = bitsOf(network, ipVersion)
    if (written === 'alias') {
      put(root, bits, nodeAt(root, 96))
      continue
    }
    offsets.push(data.length)
    data.push(...encode(written))
    put(root, bits, offsets.length - 1)
  }
  const nodes = numbered(root)
  const tree = [...nodes.keys()].flatMap((node) => {
    const [left, right] = node.map((branch) => {
      if (branch === undefined) return nodes.size
      return typeof branch === 'number' ? nodes.size + 16 + offsets[branch]! : nodes.get(branch)!
    })
    return writeNode(left!, right!, recordSize)
  })
  const said: { readonly [key: string]: Written | undefined } = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000n,
    database_type: 'Test',
    description: { en: 'made for a test' },
    ip_version: ipVersion,
    languages: ['en'],
    node_count: nodes.size,
    record_size: recordSize,
    ...metadata,
  }
  const kept = Object.entries(said).filter((entry): entry is [string, Written] => {
    return entry[1] !== undefined
  })
  const separator = new Array<number>(16).fill(0)
  return Uint8Array.from([
    ...[...tree, ...separator, ...data],
    ...[...MARKER, ...encode(Object.fromEntries(kept))],
  ])
}

/** A value as it stands in the data section. */
export function encode(value: Written): number[] {
  if (value instanceof Pointer) return encodePointer(value)
  if (value instanceof Double) {
    const octets = new DataView(new ArrayBuffer(8))
    octets.setFloat64(0, value.value)
    return [...head(3, 8), ...new Uint8Array(octets.buffer)]
  }
  if (typeof value === 'string') {
    const octets = new TextEncoder().encode(value)
    return [...head(2, octets.length), ...octets]
  }
  if (typeof value === 'boolean') return head(14, value ? 1 : 0)
  if (typeof value === 'number') return integer(6, BigInt(value))
  if (typeof value === 'bigint') return integer(9, value)
  if (isList(value)) return [...head(11, value.length), ...value.flatMap(encode)]
  const entries = Object.entries(value)
  return [
    ...head(7, entries.length),
    ...entries.flatMap(([key, of]) => [...encode(key), ...encode(of)]),
  ]
}

function isList(value: Written): value is readonly Written[] {
  return Array.isArray(value)
}

function integer(type: number, value: bigint): number[] {
  const octets: number[] = []
  for (let rest = value; rest > 0n; rest >>= 8n) octets.unshift(Number(rest & 0xffn))
  return [...head(type, octets.length), ...octets]
}

/** The control octets of a type and a size. */
export function head(type: number, size: number): number[] {
  const [field, more] =
    size < 29
      ? [size, []]
      : size < 285
        ? [29, [size - 29]]
        : size < 65_821
          ? [30, [(size - 285) >> 8, (size - 285) & 0xff]]
          : [31, [16, 8, 0].map((shift) => ((size - 65_821) >> shift) & 0xff)]
  return type < 8 ? [(type << 5) | field, ...more] : [field, type - 7, ...more]
}

function encodePointer({ offset, octets }: Pointer): number[] {
  const bias = [0, 2_048, 526_336, 0][octets - 1]!
  const value = offset - bias
  const low = Array.from({ length: octets }, (_, i) => Math.floor(value / 256 ** (octets - 1 - i)))
  const high = octets === 4 ? 0 : Math.floor(value / 256 ** octets)
  return [0x20 | ((octets - 1) << 3) | high, ...low.map((octet) => octet & 0xff)]
}

function writeNode(left: number, right: number, recordSize: 24 | 28 | 32): number[] {
  const octets = (value: number, count: number) =>
    Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** (count - 1 - i)) & 0xff)
  if (recordSize !== 28) return [...octets(left, recordSize / 8), ...octets(right, recordSize / 8)]
  const middle = ((left >> 24) << 4) | (right >> 24)
  return [...octets(left & 0xff_ffff, 3), middle, ...octets(right & 0xff_ffff, 3)]
}

function bitsOf(network: string, ipVersion: 4 | 6): number[] {
  const prefix = parsePrefix(network)!
  const isEmbedded = prefix.octets.length === 4 && ipVersion === 6
  const bits = [...prefix.octets].flatMap((octet) =>
    Array.from({ length: 8 }, (_, index) => (octet >> (7 - index)) & 1),
  )
  return [...new Array<number>(isEmbedded ? 96 : 0).fill(0), ...bits.slice(0, prefix.bits)]
}

function put(root: Node, bits: readonly number[], what: Branch): void {
  let node = root
  for (const bit of bits.slice(0, -1)) {
    const branch = node[bit as 0 | 1]
    const next: Node = typeof branch === 'object' ? branch : [branch, branch]
    node[bit as 0 | 1] = next
    node = next
  }
  node[bits.at(-1) as 0 | 1] = what
}

function nodeAt(root: Node, zeros: number): Branch {
  let branch: Branch = root
  for (let depth = 0; depth < zeros && typeof branch === 'object'; depth++) branch = branch[0]
  return branch
}

/** Every node once, the root first. */
function numbered(root: Node): Map<Node, number> {
  const nodes = new Map<Node, number>()
  const visit = (branch: Branch) => {
    if (typeof branch !== 'object' || nodes.has(branch)) return
    nodes.set(branch, nodes.size)
    branch.forEach(visit)
  }
  visit(root)
  return nodes
}
