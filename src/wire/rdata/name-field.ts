/** Domain names inside RDATA: completed by the origin, never compressed, their case kept. */

import { LABEL_OCTETS_MAX, NAME_OCTETS_MAX, nameFault, printName, readName } from '../name.ts'
import { fail, type Field, quoteWord, withArticle } from './field.ts'

export function name(noun: string): Field {
  return {
    expects: withArticle(noun),
    words: 'one',
    isName: true,
    read(tokens, token, origin, out, at, fault) {
      const { text, start, end } = tokens
      const length = readName(text, start[token], end[token], origin, out, at)
      if (length >= 0) return at + length
      return fail(fault, token, `${noun} ${quoteWord(tokens, token)} ${nameFault(length)}`)
    },
    measure: measureName,
    print: (octets, at) => printName(octets, at),
  }
}

/**
 * The offset after the uncompressed name at octets[at], or -1 if it is cut short, too long, or has
 * a pointer: compression is for messages, and RDATA by itself never has any.
 */
export function measureName(octets: Uint8Array, at: number, end: number): number {
  const limit = Math.min(end, at + NAME_OCTETS_MAX)
  while (at < limit) {
    const length = octets[at]
    if (length === 0) return at + 1
    if (length > LABEL_OCTETS_MAX) return -1
    at += length + 1
  }
  return -1
}
