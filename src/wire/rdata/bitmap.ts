/**
 * Sets of types as bitmaps in windows of 256 (RFC 4034 §4.1.2): a window number, how many octets
 * of bits follow (1–32), and the bits, the lowest type first. Windows ascend; none ends in a zero.
 */

import { typeName, typeNumber } from '../registry.ts'
import { fail, type Field, quoteWord, wordOf } from './field.ts'

export const typeBitmap: Field = {
  expects: 'types',
  words: 'any',
  read(tokens, token, _origin, out, at, fault) {
    const types: number[] = []
    for (let i = token; i < tokens.count; i++) {
      const type = typeNumber(wordOf(tokens, i))
      if (type === undefined) {
        return fail(fault, i, `${quoteWord(tokens, i)} is neither a known type nor TYPE0–TYPE65535`)
      }
      types.push(type)
    }
    return putWindows(types, out, at)
  },
  measure(octets, at, end) {
    let windowBefore = -1
    while (at < end) {
      if (at + 2 > end || octets[at] <= windowBefore) return -1
      const length = octets[at + 1]
      const next = at + 2 + length
      // RFC 4034 §4.1.2: "Blocks with no types present MUST NOT be included. Trailing zero octets
      // in the bitmap MUST be omitted."
      if (length < 1 || length > WINDOW_OCTETS || next > end || octets[next - 1] === 0) return -1
      windowBefore = octets[at]
      at = next
    }
    return at
  },
  print(octets, at, end) {
    const names: string[] = []
    for (let next: number; at < end; at = next) {
      next = at + 2 + octets[at + 1]
      for (let bit = 0; bit < (next - at - 2) * 8; bit++) {
        if (octets[at + 2 + (bit >> 3)] & (0x80 >> (bit & 7))) {
          names.push(typeName(octets[at] * 256 + bit))
        }
      }
    }
    return names.join(' ')
  },
}

const WINDOW_OCTETS = 32

function putWindows(types: number[], out: Uint8Array, at: number): number {
  types.sort((a, b) => a - b)
  let window = -1
  let bits = at // Where the bits of the current window start.
  let next = at
  for (const type of types) {
    if (type >> 8 !== window) {
      window = type >> 8
      out[next] = window
      bits = next + 2
      next = bits
    }
    const octet = bits + ((type & 0xff) >> 3)
    while (next <= octet) out[next++] = 0
    out[octet] |= 0x80 >> (type & 7)
    out[bits - 1] = next - bits
  }
  return next
}
