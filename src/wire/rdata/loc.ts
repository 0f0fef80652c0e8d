/**
 * Places on the Earth (RFC 1876): `42 21 54 N 71 06 18 W -24m 30m`. Angles are whole thousandths of
 * an arc second from the equator and the prime meridian, lengths are whole centimetres, and nothing
 * passes through a fraction of a float.
 */

import { fail, type Field, quoteWord, wordOf } from './field.ts'
import { putNumber, takeNumber } from './number.ts'

/** One size or precision on the wire is an octet: a digit times a power of ten centimetres. */
const CENTIMETRES_MAX = 9_000_000_000
const DEFAULT_CENTIMETRES = [100, 1_000_000, 1_000] // §3: 1 m, 10,000 m and 10 m.
const LENGTH_NOUNS = ['size', 'horizontal precision', 'vertical precision']

/** Zero on the wire is 2^31: the equator, the prime meridian. */
const ANGLE_ORIGIN = 2 ** 31
/** Altitudes count from 100,000 m below the reference spheroid. */
const ALTITUDE_BASE = 10_000_000
const ALTITUDE_MAX = 2 ** 32 - 1 - ALTITUDE_BASE

const WIDTH = 16
const VERSION = 0

interface Axis {
  readonly noun: string
  readonly degreesMax: number
  readonly positive: string
  readonly negative: string
}

const LATITUDE: Axis = { noun: 'latitude', degreesMax: 90, positive: 'N', negative: 'S' }
const LONGITUDE: Axis = { noun: 'longitude', degreesMax: 180, positive: 'E', negative: 'W' }

export const location: Field = {
  expects: 'a latitude, a longitude and an altitude (like 42 21 54 N 71 06 18 W 10m)',
  words: 'some',
  width: WIDTH,
  read(tokens, token, _origin, out, at, fault) {
    const words = Array.from({ length: tokens.count - token }, (_, i) => wordOf(tokens, token + i))
    const latitude = readAngle(words, 0, LATITUDE)
    if (!latitude) return fail(fault, token, angleFault(LATITUDE))
    const longitude = readAngle(words, latitude.next, LONGITUDE)
    if (!longitude) return fail(fault, token + latitude.next, angleFault(LONGITUDE))
    const rest = token + longitude.next
    if (rest >= tokens.count) return fail(fault, rest, 'needs an altitude, like 10m')
    const altitude = readCentimetres(words[longitude.next])
    if (altitude === undefined || altitude < -ALTITUDE_BASE || altitude > ALTITUDE_MAX) {
      return fail(
        fault,
        rest,
        `altitude ${quoteWord(tokens, rest)} is not -100000m to 42849672.95m`,
      )
    }
    out[at] = VERSION
    for (let i = 0; i < LENGTH_NOUNS.length; i++) {
      const word = words[longitude.next + 1 + i]
      const centimetres = word === undefined ? DEFAULT_CENTIMETRES[i] : readCentimetres(word)
      if (centimetres === undefined || centimetres < 0 || centimetres > CENTIMETRES_MAX) {
        const given = quoteWord(tokens, rest + 1 + i)
        return fail(fault, rest + 1 + i, `${LENGTH_NOUNS[i]} ${given} is not 0m to 90000000m`)
      }
      out[at + 1 + i] = packLength(centimetres)
    }
    const extra = rest + 1 + LENGTH_NOUNS.length
    if (extra < tokens.count) return fail(fault, extra, 'has a word after the vertical precision')
    putNumber(out, at + 4, 4, ANGLE_ORIGIN + latitude.angle)
    putNumber(out, at + 8, 4, ANGLE_ORIGIN + longitude.angle)
    return putNumber(out, at + 12, 4, ALTITUDE_BASE + altitude)
  },
  measure(octets, at, end) {
    if (at + WIDTH > end || octets[at] !== VERSION) return -1
    const areLengths = [1, 2, 3].every((i) => isLength(octets[at + i]))
    const isPlace = isAngle(octets, at + 4, LATITUDE) && isAngle(octets, at + 8, LONGITUDE)
    return areLengths && isPlace ? at + WIDTH : -1
  },
  print(octets, at) {
    const altitude = takeNumber(octets, at + 12, 4) - ALTITUDE_BASE
    const lengths = [1, 2, 3].map((i) => unpackLength(octets[at + i]))
    return [
      printAngle(takeNumber(octets, at + 4, 4) - ANGLE_ORIGIN, LATITUDE),
      printAngle(takeNumber(octets, at + 8, 4) - ANGLE_ORIGIN, LONGITUDE),
      ...[altitude, ...lengths].map(printCentimetres),
    ].join(' ')
  },
}

