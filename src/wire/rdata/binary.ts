/** Fields that are plain octets: keys, digests, salts and hardware addresses. */

import {
  ENCODING_FAULT,
  printBase32,
  printBase64,
  printHex,
  readBase32,
  readBase64,
  readHex,
} from './encoding.ts'
import { fail, type Field, quoteWord, withArticle, wordOf } from './field.ts'
import type { RdataFault } from './rdata.ts'

/** Octets to the end of the RDATA in hexadecimal, perhaps in several words. */
export function hexToEnd(noun: string, octetsMin = 1): Field {
  return {
    expects: `${withArticle(noun)} in hexadecimal`,
    words: 'some',
    read(tokens, token, _origin, out, at, fault) {
      const next = readHex(tokens, token, tokens.count, out, at)
      if (next <= at) return failEncoding(next, token, noun, 'hexadecimal digits', fault)
      if (next - at >= octetsMin) return next
      return fail(fault, token, `${noun} of ${next - at} octets is shorter than ${octetsMin}`)
    },
    measure: (_octets, at, end) => (at + octetsMin <= end ? end : -1),
    print: printHex,
  }
}

/** Octets to the end of the RDATA in base64, perhaps in several words; at least one octet. */
export function base64ToEnd(noun: string): Field {
  return {
    expects: `${withArticle(noun)} in base64`,
    words: 'some',
    read(tokens, token, _origin, out, at, fault) {
      const next = readBase64(tokens, token, tokens.count, out, at)
      return next > at ? next : failEncoding(next, token, noun, 'base64 digits', fault)
    },
    measure: measureSome,
    print: printBase64,
  }
}

/** A salt in hexadecimal with a length octet; a hyphen is none (RFC 5155 §3.3). */
export function salt(noun: string): Field {
  return {
    expects: `${withArticle(noun)} in hexadecimal, or -`,
    words: 'one',
    read(tokens, token, _origin, out, at, fault) {
      const isNone = wordOf(tokens, token) === '-'
      const next = isNone ? at + 1 : readHex(tokens, token, token + 1, out, at + 1)
      if (next < 0) return failEncoding(next, token, noun, 'hexadecimal digits', fault)
      return putLength(out, at, next, noun, token, fault)
    },
    measure: (octets, at, end) => measureCounted(octets, at, end, 0),
    print: (octets, at, end) => (end - at === 1 ? '-' : printHex(octets, at + 1, end)),
  }
}

/** A hash in base32hex with a length octet, never empty (RFC 5155 §3.3). */
export function hash(noun: string): Field {
  return {
    expects: `${withArticle(noun)} in base32hex`,
    words: 'one',
    read(tokens, token, _origin, out, at, fault) {
      const next = readBase32(tokens, token, out, at + 1)
      if (next <= at + 1) return failEncoding(next, token, noun, 'base32hex digits', fault)
      return putLength(out, at, next, noun, token, fault)
    },
    measure: (octets, at, end) => measureCounted(octets, at, end, 1),
    print: (octets, at, end) => printBase32(octets, at + 1, end),
  }
}

/** A hardware address of so many octets, two digits each with hyphens between (RFC 7043 §3.2). */
export function hardwareAddress(width: number): Field {
  const pattern = new RegExp(`^[0-9a-f]{2}(-[0-9a-f]{2}){${width - 1}}$`, 'i')
  const form = Array.from({ length: width }, () => 'xx').join('-')
  return {
    expects: `an address like ${form}`,
    words: 'one',
    width,
    read(tokens, token, _origin, out, at, fault) {
      const word = wordOf(tokens, token)
      if (!pattern.test(word)) {
        return fail(fault, token, `${quoteWord(tokens, token)} is not an address like ${form}`)
      }
      for (const pair of word.split('-')) out[at++] = Number.parseInt(pair, 16)
      return at
    },
    measure: (_octets, at, end) => (at + width <= end ? at + width : -1),
    print: (octets, at) =>
      Array.from(octets.subarray(at, at + width), (octet) =>
        octet.toString(16).padStart(2, '0'),
      ).join('-'),
  }
}

/**
 * Eight octets as four groups of one to four hexadecimal digits, with colons between; none may be
 * left out, as it may in an IPv6 address (RFC 6742 §2.1.2, §2.3.2).
 */
export function groups(noun: string): Field {
  return {
    expects: `${withArticle(noun)} like ${GROUPS_FORM}`,
    words: 'one',
    width: 8,
    read(tokens, token, _origin, out, at, fault) {
      const word = wordOf(tokens, token)
      if (!/^[\da-f]{1,4}(:[\da-f]{1,4}){3}$/i.test(word)) {
        return fail(fault, token, `${noun} ${quoteWord(tokens, token)} is not like ${GROUPS_FORM}`)
      }
      for (const group of word.split(':')) {
        const value = Number.parseInt(group, 16)
        out[at++] = value >> 8
        out[at++] = value & 0xff
      }
      return at
    },
    measure: (_octets, at, end) => (at + 8 <= end ? at + 8 : -1),
    print: (octets, at) =>
      [0, 2, 4, 6].map((group) => printHex(octets, at + group, at + group + 2)).join(':'),
  }
}

const GROUPS_FORM = 'xxxx:xxxx:xxxx:xxxx'
const COUNTED_OCTETS_MAX = 255

function measureSome(_octets: Uint8Array, at: number, end: number): number {
  return at < end ? end : -1
}

function measureCounted(octets: Uint8Array, at: number, end: number, octetsMin: number): number {
  if (at >= end || octets[at] < octetsMin) return -1
  const next = at + 1 + octets[at]
  return next <= end ? next : -1
}

function putLength(
  out: Uint8Array,
  at: number,
  next: number,
  noun: string,
  token: number,
  fault: RdataFault,
): number {
  const length = next - at - 1
  if (length > COUNTED_OCTETS_MAX) {
    const message = `${noun} of ${length} octets is longer than ${COUNTED_OCTETS_MAX}`
    return fail(fault, token, message)
  }
  out[at] = length
  return next
}

function failEncoding(
  result: number,
  token: number,
  noun: string,
  digits: string,
  fault: RdataFault,
): -1 {
  if (result === ENCODING_FAULT.BAD_DIGIT) {
    return fail(fault, token, `${noun} has something other than ${digits}`)
  }
  const state = result === ENCODING_FAULT.CUT_SHORT ? 'ends within an octet' : 'is empty'
  return fail(fault, token, `${noun} ${state}`)
}
