/** Turns the columns of a builder into the shared arrays of an image. */

import { CLASS, TYPE } from '../wire/registry.ts'

import { slotOf } from '../wire/name-path.ts'

import { APEX, slotsFor, type ZoneBuilder } from './builder.ts'
import { FLAG, NODE, RECORD_HEADER_SIZE, RRSET_HEADER_SIZE, type ZoneImage } from './image.ts'

/** Lays the zone out in shared memory. */
export function layOut(builder: ZoneBuilder): ZoneImage {
  const { nodes, names } = builder
  markOccluded(builder)

  const octets = new Uint8Array(new SharedArrayBuffer(names.length + dataOctetsMax(builder)))
  octets.set(names.octets.subarray(0, names.length))
  const table = new Uint32Array(new SharedArrayBuffer(slotsFor(nodes.count) * NODE.SIZE * 4))
  const writer: Writer = { octets, at: names.length, types: [], recordCount: 0 }
  let apexNode = 0
  for (let node = 0; node < nodes.count; node++) {
    const place = enterNode(table, nodes.fields.data, node)
    if (node === APEX) apexNode = place
    if (nodes.firstRecord.data[node] === 0) continue
    table[place * NODE.SIZE + NODE.DATA] = writer.at
    writeNode(builder, node, writer)
  }
  return {
    apex: builder.apex,
    apexDepth: builder.apexDepth,
    serial: serialOf(builder),
    nodeCount: nodes.count,
    recordCount: writer.recordCount,
    apexNode,
    nodes: table,
    octets,
  }
}

/** Copies a node to the first free place for its hash, and returns that place. */
function enterNode(table: Uint32Array, fields: Uint32Array, node: number): number {
  const mask = table.length / NODE.SIZE - 1
  const from = node * NODE.SIZE
  let place = slotOf(fields[from + NODE.HASH], mask)
  while (table[place * NODE.SIZE + NODE.NAME] !== 0) place = (place + 1) & mask
  const to = place * NODE.SIZE
  table[to + NODE.HASH] = fields[from + NODE.HASH]
  table[to + NODE.NAME] = fields[from + NODE.NAME]
  table[to + NODE.FLAGS] = fields[from + NODE.FLAGS]
  return place
}

/** Marks what lies below a cut or a DNAME. Most zones have neither, and then there is no walk. */
function markOccluded({ nodes }: ZoneBuilder): void {
  const fields = nodes.fields.data
  const covers = FLAG.CUT | FLAG.HAS_DNAME
  let hasCover = false
  for (let node = 0; node < nodes.count && !hasCover; node++) {
    hasCover = (fields[node * NODE.SIZE + NODE.FLAGS] & covers) !== 0
  }
  if (!hasCover) return
  for (let node = 0; node < nodes.count; node++) {
    for (let above = nodes.parent.data[node]; above !== 0; above = nodes.parent.data[above - 1]) {
      if ((fields[(above - 1) * NODE.SIZE + NODE.FLAGS] & covers) === 0) continue
      fields[node * NODE.SIZE + NODE.FLAGS] |= FLAG.OCCLUDED
      break
    }
  }
}

/** An upper bound: as if every record were an RRset of its own and none were a duplicate. */
function dataOctetsMax({ nodes, records, rdata }: ZoneBuilder): number {
  return nodes.count * 2 + records.count * (RRSET_HEADER_SIZE + RECORD_HEADER_SIZE) + rdata.length
}

interface Writer {
  readonly octets: Uint8Array
  at: number
  /** Scratch: the types that the current node has. */
  readonly types: number[]
  recordCount: number
}

function writeNode(builder: ZoneBuilder, node: number, writer: Writer): void {
  const { nodes, records } = builder
  const { types, octets } = writer
  const first = nodes.firstRecord.data[node] - 1
  if (records.next.data[first] === 0) {
    // One record, as nearly every node of a large zone has: there is nothing to group.
    putU16(octets, writer.at, 1)
    writer.at += 2
    writeRrset(builder, node, records.shape.data[first] >>> 16, writer)
    return
  }
  types.length = 0
  for (let next = nodes.firstRecord.data[node]; next !== 0; next = records.next.data[next - 1]) {
    const type = records.shape.data[next - 1] >>> 16
    if (!types.includes(type)) types.push(type)
  }
  putU16(octets, writer.at, types.length)
  writer.at += 2
  for (let i = 0; i < types.length; i++) writeRrset(builder, node, types[i], writer)
}

function writeRrset(builder: ZoneBuilder, node: number, type: number, writer: Writer): void {
  const { nodes, records } = builder
  const { octets } = writer
  const header = writer.at
  const start = header + RRSET_HEADER_SIZE
  let at = start
  let count = 0
  const ttl = lowestTtl(builder, node, type)
  for (let next = nodes.firstRecord.data[node]; next !== 0; next = records.next.data[next - 1]) {
    const shape = records.shape.data[next - 1]
    if (shape >>> 16 !== type) continue
    const length = shape & 0xffff
    putU16(octets, at, 0xc00c)
    putU16(octets, at + 2, type)
    putU16(octets, at + 4, CLASS.IN)
    putU16(octets, at + 6, ttl >>> 16)
    putU16(octets, at + 8, ttl & 0xffff)
    putU16(octets, at + 10, length)
    const from = records.rdata.data[next - 1]
    copyOctets(builder.rdata.octets, from, octets, at + RECORD_HEADER_SIZE, length)
    const end = at + RECORD_HEADER_SIZE + length
    if (count > 0 && isRepeated(octets, start, at, end)) continue
    at = end
    count++
  }
  putU16(octets, header, type)
  putU16(octets, header + 2, count)
  putU16(octets, header + 4, (at - start) >>> 16)
  putU16(octets, header + 6, (at - start) & 0xffff)
  writer.at = at
  writer.recordCount += count
}

function lowestTtl({ nodes, records }: ZoneBuilder, node: number, type: number): number {
  let lowest = 0xffffffff
  for (let next = nodes.firstRecord.data[node]; next !== 0; next = records.next.data[next - 1]) {
    if (records.shape.data[next - 1] >>> 16 !== type) continue
    lowest = Math.min(lowest, records.ttl.data[next - 1])
  }
  return lowest
}

/** Whether the record in octets[at..end) stands already among those in octets[start..at). */
function isRepeated(octets: Uint8Array, start: number, at: number, end: number): boolean {
  for (let other = start; other < at; ) {
    const length = RECORD_HEADER_SIZE + ((octets[other + 10] << 8) | octets[other + 11])
    if (length === end - at && isEqual(octets, other, at, length)) return true
    other += length
  }
  return false
}

function isEqual(octets: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (octets[a + i] !== octets[b + i]) return false
  return true
}

/** A loop: for the few octets of most RDATA it beats a call into `set`. */
function copyOctets(
  from: Uint8Array,
  start: number,
  to: Uint8Array,
  at: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) to[at + i] = from[start + i]
}

function putU16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8
  octets[at + 1] = value & 0xff
}

/** The serial of the SOA, or 0 where the zone has none (a fault that the checks report). */
function serialOf({ nodes, records, rdata }: ZoneBuilder): number {
  for (let next = nodes.firstRecord.data[APEX]; next !== 0; next = records.next.data[next - 1]) {
    const shape = records.shape.data[next - 1]
    if (shape >>> 16 !== TYPE.SOA) continue
    const end = records.rdata.data[next - 1] + (shape & 0xffff)
    const at = end - 20
    const { octets } = rdata
    return (
      ((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) >>> 0
    )
  }
  return 0
}