/** Degrees, perhaps minutes and seconds, then a letter; undefined if words[first] starts none. */
function readAngle(
  words: readonly string[],
  first: number,
  { degreesMax, positive, negative }: Axis,
): { angle: number; next: number } | undefined {
  const isLetter = (word: string | undefined) => word === positive || word === negative
  const letter = words.findIndex((word, i) => i > first && isLetter(word.toUpperCase()))
  if (letter < 0 || letter - first > 3) return undefined
  const [degrees, minutes = '0', seconds = '0'] = words.slice(first, letter)
  const parts = /^(\d{1,2})(?:\.(\d{1,3}))?$/.exec(seconds)
  if (!/^\d{1,3}$/.test(degrees) || !/^\d{1,2}$/.test(minutes) || !parts) return undefined
  if (Number(minutes) > 59 || Number(parts[1]) > 59) return undefined
  const wholeSeconds = (Number(degrees) * 60 + Number(minutes)) * 60 + Number(parts[1])
  const angle = wholeSeconds * 1000 + Number((parts[2] ?? '').padEnd(3, '0'))
  if (angle > degreesMax * 3_600_000) return undefined
  return { angle: words[letter].toUpperCase() === positive ? angle : -angle, next: letter + 1 }
}

function angleFault({ noun, degreesMax, positive, negative }: Axis): string {
  return `needs a ${noun} of 0–${degreesMax} degrees, like 42 21 54.5 ${positive} or ${negative}`
}

function isAngle(octets: Uint8Array, at: number, { degreesMax }: Axis): boolean {
  return Math.abs(takeNumber(octets, at, 4) - ANGLE_ORIGIN) <= degreesMax * 3_600_000
}

function printAngle(angle: number, { positive, negative }: Axis): string {
  const size = Math.abs(angle)
  const minutes = Math.floor(size / 60_000)
  const seconds = `${Math.floor(size / 1000) % 60}.${String(size % 1000).padStart(3, '0')}`
  const letter = angle < 0 ? negative : positive
  return `${Math.floor(minutes / 60)} ${minutes % 60} ${seconds} ${letter}`
}

/** Metres with at most two decimals and perhaps an `m`; undefined if the word is none. */
function readCentimetres(word: string): number | undefined {
  const parts = /^(-?)(\d{1,8})(?:\.(\d{1,2}))?m?$/i.exec(word)
  if (!parts) return undefined
  const size = Number(parts[2]) * 100 + Number((parts[3] ?? '').padEnd(2, '0'))
  return parts[1] === '-' && size > 0 ? -size : size
}

function printCentimetres(centimetres: number): string {
  const size = Math.abs(centimetres)
  const fraction = size % 100 === 0 ? '' : `.${String(size % 100).padStart(2, '0')}`
  return `${centimetres < 0 ? '-' : ''}${Math.floor(size / 100)}${fraction}m`
}

/** The digit in the high half, the power of ten in the low half; finer digits are dropped. */
function packLength(centimetres: number): number {
  let digit = centimetres
  let exponent = 0
  for (; digit > 9; exponent++) digit = Math.floor(digit / 10)
  return digit * 16 + exponent
}

/** One form for each length: nothing is 0, never 0 times a power of ten. */
function isLength(octet: number): boolean {
  return octet === 0 || (octet >= 0x10 && octet >> 4 <= 9 && (octet & 15) <= 9)
}

function unpackLength(octet: number): number {
  return (octet >> 4) * 10 ** (octet & 15)
}
