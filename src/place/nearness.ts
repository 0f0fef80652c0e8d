/**
 * Who of a pool's members is near to whom: for each place of a map the rank of each member, worked
 * out before the first query, so that a query looks up a place and reads its row.
 *
 * Places with equal rows are one place, and then neighbours in the map are one leaf: a pool of two
 * members splits the world in two, however many places its map knows, and ECS scopes are wide.
 */

import { type PrefixMap, withValues } from '../base/prefix-map.ts'

import type { Coordinates, Location, PlaceMap, Whereabouts } from './location.ts'

/** Where clients are, and how near a pool's members are to each place. Shared by all threads. */
export interface Nearness {
  /** From an address to the number of a row. */
  readonly map: PrefixMap
  /** Of member i at place p, ranks[p * width + i]; 0 is the nearest, and equal is as near. */
  readonly ranks: Uint8Array
  readonly width: number
  readonly places: number
}

/** Members that differ by less are as near as each other: maps know no better. */
const BUCKET_KM = 50
const EARTH_RADIUS_KM = 6_371
const RANK_MAX = 255

/**
 * Ranks the members of a pool, in its order, at each place of a map. A place that says nothing, or
 * that no member has to do with, has all members as near.
 */
export function compileNearness(
  { map, places }: PlaceMap,
  locations: readonly (Location | undefined)[],
): Nearness {
  const width = locations.length
  const rows = new Map<string, { readonly number: number; readonly ranks: readonly number[] }>()
  const numbers = places.map((whereabouts) => {
    const ranks = ranksAt(whereabouts, locations)
    const key = ranks.join()
    const row = rows.get(key) ?? { number: rows.size, ranks }
    rows.set(key, row)
    return row.number
  })
  const ranks = new Uint8Array(new SharedArrayBuffer(rows.size * width))
  for (const row of rows.values()) ranks.set(row.ranks, row.number * width)
  return { map: withValues(map, (place) => numbers[place]!), ranks, width, places: rows.size }
}

/** The rank of each member for clients of one place, without gaps: only the order counts. */
function ranksAt(
  whereabouts: Whereabouts,
  locations: readonly (Location | undefined)[],
): readonly number[] {
  const figures = figuresAt(whereabouts, locations)
  const steps = [...new Set(figures)].sort((a, b) => a - b)
  const rankOf = new Map(steps.map((figure, rank) => [figure, Math.min(rank, RANK_MAX)]))
  return figures.map((figure) => rankOf.get(figure)!)
}

/** How far each member is, in one measure for all: what is measured differently has no order. */
function figuresAt(
  { label, at, country, continent }: Whereabouts,
  locations: readonly (Location | undefined)[],
): readonly number[] {
  if (label !== undefined) {
    return locations.map((location) => {
      const index = location?.near?.indexOf(label) ?? -1
      return index < 0 ? Number.POSITIVE_INFINITY : index
    })
  }
  const measurable = locations.every((location) => !isGlobal(location) || location?.at)
  if (at && measurable) {
    return locations.map((location) =>
      location?.at
        ? Math.floor(kilometresBetween(at, location.at) / BUCKET_KM)
        : Number.POSITIVE_INFINITY,
    )
  }
  return locations.map((location) => {
    if (country !== undefined && location?.country === country) return 0
    return continent !== undefined && location?.continent === continent ? 1 : 2
  })
}

/** Whether a member is anywhere on the globe, rather than near to labels alone. */
function isGlobal(location: Location | undefined): boolean {
  return Boolean(location?.at ?? location?.country ?? location?.continent)
}

/** Along the great circle (haversine formula). */
export function kilometresBetween(a: Coordinates, b: Coordinates): number {
  const [latitudeA, latitudeB] = [radians(a.latitude), radians(b.latitude)]
  const north = Math.sin((latitudeB - latitudeA) / 2) ** 2
  const east = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2
  const chord = north + Math.cos(latitudeA) * Math.cos(latitudeB) * east
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)))
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
