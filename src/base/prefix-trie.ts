/**
 * A binary trie while it is being made: prefixes are painted over one another, then it is pressed
 * into one table of whole numbers in shared memory, which is what lookups read.
 *
 * Every leaf is a prefix and the leaves partition the space, so no two overlap. Neighbours of equal
 * value are one leaf: what is said of a leaf holds for as wide a prefix as may be.
 *
 * The table is made of cells, the root at 0. A cell is a leaf or stands for a node, which takes
 * several bits of an address at once, for each step may be a miss of the processor's caches: a
 * million prefixes are many times their size. For the same reason what there is to know of a node
 * stands in the cell that leads to it:
 *
 *     leaf    negative: the complement of its value and, above DEPTH_SHIFT, of how many of the
 *             node's bits led to it; one wider than the stride stands in each cell it covers
 *     node    where it begins, stride - 1 above STRIDE_SHIFT, and SKIPS if three cells come before
 *             its 2^stride: how many bits are skipped, the bits that lead on, and, as a leaf, the
 *             value of whoever has others
 */

import { assert } from './assert.ts'

/** Values are whole numbers from 0 to this. */
export const PREFIX_VALUE_MAX = 0xff_ffff
/** Where, in a leaf, its depth begins. */
export const DEPTH_SHIFT = 24
export const STRIDE_SHIFT = 26
export const INDEX_MASK = 0x3ff_ffff
export const SKIPS = 1 << 30
/** Cells before a node's own, if it skips. */
export const SKIP_CELLS = 3

const STRIDE_MAX = 16
/** What may be read of four octets wherever in the first it begins. */
const SKIP_MAX = 24
/** A shorter chain costs fewer cells as a stride. */
const SKIP_MIN = 3
/** A stride may have this many cells for each binary node that it stands for, which has two. */
const CELLS_PER_NODE_MAX = 4
const CELLS_AT_FIRST = 64

export class PrefixTrie {
  /** Cell 0 holds the root, cell 1 nothing, and pairs of cells are nodes. */
  private cells = new Int32Array(CELLS_AT_FIRST)
  private end = 2

  constructor(otherwise: number) {
    this.cells[0] = leafOf(otherwise)
  }

  /** Gives a whole prefix one value, over whatever stood there. */
  paint(octets: Uint8Array, bits: number, value: number): void {
    let slot = 0
    for (let depth = 0; depth < bits; depth++) {
      let cell = this.cells[slot]!
      if (cell < 0) cell = this.split(slot, cell)
      slot = cell + bitsAt(octets, octets.length, depth, 1)
    }
    this.cells[slot] = leafOf(value)
  }

  /** The table for lookups. The trie is used up by it. */
  press(): Int32Array {
    this.merge(0)
    const table = new Table()
    const root = this.cells[0]!
    table.set(table.take(1), root < 0 ? root : this.write(table, root))
    return table.share()
  }

  /** Makes one leaf of equal neighbours beneath a slot. */
  private merge(slot: number): void {
    const node = this.cells[slot]!
    if (node < 0) return
    this.merge(node)
    this.merge(node + 1)
    const low = this.cells[node]!
    if (low < 0 && low === this.cells[node + 1]) this.cells[slot] = low
  }

  /** Writes a node to the table; returns the cell that stands for it. */
  private write(table: Table, node: number): number {
    const chain = this.chainFrom(node)
    const skips = chain.length >= SKIP_MIN
    const top = skips ? chain.end : node
    const stride = this.strideOf(top)
    const at = table.take((skips ? SKIP_CELLS : 0) + (1 << stride))
    if (skips) {
      table.set(at, chain.length)
      table.set(at + 1, chain.bits)
      table.set(at + 2, chain.aside)
    }
    this.writeCells(table, top, 0, stride, at + (skips ? SKIP_CELLS : 0))
    return at | ((stride - 1) << STRIDE_SHIFT) | (skips ? SKIPS : 0)
  }

  private writeCells(table: Table, cell: number, depth: number, stride: number, from: number) {
    if (cell < 0) {
      const leaf = ~(~cell | (depth << DEPTH_SHIFT))
      for (let left = 1 << (stride - depth); left > 0; left--) table.set(from + left - 1, leaf)
    } else if (depth === stride) {
      table.set(from, this.write(table, cell))
    } else {
      this.writeCells(table, this.cells[cell]!, depth + 1, stride, from)
      const half = 1 << (stride - depth - 1)
      this.writeCells(table, this.cells[cell + 1]!, depth + 1, stride, from + half)
    }
  }

  /** The single way that leads on from a cell, past leaves of one value: in one step a lookup. */
  private chainFrom(cell: number): { length: number; bits: number; aside: number; end: number } {
    let [length, bits, aside, end] = [0, 0, 0, cell]
    while (end >= 0 && length < SKIP_MAX) {
      const side = this.cells[end]! < 0 ? 1 : 0
      const leaf = this.cells[end + 1 - side]!
      const onward = this.cells[end + side]!
      if (leaf >= 0 || onward < 0 || (length > 0 && leaf !== aside)) break
      aside = leaf
      bits = (bits << 1) | side
      end = onward
      length += 1
    }
    return { length, bits, aside, end }
  }

  /** How many bits are taken at once from a cell on, without too many cells for too few nodes. */
  private strideOf(cell: number): number {
    let stride = 1
    while (
      stride < STRIDE_MAX &&
      2 << stride <= CELLS_PER_NODE_MAX * this.countAbove(cell, stride + 1)
    ) {
      stride += 1
    }
    return stride
  }

  private countAbove(cell: number, depth: number): number {
    if (cell < 0 || depth === 0) return 0
    const [low, high] = [this.cells[cell]!, this.cells[cell + 1]!]
    return 1 + this.countAbove(low, depth - 1) + this.countAbove(high, depth - 1)
  }

  private split(slot: number, leaf: number): number {
    const node = this.end
    this.end += 2
    this.cells = widened(this.cells, this.end)
    this.cells[node] = leaf
    this.cells[node + 1] = leaf
    this.cells[slot] = node
    return node
  }
}

/** The table while its length is not known. */
class Table {
  private cells = new Int32Array(CELLS_AT_FIRST)
  private end = 0

  /** Room for a node; returns where it begins. */
  take(count: number): number {
    this.end += count
    assert(this.end <= INDEX_MASK, 'a table of prefixes has at most 2^26 cells')
    this.cells = widened(this.cells, this.end)
    return this.end - count
  }

  set(index: number, cell: number): void {
    this.cells[index] = cell
  }

  share(): Int32Array {
    const shared = new Int32Array(new SharedArrayBuffer(4 * this.end))
    shared.set(this.cells.subarray(0, this.end))
    return shared
  }
}

/** 1 to 25 bits of an address of `length` octets, from a depth on; 0 is its first bit. */
export function bitsAt(octets: Uint8Array, length: number, depth: number, count: number): number {
  const index = depth >> 3
  const bits =
    (octets[index]! << 24) |
    (index + 1 < length ? octets[index + 1]! << 16 : 0) |
    (index + 2 < length ? octets[index + 2]! << 8 : 0) |
    (index + 3 < length ? octets[index + 3]! : 0)
  return (bits << (depth & 7)) >>> (32 - count)
}

function widened(cells: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= cells.length) return cells
  const wider = new Int32Array(Math.max(length, 2 * cells.length))
  wider.set(cells)
  return wider
}

function leafOf(value: number): number {
  assert(value >= 0 && value <= PREFIX_VALUE_MAX, 'the value of a prefix fits 24 bits')
  return ~value
}
