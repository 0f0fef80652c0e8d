/**
 * When each member was last in an answer, until when a cache may hold it, and how many networks of
 * resolvers may: one row of shared memory for each thread, written by it alone. It has the tally's
 * cells, but where the tally counts who led, every record of a turn is noted here.
 *
 * Networks are told apart in a multiresolution bitmap (Estan, Varghese and Fisk 2003): the hash of
 * a network picks one of 8 banks, each with a quarter of the chance of the one before, and one of
 * its 64 slots. A slot is no bit but the time until which it holds, so that what is past needs no
 * sweep. The estimate is a linear count of the slots that still hold, from the first bank that is
 * not too full. Its standard error is some 15 % up to three million networks; of a few, two that
 * share a slot are counted as one: three networks in 19 cases of 20 as three.
 */

import type { Engine } from './engine.ts'
import { SHARER, SHARER_WORDS } from './node.ts'
import { TALLY_CELLS } from './tally.ts'
import type { Client } from './world.ts'

/** A thread's row. Times in it are ticks. */
export interface Ledger {
  /** For each cell four numbers: see HEAD. */
  readonly heads: Int32Array
  /** For each cell its slots, the time until which each holds; see `slotsOf`. */
  readonly slots: Int32Array
  /** A power of two, less one. */
  readonly mask: number
}

/** Whole numbers cost a third of what doubles do; in 31 bits these last for 17 years. */
const TICK_MS = 250
const TICKS_A_SECOND = 1000 / TICK_MS

/** A longer TTL is noted as this, some four years. */
const TTL_MAX = 2 ** 27

/** When it was answered last, until when any answer may be held, the TTL of the last; one spare. */
const HEAD = { LAST: 0, UNTIL: 1, TTL: 2 } as const
const HEAD_SHIFT = 2

const BANKS = 8
const SLOTS = 64
/** Sixteen cells lie together, a page of memory for each bank: only what is used is resident. */
const BLOCK_SHIFT = 4
const SLOT_SHIFT = 6
const BANK_SHIFT = BLOCK_SHIFT + SLOT_SHIFT
const SLOTS_SHIFT = 9

/** A bank in which more slots hold tells little: those after it are counted instead. */
const FULL_SLOTS = 56
/** How much rarer each bank is met than the one before. */
const BANK_STEP = 4

/** Enough where nobody reads what is noted, as in a preview. */
const FEW_CELLS = 2 ** 4

/** A row for as many cells as the tally has: 129 MiB, of which what is used is resident. */
export function createLedger(cells = TALLY_CELLS): Ledger {
  return {
    heads: new Int32Array(new SharedArrayBuffer((cells << HEAD_SHIFT) * 4)),
    slots: new Int32Array(new SharedArrayBuffer((cells << SLOTS_SHIFT) * 4)),
    mask: cells - 1,
  }
}

/** A row of a few cells that stand for all. */
export function createSmallLedger(): Ledger {
  return createLedger(FEW_CELLS)
}

/**
 * Notes that `count` records are in the answer at hand, under a TTL in seconds; words[at] and those
 * after it have their cells in the upper half. Allocates nothing.
 */
export function noteAnswered(engine: Engine, at: number, count: number, ttl: number): void {
  const { words } = engine.heap
  const { heads, slots, mask } = engine.ledger
  // Rounded up: no cache lets go sooner than is said.
  const now = Math.ceil(engine.moment[0] / TICK_MS) | 0
  const until = (now + Math.min(ttl, TTL_MAX) * TICKS_A_SECOND) | 0
  const place = placeOf(engine.scratch.client)
  for (let word = at; word < at + count; word++) {
    const cell = (words[word] >>> 16) & mask
    const head = cell << HEAD_SHIFT
    heads[head + HEAD.LAST] = now
    heads[head + HEAD.TTL] = ttl
    // TTLs change: who was told a longer one before may hold it longer.
    if (heads[head + HEAD.UNTIL] < until) heads[head + HEAD.UNTIL] = until
    const slot = slotsOf(cell) + place
    if (slots[slot] < until) slots[slot] = until
  }
}

/**
 * Notes for those who share an address what is noted for the one who stands for them: `at` is where
 * the heap has them, see `node.ts`. Allocates nothing.
 */
