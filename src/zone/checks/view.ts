/**
 * A zone as its checks see it: gathered, not yet laid out, and only to be read. Everything here is
 * in terms of nodes and records by number, as the builder keeps them.
 */

import { createPath, type NamePath, setPath, suffixAt } from '../../wire/name-path.ts'
import { printName } from '../../wire/name.ts'
import { nameLayout } from '../../wire/rdata/layout.ts'
import { TYPE, typeName } from '../../wire/registry.ts'

import { NONE, type ZoneBuilder } from '../builder.ts'
import { BINDING_SHIFT, FLAG, NODE } from '../image.ts'

export interface ZoneView {
  readonly builder: ZoneBuilder
  /** Scratch for looking names up: the name itself, and the wildcard that may stand for it. */
  readonly path: NamePath
  readonly wildcard: NamePath
  /** Whether any node is a cut or has a DNAME; most zones have neither. */
  readonly hasCovers: boolean
  /** 1 for each node that some NS record names. */
  readonly isNameServer: Uint8Array
}

export function viewZone(builder: ZoneBuilder): ZoneView {
  const { nodes } = builder
  let hasCovers = false
  for (let node = 0; node < nodes.count && !hasCovers; node++) hasCovers = isCover(builder, node)
  const isNameServer = new Uint8Array(nodes.count)
  const path = createPath()
  const wildcard = createPath()
  const view = { builder, path, wildcard, hasCovers, isNameServer }
  // Only glue is asked about, and without a cut there is none.
  if (hasCovers) markNameServers(view)
  return view
}

/** The first record of a node, or NONE. */
export function firstRecord({ builder }: ZoneView, node: number): number {
  return builder.nodes.firstRecord.data[node] - 1
}

/** The next record of the same node, or NONE. */
export function nextRecord({ builder }: ZoneView, record: number): number {
  return builder.records.next.data[record] - 1
}

export function typeOf({ builder }: ZoneView, record: number): number {
  return builder.records.shape.data[record] >>> 16
}

/** The first record of `type` at a node, or NONE. */
export function recordOf(view: ZoneView, node: number, type: number): number {
  let record = firstRecord(view, node)
  while (record !== NONE && typeOf(view, record) !== type) record = nextRecord(view, record)
  return record
}

/** Whether a node has an address: a record, or the pool that is bound to it. */
export function hasAddress(view: ZoneView, node: number): boolean {
  const flags = view.builder.nodes.fields.data[node * NODE.SIZE + NODE.FLAGS]
  if (flags >>> BINDING_SHIFT !== 0) return true
  return recordOf(view, node, TYPE.A) !== NONE || recordOf(view, node, TYPE.AAAA) !== NONE
}

/** How two records order by type, then by data; 0 where they are the same (RFC 2181 §5). */
export function compareRecords({ builder }: ZoneView, a: number, b: number): number {
  const { shape, rdata } = builder.records
  if (shape.data[a] !== shape.data[b]) return shape.data[a] - shape.data[b]
  const length = shape.data[a] & 0xffff
  const { octets } = builder.rdata
  for (let i = 0; i < length; i++) {
    const difference = octets[rdata.data[a] + i] - octets[rdata.data[b] + i]
    if (difference !== 0) return difference
  }
  return 0
}

/** The name of a node, for messages. */
export function nodeName({ builder }: ZoneView, node: number): string {
  const { octets } = builder.names
  const at = builder.nodes.fields.data[node * NODE.SIZE + NODE.NAME]
  const labels = octets.subarray(at + 1, at + 1 + octets[at])
  return printName(Uint8Array.from([...labels, ...builder.apex]))
}

/** `MX of www.example.test.`: a record without its data, for messages. */
export function recordTitle(view: ZoneView, node: number, record: number): string {
  return `${typeName(typeOf(view, record))} of ${nodeName(view, node)}`
}

/** Whether the first label of a node is `*`. */
export function isWildcard({ builder }: ZoneView, node: number): boolean {
  const { octets } = builder.names
  const at = builder.nodes.fields.data[node * NODE.SIZE + NODE.NAME]
  return octets[at] > 0 && octets[at + 1] === 1 && octets[at + 2] === ASTERISK
}

/** Whether what is below a node is hidden: it is a cut or has a DNAME. */
export function isCover({ nodes }: ZoneBuilder, node: number): boolean {
  const flags = nodes.fields.data[node * NODE.SIZE + NODE.FLAGS]
  return (flags & (FLAG.CUT | FLAG.HAS_DNAME)) !== 0
}

export function isCut({ builder }: ZoneView, node: number): boolean {
  return (builder.nodes.fields.data[node * NODE.SIZE + NODE.FLAGS] & FLAG.CUT) !== 0
}

/** The highest cut or DNAME above a node, or NONE: the one that hides it. */
export function coverOf(view: ZoneView, node: number): number {
  if (!view.hasCovers) return NONE
  const { nodes } = view.builder
  let cover = NONE
  for (let above = nodes.parent.data[node]; above !== 0; above = nodes.parent.data[above - 1]) {
    if (isCover(view.builder, above - 1)) cover = above - 1
  }
  return cover
}

/** Sets the view's path to the first name in a record's data; false if that is outside the zone. */
export function setTarget(view: ZoneView, record: number): boolean {
  const { builder, path } = view
  const start = builder.records.rdata.data[record]
  const end = start + (builder.records.shape.data[record] & 0xffff)
  const skip = nameLayout(typeOf(view, record))?.skip ?? 0
  if (setPath(path, builder.rdata.octets, start + skip, end) < 0) return false
  if (path.depth < builder.apexDepth) return false
  const from = suffixAt(path, builder.apexDepth)
  return builder.apex.every((octet, index) => octet === path.octets[from + index])
}

/** The name in the view's path, for messages. */
export function targetName({ path }: ZoneView): string {
  return printName(path.octets.subarray(0, path.length))
}

const ASTERISK = 0x2a

function markNameServers(view: ZoneView): void {
  const { builder, path, isNameServer } = view
  for (let record = 0; record < builder.records.count; record++) {
    if (typeOf(view, record) !== TYPE.NS || !setTarget(view, record)) continue
    const node = builder.find(path, path.depth)
    if (node !== NONE) isNameServer[node] = 1
  }
}
