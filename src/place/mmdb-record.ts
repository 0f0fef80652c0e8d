/** What a record of a database says of where its networks are, whoever has written it. */

import type { Coordinates, Whereabouts } from './location.ts'
import type { MmdbMap, MmdbValue } from './mmdb-data.ts'

/** All keys, of a record and of the maps in it, that are looked at here. */
export const RECORD_KEYS: ReadonlySet<string> = new Set([
  ...['country', 'iso_code', 'country_code', 'continent', 'code', 'continent_code'],
  ...['location', 'latitude', 'longitude', 'lat', 'lng'],
])

/**
 * Nested as MaxMind and DB-IP have it (`country.iso_code`, `location.latitude`), or flat as IPinfo
 * and others do (`country_code`, or `country` of two letters; `lat` and `lng`, maybe as text).
 */
export function whereaboutsOf(value: MmdbValue): Whereabouts {
  if (!isMap(value)) return {}
  const country = codeOf(value, 'country', 'iso_code')
  const continent = codeOf(value, 'continent', 'code')
  const location = value.get('location')
  const at = coordinatesOf(isMap(location) ? location : value)
  return { ...(country && { country }), ...(continent && { continent }), ...(at && { at }) }
}

function codeOf(record: MmdbMap, key: string, inner: string): string | undefined {
  const value = record.get(key)
  const candidates = [isMap(value) ? value.get(inner) : undefined, record.get(`${key}_code`), value]
  for (const code of candidates) {
    if (typeof code === 'string' && /^[a-z]{2}$/i.test(code)) return code.toUpperCase()
  }
  return undefined
}

function coordinatesOf(record: MmdbMap): Coordinates | undefined {
  const latitude = degrees(record.get('latitude') ?? record.get('lat'), 90)
  const longitude = degrees(record.get('longitude') ?? record.get('lng'), 180)
  if (latitude === undefined || longitude === undefined) return undefined
  return { latitude, longitude }
}

/** Whole degrees; of text too, but not of none. */
function degrees(value: MmdbValue | undefined, most: number): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number !== 'number' || !(Math.abs(number) <= most)) return undefined
  // Adding nothing makes a zero of what was rounded to a negative zero.
  return Math.round(number) + 0
}

function isMap(value: MmdbValue | undefined): value is MmdbMap {
  return value instanceof Map
}
