/**
 * How the nodes of a ring lie in the heap. A ring is a tree: leaves hold encoded records, forks
 * lead to other nodes. All nodes start alike; the rest depends on the kind. In words of 32 bits:
 *
 *   node    kind, cycle (0 where nobody may be answered), record size, size of the whole ring,
 *           seed of its cursor or rankings; then
 *   TURNS   each turn: offset of its first record; number of records, cell of its leader << 16
 *   DICE    each turn: word of its layer; number of records
 *   FORK and DICE_FORK   each turn: the node that it comes from
 *   CLIENT and CLIENT_FORK   see CLIENT
 *   PLACE   see PLACE
 *   ALIAS   cell << 16, then one CNAME record
 *
 *   layer   offset of its first record, number of members, then for each: place, cell << 16, in the
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

export const NODE = { KIND: 0, CYCLE: 1, RECORD_SIZE: 2, SIZE: 3, SEED: 4, BODY: 5 } as const

export const TURN_WORDS = 2

export const LAYER = { RECORDS: 0, SIZE: 1, MEMBERS: 2 } as const

/** A node that knows the same client again; its members follow its pages. */
export const CLIENT = {
  /** At most this many records a turn. */
  ANSWERS: 5,
  V4_PREFIX: 6,
  V6_PREFIX: 7,
  /** Whether members' loads are bounded, and how many leads are counted in all. */
  IS_BOUNDED: 8,
  LEADS: 9,
  /** How many members of each slot's ranking are kept. */
  RANKS: 10,
  /** Where each page of rankings is; 0 until one of its slots is asked for. */
  PAGES: 11,
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
  NEARNESS: 5,
  PLACES: 6,
  /** The node of those places that the map does not number: everybody. */
  EVERYBODY: 7,
  PAGES: 8,
} as const

export const PLACES_A_PAGE = 64

/** Where an alias keeps its record. */
export const ALIAS = { CELL: 5, RECORD: 6 } as const
