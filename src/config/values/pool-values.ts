/**
 * The small languages of pools, members and names: steps of a ladder, shares, places on a map,
 * networks. As in `values.ts`, each reader returns a meaning or the end of a sentence.
 */

import { hasHostBits, type Prefix, parsePrefix, printPrefix } from '../../base/prefix.ts'

import type { Location } from '../../place/location.ts'

import type { LadderStep } from '../config.ts'
import { unknownWord } from '../schema/fields.ts'
import { type Fault, isFault, readAddress, readSpan, readWord } from './values.ts'

/** How long a step of a ladder may hold: a second is seen by nobody, a month is for good. */
export const STEP_MS = { min: 1_000, max: 30 * 86_400_000 } as const

export const STEP_WORDS = ['last_good', 'all', 'nodata'] as const

/** Reads a step as a phrase: `all`, `last_good for 10m`. Pools are written as maps. */
export function readStep(text: string): LadderStep | Fault {
  const { subject, forMs } = splitFor(text)
  const word = STEP_WORDS.find((one) => one === subject)
  if (word === undefined) {
    return { fault: unknownWord(subject, [...STEP_WORDS, 'pool: NAME']) }
  }
  if (isFault(forMs)) return forMs
  return { kind: word === 'last_good' ? 'last-good' : word, ...(forMs && { forMs }) }
}

/** Reads what stands behind `pool:` in a ladder: `sorry`, or `sorry for 5m`. */
export function readPoolStep(text: string): Extract<LadderStep, { kind: 'pool' }> | Fault {
  const { subject, forMs } = splitFor(text)
  const pool = readWord(subject)
  if (isFault(pool)) return pool
  if (isFault(forMs)) return forMs
  return { kind: 'pool', pool, ...(forMs && { forMs }) }
}

function splitFor(text: string): { subject: string; forMs?: number | Fault } {
  const [, subject, span] = /^\s*(.*?)(?:\s+for\s+(\S+))?\s*$/.exec(text) ?? ['', text]
  if (span === undefined) return { subject: subject ?? text }
  const forMs = readSpan(span, STEP_MS.min, STEP_MS.max)
  return {
    subject: subject!,
    forMs: isFault(forMs) ? { fault: `for ${span} ${forMs.fault}` } : forMs,
  }
}

/** Returns a reader of whole percents with their sign, within bounds. */
export function percentReader(min: number, max: number) {
  return (written: string | number): number | Fault => {
    const parts = /^(\d+)(%?)$/.exec(String(written))
    if (!parts) return { fault: `is not a whole percentage such as ${Math.max(min, 20)}%` }
    const percent = Number(parts[1])
    if (parts[2] === '') return { fault: `has no %; write ${percent}%` }
    return percent >= min && percent <= max ? percent : { fault: `is outside ${min}%–${max}%` }
  }
}

/** Reads a network, strictly: what is written past the prefix is a slip, not a host. */
export function readPrefix(text: string): Prefix | Fault {
  const prefix = parsePrefix(text)
  if (!prefix) return { fault: 'is not a network such as 192.0.2.0/24 or 2001:db8::/32' }
  return hasHostBits(text)
    ? { fault: `has bits set past its prefix; write ${printPrefix(prefix)}` }
    : prefix
}

/** Reads the address that is probed instead of a member's own, as it will be probed. */
export function readProbeAddress(text: string): string | Fault {
  const octets = readAddress(text)
  return isFault(octets) ? octets : text.toLowerCase()
}

export const CONTINENTS = ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'] as const

/** Reads a continent's two letters, as maps by MaxMind write them. */
export function readContinent(text: string): string | Fault {
  const code = text.toUpperCase()
  return CONTINENTS.some((one) => one === code) ? code : { fault: unknownWord(text, CONTINENTS) }
}

/** Reads a country of ISO 3166-1 alpha-2. Which of the letters are taken is for the map to know. */
export function readCountry(text: string): string | Fault {
  return /^[A-Za-z]{2}$/.test(text)
    ? text.toUpperCase()
    : { fault: 'is not a country of two letters such as DE (ISO 3166-1)' }
}

/** Reads `52.5,13.4`: degrees north and east. */
export function readCoordinates(text: string): NonNullable<Location['at']> | Fault {
  const parts = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text)
  if (!parts) return { fault: 'is not a latitude and a longitude such as "52.5,13.4"' }
  const [latitude, longitude] = [Number(parts[1]), Number(parts[2])]
  if (Math.abs(latitude) > 90) return { fault: 'has a latitude outside -90–90' }
  return Math.abs(longitude) > 180
    ? { fault: 'has a longitude outside -180–180' }
    : { latitude, longitude }
}
