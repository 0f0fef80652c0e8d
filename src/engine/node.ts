/**
 * How the nodes of a ring lie in the heap. A ring is a tree: leaves hold encoded records, forks
 * lead to other nodes. All nodes start alike; the rest depends on the kind. In words of 32 bits:
 *
 *   node    kind, cycle (0 where nobody may be answered), record size, size of the whole ring,
 *           seed of its cursor or rankings, TTL of its records, where in the node its sharers are
 *           (0 where it has none); then
 *   TURNS   each turn: offset of its first record; number of records, where in the leaf their
 *           cells are << COUNT_BITS
 *   DICE    each turn: word of its layer; number of records
 *   FORK and DICE_FORK   each turn: the node that it comes from
 *   CLIENT and CLIENT_FORK   see CLIENT
 *   PLACE   see PLACE
 *   ALIAS   cell, then one CNAME record
 *
 *   Where a word has a cell, that is its upper half.
 *
 *   sharers   number of those who share addresses, then for each: cell of the one who stands for it
 *             (its own, where that is itself), its own cell; weight; turns that are due to it
 *   layer   offset of its first record, number of members, then for each: place, cell, in the
 *           order of the last shuffle
 */

export const KIND = {
  /** A leaf that is drawn in order: what most rings are. */
  TURNS: 0,
  DICE: 1,
  CLIENT: 2,
  ALIAS: 3,
  FORK: 4,
  DICE_FORK: 5,
  CLIENT_FORK: 6,
  PLACE: 7,
} as const

export const NODE = {
  KIND: 0,
  CYCLE: 1,
  RECORD_SIZE: 2,
  SIZE: 3,
  SEED: 4,
  TTL: 5,
  SHARERS: 6,
  BODY: 7,
} as const

export const TURN_WORDS = 2

/** Of a turn's second word, the bits that number its records; the rest is for 2^20 words. */
export const COUNT_BITS = 12
export const COUNT_MASK = 2 ** COUNT_BITS - 1

export const LAYER = { RECORDS: 0, SIZE: 1, MEMBERS: 2 } as const

/** The upper half of its cells is of the one who stands for it, the lower half its own. */
export const SHARER = { CELLS: 0, WEIGHT: 1, DUE: 2 } as const

export const SHARER_WORDS = 3

/** A node that knows the same client again; its members follow its pages. */
export const CLIENT = {
  /** At most this many records a turn. */
  ANSWERS: 7,
  V4_PREFIX: 8,
  V6_PREFIX: 9,
  /** Whether members' loads are bounded, and how many leads are counted in all. */
  IS_BOUNDED: 10,
  LEADS: 11,
  /** How many members of each slot's ranking are kept. */
  RANKS: 12,
  /** Where each page of rankings is; 0 until one of its slots is asked for. */
  PAGES: 13,
} as const

export const MEMBER = {
  NAME_HASH: 0,
  WEIGHT: 1,
  /** Offset of its record, or in a fork its node. */
  ENTRY: 2,
  CELL: 3,
  /** The leads that it was given lately, and its bound as a fraction of all of them, of 2^32. */
  LEADS: 4,
  BOUND: 5,
} as const

export const MEMBER_WORDS = 6

/** A node that asks where the client is; pages of nodes by place follow. */
export const PLACE = {
  /** Which of the world's `nearness`, and which of the ring's `places`. */
  NEARNESS: 7,
  PLACES: 8,
  /** The node of those places that the map does not number: everybody. */
  EVERYBODY: 9,
  PAGES: 10,
} as const

export const PLACES_A_PAGE = 64

/** Where an alias keeps its record. */
export const ALIAS = { CELL: 7, RECORD: 8 } as const
