/**
 * What a MaxMind database says of itself, at its end (MaxMind DB File Format 2.0, "Database
 * Metadata"), and so where in it tree and data are.
 */

import { createDataReader, type MmdbValue } from './mmdb-data.ts'

export interface MmdbLayout {
  readonly databaseType: string
  readonly ipVersion: 4 | 6
  readonly nodeCount: number
  /** Of a node below `nodeCount`: another node, `nodeCount` for nothing, or more for data. */
  readonly recordOf: (node: number, side: 0 | 1) => number
  readonly data: Uint8Array
}

/** Where tree and data are, or, as the rest of a sentence, what is wrong and what to do. */
export function describeMmdb(octets: Uint8Array): MmdbLayout | { readonly problem: string } {
  const end = findMarker(octets)
  if (end === undefined) return { problem: foreignProblem(octets) }
  const metadata = createDataReader(octets.subarray(end + MARKER.length), KEYS).read(0)
  if (!(metadata instanceof Map)) return DAMAGED
  const version: MmdbValue = metadata.get('binary_format_major_version') ?? null
  if (version !== FORMAT_VERSION) {
    return { problem: `has format version ${version}: only version ${FORMAT_VERSION} can be read` }
  }
  const databaseType: MmdbValue = metadata.get('database_type') ?? null
  const ipVersion: MmdbValue = metadata.get('ip_version') ?? null
  const nodeCount: MmdbValue = metadata.get('node_count') ?? null
  const recordSize: MmdbValue = metadata.get('record_size') ?? null
  if (typeof databaseType !== 'string' || typeof nodeCount !== 'number') return DAMAGED
  if (ipVersion !== 4 && ipVersion !== 6) return DAMAGED
  if (recordSize !== 24 && recordSize !== 28 && recordSize !== 32) return DAMAGED
  const treeOctets = (nodeCount * recordSize) / 4
  if (nodeCount < 1 || treeOctets + SEPARATOR_OCTETS > end) return DAMAGED
  return {
    databaseType,
    ipVersion,
    nodeCount,
    recordOf: recordReader(octets, recordSize),
    data: octets.subarray(treeOctets + SEPARATOR_OCTETS, end),
  }
}

function recordReader(octets: Uint8Array, recordSize: 24 | 28 | 32): MmdbLayout['recordOf'] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  if (recordSize === 32) return (node, side) => view.getUint32(node * 8 + side * 4)
  if (recordSize === 24) {
    return (node, side) =>
      side === 0 ? view.getUint32(node * 6) >>> 8 : view.getUint32(node * 6 + 2) & 0xff_ffff
  }
  // The octet in the middle holds the first four bits of both.
  return (node, side) =>
    side === 0
      ? (view.getUint32(node * 7) >>> 8) | ((octets[node * 7 + 3]! & 0xf0) << 20)
      : view.getUint32(node * 7 + 3) & 0xfff_ffff
}

/** Where the last marker begins; what follows it is at most METADATA_OCTETS_MAX long. */
function findMarker(octets: Uint8Array): number | undefined {
  const first = Math.max(0, octets.length - METADATA_OCTETS_MAX - MARKER.length)
  for (let at = octets.length - MARKER.length; at >= first; at--) {
    if (MARKER.every((octet, index) => octets[at + index] === octet)) return at
  }
  return undefined
}

function foreignProblem(octets: Uint8Array): string {
  if (octets[0] === 0x1f && octets[1] === 0x8b) return 'is compressed: unpack it with gunzip or tar'
  return 'is no MaxMind database, or was cut off: use a .mmdb file (old GeoIP .dat cannot be read)'
}

const SEPARATOR_OCTETS = 16
const METADATA_OCTETS_MAX = 128 * 1024
const FORMAT_VERSION = 2
const KEYS = new Set([
  'binary_format_major_version',
  'database_type',
  'ip_version',
  'node_count',
  'record_size',
])
const MARKER = Uint8Array.from([0xab, 0xcd, 0xef, ...new TextEncoder().encode('MaxMind.com')])
const DAMAGED = { problem: 'is damaged: its metadata cannot be right; download it again' }
