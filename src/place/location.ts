/** The words of this room: where a member is, where a client is, and what a map file says of it. */

import type { PrefixMap } from '../base/prefix-map.ts'

/** Where a member is, in the terms of a map. */
export interface Location {
  /** Labels of a subnet map that it is near to, the nearest first. */
  readonly near?: readonly string[]
  /** ISO 3166-1 alpha-2 and a continent's two letters, upper case. */
  readonly country?: string
  readonly continent?: string
  /** Degrees north and east. */
  readonly at?: Coordinates
}

export interface Coordinates {
  readonly latitude: number
  readonly longitude: number
}

/** What a map says of where a client is: as much as it knows, and maybe nothing. */
export interface Whereabouts {
  /** Of a subnet map. */
  readonly label?: string
  readonly country?: string
  readonly continent?: string
  /** In whole degrees, so that there are few places: up to 80 km from where the map had it. */
  readonly at?: Coordinates
}

/** Where a map is read from: lines of text, or a MaxMind database; absolute paths. */
export type MapSource = { readonly subnets: string } | { readonly mmdb: string }

/** A map as it is loaded: plain data and shared memory, fit to cross to another thread. */
export interface PlaceMap {
  /** From an address to the number of a place. */
  readonly map: PrefixMap
  /** By number; 0 is the place of those of whom the map says nothing. */
  readonly places: readonly Whereabouts[]
}

/** Each costs a row of ranks in each pool that asks for the nearest. */
export const PLACES_MAX = 65_536
