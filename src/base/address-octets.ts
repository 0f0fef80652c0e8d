/**
 * Addresses read from text to octets, both as octets in place: a zone of a million hosts goes
 * through here, so nothing is allocated, and nothing is read outside of what is given.
 */

const DOT = 0x2e
const COLON = 0x3a
const ZERO = 0x30
const NINE = 0x39

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
    if (octet < ZERO || octet > NINE || (digits > 0 && value === 0)) return false
    value = value * 10 + (octet - ZERO)
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
    for (let digit: number; i < end && (digit = hexDigit(text[i])) >= 0; i++) {
      if (++digits > 4) return false
      value = value * 16 + digit
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

/** The value of a hexadecimal digit, or -1. */
function hexDigit(octet: number): number {
  if (octet >= ZERO && octet <= NINE) return octet - ZERO
  const lower = octet | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1
}
