/**
 * IPv4 and IPv6 addresses, read octet by octet: a zone of a million hosts goes through here, so
 * nothing is allocated and no string is made unless there is a fault to report.
 */

import { printAddress } from '../../base/address.ts'
import { isDigit } from '../name.ts'
import { HEX_VALUE } from './encoding.ts'
import { fail, type Field, quoteWord } from './field.ts'

export const v4: Field = {
  expects: 'an IPv4 address',
  words: 'one',
  width: 4,
  read(tokens, token, _origin, out, at, fault) {
    if (readV4(tokens.text, tokens.start[token], tokens.end[token], out, at)) return at + 4
    const given = quoteWord(tokens, token)
    return fail(fault, token, `${given} is not an IPv4 address (four numbers of 0–255)`)
  },
  measure: (_octets, at, end) => (at + 4 <= end ? at + 4 : -1),
  print: (octets, at) => printAddress(octets.subarray(at, at + 4)),
}

export const v6: Field = {
  expects: 'an IPv6 address',
  words: 'one',
  width: 16,
  read(tokens, token, _origin, out, at, fault) {
    if (readV6(tokens.text, tokens.start[token], tokens.end[token], out, at)) return at + 16
    return fail(fault, token, `${quoteWord(tokens, token)} is not an IPv6 address`)
  },
  measure: (_octets, at, end) => (at + 16 <= end ? at + 16 : -1),
  print: (octets, at) => printAddress(octets.subarray(at, at + 16)),
}

/**
 * Reads four decimal parts of 0–255 to out[at..at+4), and says whether text[start..end) was that
 * and nothing else. A leading zero is refused: some programs take `010` for eight.
 */
export function readV4(
  text: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): boolean {
  let part = 0
  let value = 0
  let digits = 0
  for (let i = start; i < end; i++) {
    const octet = text[i]
    if (octet === DOT) {
      if (digits === 0 || part === 3) return false
      out[at + part++] = value
      value = 0
      digits = 0
      continue
    }
    if (!isDigit(octet) || (digits > 0 && value === 0)) return false
    value = value * 10 + (octet - 0x30)
    digits++
    if (value > 255) return false
  }
  if (part !== 3 || digits === 0) return false
  out[at + 3] = value
  return true
}

/**
 * Reads an address of RFC 4291 §2.2 to out[at..at+16), and says whether text[start..end) was one:
 * eight groups of one to four hex digits, one run of zero groups as `::`, the last 32 bits perhaps
 * as dotted quad.
 */
export function readV6(
  text: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): boolean {
  let to = at
  let gap = -1 // Where `::` stood in `out`.
  let i = start
  if (text[i] === COLON && i < end) {
    if (i + 1 >= end || text[i + 1] !== COLON) return false
    gap = to
    i += 2
  }
  while (i < end) {
    if (to === at + 16) return false
    let value = 0
    let digits = 0
    const groupStart = i
    for (; i < end && HEX_VALUE[text[i]] >= 0; i++) {
      if (++digits > 4) return false
      value = value * 16 + HEX_VALUE[text[i]]
    }
    if (i < end && text[i] === DOT) {
      if (to > at + 12 || !readV4(text, groupStart, end, out, to)) return false
      to += 4
      i = end
      break
    }
    if (digits === 0) return false
    out[to++] = value >> 8
    out[to++] = value & 0xff
    if (i === end) break
    if (text[i++] !== COLON || i === end) return false
    if (text[i] === COLON) {
      if (gap >= 0) return false
      gap = to
      i++
    }
  }
  return closeGap(out, at, to, gap)
}

const DOT = 0x2e
const COLON = 0x3a

/** Moves what stood after `::` to the end, and fills the hole with zeros. */
function closeGap(out: Uint8Array, at: number, to: number, gap: number): boolean {
  const end = at + 16
  if (gap < 0) return to === end
  if (to === end) return false // RFC 4291 §2.2: "::" stands for "one or more groups" of zeros.
  const tail = to - gap
  out.copyWithin(end - tail, gap, to)
  out.fill(0, gap, end - tail)
  return true
}
