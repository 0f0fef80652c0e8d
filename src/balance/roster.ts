/**
 * A roster says who may be answered now: the only thing that health hands to answering. It is plain
 * data, and crosses to the workers as it is.
 */

import type { PolicyName } from './policy.ts'

export interface Roster {
  readonly lineup: Lineup
  /** Seconds that a cache may keep a turn of this roster. */
  readonly ttl: number
  /** RRsets of SRV, SVCB and HTTPS that follow the same health; they stand in for the zone's. */
  readonly services?: readonly ServiceSet[]
}

/** An RRset that stands in for the zone's, laid out as a zone image holds one. */
export interface ServiceSet {
  readonly type: number
  readonly octets: Uint8Array
}

/**
 * Those among whom a policy draws. A family that nobody has an offer in is NODATA there. Where any
 * candidate offers an alias or a pool in a family, the lineup is a fork in that family: each turn
 * comes from exactly one candidate.
 */
export interface Lineup {
  readonly policy: PolicyName
  /** In configured order. */
  readonly candidates: readonly Candidate[]
  /** Policy `sticky` alone. */
  readonly sticky?: Stickiness
  /** Policy `nearest` alone: which of the world's `nearness` says who is near to whom. */
  readonly nearness?: number
}

/** How much of a client's address tells it from others, and how far a member may be filled. */
export interface Stickiness {
  readonly v4Prefix: number
  readonly v6Prefix: number
  /** Times its fair share, above 1; absent: without bound. */
  readonly loadBound?: number
}

/** One member that may be drawn now; what it answers, by family. Absent: not in that family. */
export interface Candidate {
  readonly name: string
  /** Its ordinal among the pool's members as configured. */
  readonly index: number
  /** Effective weight, a whole number from 1; shares are proportional to it, in both families. */
  readonly weight: number
  readonly v4?: Offer
  readonly v6?: Offer
}

/** What a turn of a candidate is. `cell` is where the turns that it leads are counted. */
export type Offer =
  /** An address of 4 octets under `v4`, of 16 under `v6`. */
  | { readonly kind: 'address'; readonly octets: Uint8Array; readonly cell?: number }
  /** A CNAME; the target is a name as octets, lower case. */
  | { readonly kind: 'alias'; readonly target: Uint8Array; readonly cell?: number }
  /** A turn of another lineup, drawn by its own policy. */
  | { readonly kind: 'pool'; readonly lineup: Lineup }

/** As many lineups as may stand within each other, the outermost among them. */
export const LINEUP_DEPTH_MAX = 10

/** Whether two rosters say the same, so that nobody need be told. */
export function isSameRoster(a: Roster, b: Roster): boolean {
  if (a === b) return true
  return (
    a.ttl === b.ttl &&
    isSameLineup(a.lineup, b.lineup) &&
    isSameServices(a.services ?? [], b.services ?? [])
  )
}

function isSameServices(a: readonly ServiceSet[], b: readonly ServiceSet[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ type, octets }, at) => type === b[at].type && isSameOctets(octets, b[at].octets))
  )
}

function isSameLineup(a: Lineup, b: Lineup): boolean {
  if (a === b) return true
  return (
    a.policy === b.policy &&
    a.nearness === b.nearness &&
    a.candidates.length === b.candidates.length &&
    isSameStickiness(a.sticky, b.sticky) &&
    a.candidates.every((candidate, place) => isSameCandidate(candidate, b.candidates[place]))
  )
}

function isSameStickiness(a: Stickiness | undefined, b: Stickiness | undefined): boolean {
  return a?.v4Prefix === b?.v4Prefix && a?.v6Prefix === b?.v6Prefix && a?.loadBound === b?.loadBound
}

function isSameCandidate(a: Candidate, b: Candidate): boolean {
  if (a === b) return true
  return (
    a.name === b.name &&
    a.index === b.index &&
    a.weight === b.weight &&
    isSameOffer(a.v4, b.v4) &&
    isSameOffer(a.v6, b.v6)
  )
}

function isSameOffer(a: Offer | undefined, b: Offer | undefined): boolean {
  if (a === b) return true
  if (!a || !b) return false
  if (a.kind === 'pool') return b.kind === 'pool' && isSameLineup(a.lineup, b.lineup)
  if (b.kind === 'pool' || a.cell !== b.cell) return false
  if (a.kind === 'alias') return b.kind === 'alias' && isSameOctets(a.target, b.target)
  return b.kind === 'address' && isSameOctets(a.octets, b.octets)
}

function isSameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((octet, at) => octet === b[at]))
}
