/**
 * A binary trie while it is being made: prefixes are painted over one another, then it is pressed
 * into one table of whole numbers in shared memory, which is what lookups read.
 *
 * Every leaf is a prefix and the leaves partition the space, so no two overlap. Neighbours of equal
 * value are one leaf: what is said of a leaf holds for as wide a prefix as may be.
 *
 * The table: cell 0 says how many leading bits (`stride`, 0 to 16) the first step takes at once;
 * 2^stride cells follow, one for each value of those bits; then nodes of two cells. A cell is the
 * index of a node, or, negative, the complement of a leaf's value; in the first step's cells a
 * leaf's depth stands above its value, for it may be wider than the stride.
 */

import { assert } from './assert.ts'

/** Values are whole numbers from 0 to this. */
export const PREFIX_VALUE_MAX = 0xff_ffff
/** Where, in a packed leaf, its depth begins. */
export const DEPTH_SHIFT = 24

/** More leading bits at once would cost memory (256 KiB as it is) and spare few steps. */
const STRIDE_MAX = 16
const NODES_AT_FIRST = 64

export class PrefixTrie {
  /** Cell 0 holds the root, cell 1 nothing, and pairs of cells are nodes. */
  private cells = new Int32Array(2 * NODES_AT_FIRST)
  private end = 2

  constructor(otherwise: number) {
    this.cells[0] = leafOf(otherwise)
  }

  /** What this table of shared memory holds, with another value for each that it has. */
  static from(table: Int32Array, change: (value: number) => number): PrefixTrie {
    const trie = new PrefixTrie(0)
    const stride = table[0]!
    const copyNode = (node: number): number => {
      const slot = trie.add()
      for (let side = 0; side < 2; side++) {
        const cell = table[node + side]!
        // Before the cells are looked at: copying may give them another array.
        const copy = cell < 0 ? leafOf(change(~cell)) : copyNode(cell)
        trie.cells[slot + side] = copy
      }
      return slot
    }
    const copyRange = (from: number, count: number): number => {
      if (count === 1) {
        const cell = table[from]!
        return cell < 0 ? leafOf(change(~cell & PREFIX_VALUE_MAX)) : copyNode(cell)
      }
      const slot = trie.add()
      const low = copyRange(from, count / 2)
      const high = copyRange(from + count / 2, count / 2)
      trie.cells[slot] = low
      trie.cells[slot + 1] = high
      return slot
    }
    const root = copyRange(1, 1 << stride)
    trie.cells[0] = root
    return trie
  }

  /** Gives a whole prefix one value, over whatever stood there. */
  paint(octets: Uint8Array, bits: number, value: number): void {
    let slot = 0
    for (let depth = 0; depth < bits; depth++) {
      let cell = this.cells[slot]!
      if (cell < 0) cell = this.split(slot, cell)
      slot = cell + bitAt(octets, depth)
    }
    this.cells[slot] = leafOf(value)
  }

  /** The table for lookups. The trie is used up by it. */
  press(): Int32Array {
    const nodes = this.merge(0)
    const stride = Math.min(STRIDE_MAX, 31 - Math.clz32(nodes + 1))
    const skipped = this.countAbove(this.cells[0]!, stride)
    const length = 1 + (1 << stride) + 2 * (nodes - skipped)
    const table = new Int32Array(new SharedArrayBuffer(4 * length))
    table[0] = stride
    let next = 1 + (1 << stride)

    const copyNode = (node: number): number => {
      const slot = next
      next += 2
      for (let side = 0; side < 2; side++) {
        const cell = this.cells[node + side]!
        table[slot + side] = cell < 0 ? cell : copyNode(cell)
      }
      return slot
    }
    const copyTop = (cell: number, depth: number, from: number): void => {
      const count = 1 << (stride - depth)
      if (cell < 0) table.fill(~(~cell | (depth << DEPTH_SHIFT)), from, from + count)
      else if (depth === stride) table[from] = copyNode(cell)
      else {
        copyTop(this.cells[cell]!, depth + 1, from)
        copyTop(this.cells[cell + 1]!, depth + 1, from + count / 2)
      }
    }
    copyTop(this.cells[0]!, 0, 1)
    assert(next === length, 'a pressed trie fills its table')
    return table
  }

  /** Makes one leaf of equal neighbours beneath a slot; returns how many nodes remain there. */
  private merge(slot: number): number {
    const node = this.cells[slot]!
    if (node < 0) return 0
    const nodes = 1 + this.merge(node) + this.merge(node + 1)
    if (this.cells[node]! >= 0 || this.cells[node] !== this.cells[node + 1]) return nodes
    this.cells[slot] = this.cells[node]!
    return 0
  }

  private countAbove(cell: number, depth: number): number {
    if (cell < 0 || depth === 0) return 0
    const [low, high] = [this.cells[cell]!, this.cells[cell + 1]!]
    return 1 + this.countAbove(low, depth - 1) + this.countAbove(high, depth - 1)
  }

  private split(slot: number, leaf: number): number {
    const node = this.add()
    this.cells[node] = leaf
    this.cells[node + 1] = leaf
    this.cells[slot] = node
    return node
  }

  private add(): number {
    if (this.end === this.cells.length) {
      const wider = new Int32Array(2 * this.cells.length)
      wider.set(this.cells)
      this.cells = wider
    }
    this.end += 2
    return this.end - 2
  }
}

/** The bit of an address at a depth, 0 being the first. */
export function bitAt(octets: Uint8Array, depth: number): number {
  return (octets[depth >> 3]! >> (7 - (depth & 7))) & 1
}

function leafOf(value: number): number {
  assert(value >= 0 && value <= PREFIX_VALUE_MAX, 'the value of a prefix fits 24 bits')
  return ~value
}
