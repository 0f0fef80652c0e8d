/**
 * Gathers the records of one zone and lays out its image. Records may come in any order; within an
 * RRset they keep the order of the file, equal ones become one, and the lowest TTL holds for all
 * (RFC 2181 §5.2).
 */

import { assert } from '../base/assert.ts'

import { createPath, type NamePath, setPath, slotOf, suffixAt } from '../wire/name-path.ts'
import { TYPE } from '../wire/registry.ts'

import { BINDING_SHIFT, BINDINGS_MAX, FLAG, NODE, type ZoneImage } from './image.ts'
import { layOut } from './layout.ts'
import { append, type Column, createColumn, createHeap, type Heap, reserve } from './records.ts'
import type { ZoneSink } from './sink.ts'

/** No node, no record, no parent. Row numbers in columns are stored one higher. */
export const NONE = -1

/** The columns of a zone being built; `checks.ts` reads them, nobody else writes them. */
export interface ZoneBuilder extends ZoneSink {
  readonly apex: Uint8Array
  readonly apexDepth: number
  readonly nodes: {
    count: number
    /** NODE.SIZE numbers each, as in the image; DATA comes when the image is laid out. */
    readonly fields: Column
    readonly parent: Column
    readonly firstRecord: Column
    readonly lastRecord: Column
  }
  readonly records: {
    count: number
    /** Type in the upper 16 bits, RDATA length in the lower. */
    readonly shape: Column
    readonly ttl: Column
    readonly rdata: Column
    /** The next record of the same node + 1. */
    readonly next: Column
    /** Where it stands: an index into the files that were read, and a line. */
    readonly file: Column
    readonly line: Column
  }
  readonly names: Heap
  readonly rdata: Heap
  /** The node of the suffix of `depth` labels, which must be within the zone, or NONE. */
  find(of: NamePath, depth: number): number
  /** The node of a name within the zone, made if need be with its ancestors. */
  nodeAt(name: Uint8Array): number
  /** Makes a node for `name` and gives it a binding. */
  bind(name: Uint8Array, binding: number): void
  finish(): ZoneImage
}

/** The apex is always the builder's first node. */
export const APEX = 0

const ASTERISK = 0x2a

/** Few records are written in fewer octets of text, so few zones have more of them. */
const RECORD_TEXT_MIN = 24

