/**
 * A roster says who may be answered now: the only thing that health hands to answering. It is plain
 * data, and crosses to the workers as it is.
 */

/** One member in one address family. */
export interface Candidate {
  readonly name: string
  /** 4 octets in a roster's `v4`, 16 in its `v6`. */
  readonly address: Uint8Array
  /** Effective weight, a whole number from 1; shares are proportional to it. */
  readonly weight: number
  /** Where the turns that it leads are counted; absent, they are not. */
  readonly cell?: number
}

export interface Roster {
  /** Each family in configured order; empty means NODATA for that family. */
  readonly v4: readonly Candidate[]
  readonly v6: readonly Candidate[]
  /** Seconds that a cache may keep a turn of this roster. */
  readonly ttl: number
}

/** An RRset that stands in for the zone's, laid out as a zone image holds one. */
export interface ServiceSet {
  readonly type: number
  readonly octets: Uint8Array
}