export function noteSharers(engine: Engine, at: number): void {
  const { words } = engine.heap
  const { heads, slots, mask } = engine.ledger
  const place = placeOf(engine.scratch.client)
  const end = at + 1 + words[at] * SHARER_WORDS
  for (let word = at + 1; word < end; word += SHARER_WORDS) {
    const cells = words[word + SHARER.CELLS]
    const first = ((cells >>> 16) & mask) << HEAD_SHIFT
    const sharer = (cells & 0xffff & mask) << HEAD_SHIFT
    if (sharer === first) continue
    if (heads[sharer + HEAD.LAST] <= heads[first + HEAD.LAST]) {
      heads[sharer + HEAD.LAST] = heads[first + HEAD.LAST]
      heads[sharer + HEAD.TTL] = heads[first + HEAD.TTL]
    }
    const until = heads[first + HEAD.UNTIL]
    if (heads[sharer + HEAD.UNTIL] < until) heads[sharer + HEAD.UNTIL] = until
    const slot = slotsOf(first >> HEAD_SHIFT) + place
    const own = slotsOf(sharer >> HEAD_SHIFT) + place
    if (slots[own] < slots[slot]) slots[own] = slots[slot]
  }
}

/** Where a cell's slots begin; its banks are a block's slots apart. */
function slotsOf(cell: number): number {
  const block = cell >>> BLOCK_SHIFT
  return (block << (BLOCK_SHIFT + SLOTS_SHIFT)) | ((cell & (2 ** BLOCK_SHIFT - 1)) << SLOT_SHIFT)
}

/** Bank and slot of a resolver's network, /24 or /56: within it resolvers share a cache, mostly. */
function placeOf({ address, isV6 }: Client): number {
  const first = (address[0] << 16) | (address[1] << 8) | address[2]
  if (!isV6) return placeOfNetwork(first)
  const rest = (address[3] << 24) | (address[4] << 16) | (address[5] << 8) | address[6]
  return placeOfNetwork(first ^ Math.imul(rest, 0x9e3779b1))
}

/** Half of the finaliser of MurmurHash3: the upper bits depend on all, and no others are used. */
function placeOfNetwork(network: number): number {
  let hash = Math.imul(network ^ (network >>> 15), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  // A bank for every two leading zeroes.
  const bank = Math.min(BANKS - 1, Math.clz32(hash) >>> 1)
  return (bank << BANK_SHIFT) | ((hash >>> 10) & (SLOTS - 1))
}

/** What the rows say together of one cell. Times are milliseconds of `Engine.moment`. */
export interface LedgerReading {
  /** 0 where it was never answered. */
  readonly lastMs: number
  readonly untilMs: number
  /** Of the last answer. */
  readonly ttlSeconds: number
}

export function readLedger(rows: readonly Ledger[], cell: number): LedgerReading {
  let last = 0
  let until = 0
  let ttlSeconds = 0
  for (const { heads, mask } of rows) {
    const head = (cell & mask) << HEAD_SHIFT
    until = Math.max(until, heads[head + HEAD.UNTIL])
    if (heads[head + HEAD.LAST] <= last) continue
    last = heads[head + HEAD.LAST]
    ttlSeconds = heads[head + HEAD.TTL]
  }
  return { lastMs: last * TICK_MS, untilMs: until * TICK_MS, ttlSeconds }
}

/**
 * Networks whose resolvers may still hold what the rows say of a cell: an estimate, 0 only where
 * none may. It looks at every slot, which costs ten times what `readLedger` does.
 */
export function countResolvers(rows: readonly Ledger[], cell: number, nowMs: number): number {
  // A whole number holds past a moment if it holds past the tick that the moment is in.
  const now = Math.floor(nowMs / TICK_MS)
  const held = rows.filter(
    ({ heads, mask }) => heads[((cell & mask) << HEAD_SHIFT) + HEAD.UNTIL] > now,
  )
  if (held.length === 0) return 0
  let counted = 0
  let first = BANKS
  for (let bank = 0; bank < BANKS; bank++) {
    const taken = slotsTaken(held, cell, bank, now)
    if (first === BANKS && taken > FULL_SLOTS && bank < BANKS - 1) continue
    first = Math.min(first, bank)
    counted += LINEAR_COUNTS[taken]!
  }
  return Math.max(1, Math.round(counted * BANK_STEP ** first))
}

/** The slots of a bank that hold in any row: a network has the same slot in all. */
function slotsTaken(rows: readonly Ledger[], cell: number, bank: number, now: number): number {
  let low = 0
  let high = 0
  for (const { slots, mask } of rows) {
    const at = slotsOf(cell & mask) + (bank << BANK_SHIFT)
    for (let slot = 0; slot < 32; slot++) {
      // Without a branch, since none could be foretold: the sign says which is later.
      low |= ((now - slots[at + slot]) >>> 31) << slot
      high |= ((now - slots[at + slot + 32]) >>> 31) << slot
    }
  }
  return bitsIn(low) + bitsIn(high)
}

/** How many bits of a word are set, by pairs, fours and octets (Warren, Hacker's Delight §5-1). */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** How many fell on 64 slots if so many of these are taken (Whang, Vander-Zanden, Taylor 1990). */
const LINEAR_COUNTS = Array.from(
  { length: SLOTS + 1 },
  (_, taken) => -SLOTS * Math.log(1 - Math.min(taken, SLOTS - 1) / SLOTS),
)
