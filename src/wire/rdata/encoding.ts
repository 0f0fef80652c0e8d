/**
 * Octets as text: hexadecimal, base64 and base32hex (RFC 4648 §8, §4, §7). Readers take a run of
 * words as one value, because long keys are wrapped, and return the offset after the octets or one
 * of the ENCODING_FAULTs.
 */

import type { Tokens } from './rdata.ts'

/** Negative, so that it is never an offset. */
export const ENCODING_FAULT = { BAD_DIGIT: -1, CUT_SHORT: -2 } as const

/** Reads the words from `first` up to `last` as hexadecimal digits. */
export function readHex(
  tokens: Tokens,
  first: number,
  last: number,
  out: Uint8Array,
  at: number,
): number {
  const { text, start, end } = tokens
  let high = -1
  for (let token = first; token < last; token++) {
    for (let i = start[token]; i < end[token]; i++) {
      const digit = HEX_VALUE[text[i]]
      if (digit < 0) return ENCODING_FAULT.BAD_DIGIT
      if (high < 0) high = digit
      else {
        out[at++] = high * 16 + digit
        high = -1
      }
    }
  }
  return high < 0 ? at : ENCODING_FAULT.CUT_SHORT
}

export function printHex(octets: Uint8Array, start: number, end: number): string {
  let printed = ''
  for (let i = start; i < end; i++) printed += octets[i].toString(16).padStart(2, '0')
  return printed
}

/** Reads the words from `first` up to `last` as base64 with its padding. */
export function readBase64(
  tokens: Tokens,
  first: number,
  last: number,
  out: Uint8Array,
  at: number,
): number {
  const { text, start, end } = tokens
  let bits = 0
  let digits = 0
  let padding = 0
  for (let token = first; token < last; token++) {
    for (let i = start[token]; i < end[token]; i++) {
      digits++
      if (text[i] === PADDING) {
        padding++
        continue
      }
      const digit = BASE64_VALUE[text[i]]
      if (digit < 0 || padding > 0) return ENCODING_FAULT.BAD_DIGIT
      bits = ((bits << 6) | digit) & 0xff_ffff
      if (digits % 4 === 1) continue
      // The 2nd, 3rd and 4th digit of a group complete its 1st, 2nd and 3rd octet.
      const spare = digits % 4 === 2 ? 4 : digits % 4 === 3 ? 2 : 0
      out[at++] = (bits >> spare) & 0xff
    }
  }
  return digits % 4 === 0 && padding <= 2 ? at : ENCODING_FAULT.CUT_SHORT
}

export function printBase64(octets: Uint8Array, start: number, end: number): string {
  let printed = ''
  for (let i = start; i < end; i += 3) {
    const left = end - i
    const bits = (octets[i] << 16) | ((left > 1 ? octets[i + 1] : 0) << 8)
    const group = bits | (left > 2 ? octets[i + 2] : 0)
    printed += BASE64[group >> 18] + BASE64[(group >> 12) & 63]
    printed += left > 1 ? BASE64[(group >> 6) & 63] : '='
    printed += left > 2 ? BASE64[group & 63] : '='
  }
  return printed
}

/** Reads one word as base32hex, which RFC 5155 §3.3 writes without padding. */
export function readBase32(tokens: Tokens, token: number, out: Uint8Array, at: number): number {
  const { text, start, end } = tokens
  let bits = 0
  let count = 0
  for (let i = start[token]; i < end[token]; i++) {
    const digit = BASE32_VALUE[text[i]]
    if (digit < 0) return ENCODING_FAULT.BAD_DIGIT
    bits = ((bits << 5) | digit) & 0xfff
    count += 5
    if (count >= 8) {
      count -= 8
      out[at++] = (bits >> count) & 0xff
    }
  }
  return count < 5 ? at : ENCODING_FAULT.CUT_SHORT
}

export function printBase32(octets: Uint8Array, start: number, end: number): string {
  let printed = ''
  let bits = 0
  let count = 0
  for (let i = start; i < end; i++) {
    bits = ((bits << 8) | octets[i]) & 0xfff
    for (count += 8; count >= 5; ) {
      count -= 5
      printed += BASE32[(bits >> count) & 31]
    }
  }
  return count > 0 ? printed + BASE32[(bits << (5 - count)) & 31] : printed
}

const PADDING = 0x3d
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE32 = '0123456789abcdefghijklmnopqrstuv'

export const HEX_VALUE = valuesOf('0123456789abcdef', '0123456789ABCDEF')
const BASE64_VALUE = valuesOf(BASE64)
const BASE32_VALUE = valuesOf(BASE32, BASE32.toUpperCase())

/** For each octet, its value as a digit of the alphabets, or -1. */
function valuesOf(...alphabets: string[]): Int8Array {
  const values = new Int8Array(256).fill(-1)
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value
  }
  return values
}
