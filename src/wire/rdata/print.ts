/** The octets of RDATA to text that `readRdata` reads back, whatever the octets are. */

import { printHex } from './encoding.ts'
import { rowOf } from './schema.ts'

/**
 * Prints octets[offset..offset+length) in the form of its type: names absolute and with escapes.
 * An unknown type, or octets that do not fit their row, are printed as RFC 3597 §5 has it:
 * `\# 4 0a000001`. Never throws.
 */
export function printRdata(
  type: number,
  octets: Uint8Array,
  offset = 0,
  length = octets.length - offset,
): string {
  const row = rowOf(type)
  const end = offset + length
  if (!row || !validateRdata(type, octets, offset, length)) {
    return length === 0 ? '\\# 0' : `\\# ${length} ${printHex(octets, offset, end)}`
  }
  const words: string[] = []
  let at = offset
  for (const field of row.fields) {
    const next = field.measure(octets, at, end)
    const word = field.print(octets, at, next)
    if (word !== '') words.push(word)
    at = next
  }
  return words.join(' ')
}

/**
 * Whether octets[offset..offset+length) are exactly what the type's row says, with no name
 * compressed. Anything fits a type without a row.
 */
export function validateRdata(
  type: number,
  octets: Uint8Array,
  offset: number,
  length: number,
): boolean {
  const row = rowOf(type)
  if (!row) return true
  const end = offset + length
  let at = offset
  for (const field of row.fields) {
    at = field.measure(octets, at, end)
    if (at < 0) return false
  }
  return at === end
}