/** A builder for the zone of `apex`; `textLength` is how many octets of text are to come. */
export function createZoneBuilder(apex: Uint8Array, textLength = 0): ZoneBuilder {
  const rows = Math.ceil(textLength / RECORD_TEXT_MIN)
  const path = createPath()
  assert(setPath(path, apex, 0, apex.length) === apex.length, 'an apex is a name')
  const nodes = {
    count: 0,
    fields: createColumn(rows * NODE.SIZE),
    parent: createColumn(rows),
    firstRecord: createColumn(rows),
    lastRecord: createColumn(rows),
  }
  const records = {
    count: 0,
    shape: createColumn(rows),
    ttl: createColumn(rows),
    rdata: createColumn(rows),
    next: createColumn(rows),
    file: createColumn(rows),
    line: createColumn(rows),
  }
  const builder: ZoneBuilder = {
    apex: path.octets.slice(0, path.length),
    apexDepth: path.depth,
    nodes,
    records,
    names: createHeap(textLength),
    rdata: createHeap(textLength),
    add: addRecord,
    find: findNode,
    nodeAt,
    bind,
    finish: () => layOut(builder),
  }
  // Offset 0 means "none" in an image, so nothing may start there.
  append(builder.names, Uint8Array.of(0), 0, 1)

  const nameSize = new Uint8Array(1)
  let slots: Uint32Array = new Uint32Array(slotsFor(rows))
  let lastNode = addNode(path, path.depth, NONE)
  return builder

  function addRecord(
    owner: Uint8Array,
    ownerLength: number,
    type: number,
    ttl: number,
    rdata: Uint8Array,
    rdataLength: number,
    file: number,
    line: number,
  ): void {
    const node = isOwner(owner, ownerLength, lastNode) ? lastNode : nodeOf(owner, ownerLength)
    lastNode = node
    const record = records.count++
    reserve(records.shape, record)
    reserve(records.ttl, record)
    reserve(records.rdata, record)
    reserve(records.next, record)
    reserve(records.file, record)
    reserve(records.line, record)
    records.shape.data[record] = (type << 16) | rdataLength
    records.ttl.data[record] = ttl
    records.rdata.data[record] = append(builder.rdata, rdata, 0, rdataLength)
    records.next.data[record] = 0
    records.file.data[record] = file
    records.line.data[record] = line

    const last = nodes.lastRecord.data[node]
    if (last === 0) nodes.firstRecord.data[node] = record + 1
    else records.next.data[last - 1] = record + 1
    nodes.lastRecord.data[node] = record + 1
    markNode(node, type)
  }

  function markNode(node: number, type: number): void {
    const flags = node * NODE.SIZE + NODE.FLAGS
    if (type === TYPE.NS && node !== 0) nodes.fields.data[flags] |= FLAG.CUT
    else if (type === TYPE.DNAME) nodes.fields.data[flags] |= FLAG.HAS_DNAME
    else if (type === TYPE.CNAME) nodes.fields.data[flags] |= FLAG.HAS_CNAME
  }

  function nodeAt(name: Uint8Array): number {
    return nodeOf(name, name.length)
  }

  function bind(name: Uint8Array, binding: number): void {
    assert(binding <= BINDINGS_MAX, 'a binding fits the upper bits of the flags')
    const flags = nodeAt(name) * NODE.SIZE + NODE.FLAGS
    const low = nodes.fields.data[flags] & ((1 << BINDING_SHIFT) - 1)
    nodes.fields.data[flags] = low | ((binding + 1) << BINDING_SHIFT)
  }

  function nodeOf(owner: Uint8Array, ownerLength: number): number {
    assert(setPath(path, owner, 0, ownerLength) === ownerLength, 'an owner is a name')
    assert(path.depth >= builder.apexDepth, 'an owner is within the zone')
    return ensureNode(path, path.depth)
  }

  /** Finds or makes the node of the suffix of `depth` labels, and so of all its ancestors. */
  function ensureNode(of: NamePath, depth: number): number {
    const found = findNode(of, depth)
    if (found !== NONE) return found
    return addNode(of, depth, ensureNode(of, depth - 1))
  }

  function findNode(of: NamePath, depth: number): number {
    const mask = slots.length - 1
    const hash = of.hashes[depth] >>> 0
    for (let slot = slotOf(hash, mask); slots[slot] !== 0; slot = (slot + 1) & mask) {
      const node = slots[slot] - 1
      if (nodes.fields.data[node * NODE.SIZE + NODE.HASH] !== hash) continue
      if (isNamed(node, of.octets, suffixAt(of, depth), suffixAt(of, builder.apexDepth)))
        return node
    }
    return NONE
  }

  /** Whether the labels octets[from..to) are the ones a node has below the apex. */
  function isNamed(node: number, octets: Uint8Array, from: number, to: number): boolean {
    const stored = builder.names.octets
    let at = nodes.fields.data[node * NODE.SIZE + NODE.NAME]
    if (stored[at++] !== to - from) return false
    for (let i = from; i < to; i++, at++) if (octets[i] !== stored[at]) return false
    return true
  }

  function isOwner(owner: Uint8Array, ownerLength: number, node: number): boolean {
    return isNamed(node, owner, 0, ownerLength - builder.apex.length)
  }

  function addNode(of: NamePath, depth: number, parent: number): number {
    const node = nodes.count++
    const fields = node * NODE.SIZE
    reserve(nodes.fields, fields + NODE.SIZE - 1)
    reserve(nodes.parent, node)
    reserve(nodes.firstRecord, node)
    reserve(nodes.lastRecord, node)
    const from = suffixAt(of, depth)
    const to = suffixAt(of, builder.apexDepth)
    nameSize[0] = to - from
    const name = append(builder.names, nameSize, 0, 1)
    append(builder.names, of.octets, from, to)
    nodes.fields.data[fields + NODE.HASH] = of.hashes[depth]
    nodes.fields.data[fields + NODE.NAME] = name
    nodes.parent.data[node] = parent + 1
    if (parent !== NONE && of.octets[from] === 1 && of.octets[from + 1] === ASTERISK) {
      nodes.fields.data[parent * NODE.SIZE + NODE.FLAGS] |= FLAG.HAS_WILDCARD
    }
    if (nodes.count * 2 > slots.length) slots = rehash()
    else enter(slots, node)
    return node
  }

  function enter(table: Uint32Array, node: number): void {
    const mask = table.length - 1
    let slot = slotOf(nodes.fields.data[node * NODE.SIZE + NODE.HASH], mask)
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = node + 1
  }

  function rehash(): Uint32Array {
    const table = new Uint32Array(slots.length * 2)
    for (let node = 0; node < nodes.count; node++) enter(table, node)
    return table
  }
}

/** Twice the nodes, as a power of two: a look-up then rarely takes a second step. */
export function slotsFor(nodeCount: number): number {
  let size = 16
  while (size < nodeCount * 2) size *= 2
  return size
}
