/**
 * Character-strings (RFC 1035 §3.3, §5.1): octets for people, in quotes or not, with `\DDD` and
 * `\X` escapes. On the wire most have a length octet; some run to the end of the RDATA instead.
 */

import { isDigit, readEscape } from '../name.ts'
import { fail, type Field, quoteWord, withArticle } from './field.ts'
import type { RdataFault, Tokens } from './rdata.ts'

export const STRING_OCTETS_MAX = 255

/** One string, with its length octet. */
export function text(noun: string): Field {
  return {
    expects: withArticle(noun),
    words: 'one',
    isText: true,
    read: (tokens, token, _origin, out, at, fault) =>
      readCounted(tokens, token, out, at, noun, fault),
    measure: measureCounted,
    print: (octets, at, end) => printText(octets, at + 1, end),
  }
}

/** One string or more, to the end, each with its length octet. */
export function texts(noun: string): Field {
  return {
    expects: `one ${noun} or more`,
    words: 'some',
    isText: true,
    read(tokens, token, _origin, out, at, fault) {
      for (let i = token; i < tokens.count && at >= 0; i++) {
        at = readCounted(tokens, i, out, at, noun, fault)
      }
      return at
    },
    measure(octets, at, end) {
      if (at === end) return -1 // RFC 1035 §3.3.14: "One or more <character-string>s."
      while (at >= 0 && at < end) at = measureCounted(octets, at, end)
      return at
    },
    print(octets, at, end) {
      const printed: string[] = []
      while (at < end) {
        const next = at + 1 + octets[at]
        printed.push(printText(octets, at + 1, next))
        at = next
      }
      return printed.join(' ')
    },
  }
}

/** One string that runs to the end of the RDATA without a length; at least `octetsMin` long. */
export function textToEnd(noun: string, octetsMin: number): Field {
  return {
    expects: withArticle(noun),
    words: 'one',
    isText: true,
    read(tokens, token, _origin, out, at, fault) {
      const { text, start, end } = tokens
      const next = readText(text, start[token], end[token], out, at)
      if (next < 0) return failEscape(tokens, token, noun, fault)
      return next - at >= octetsMin ? next : fail(fault, token, `${noun} is empty`)
    },
    measure: (_octets, at, end) => (end - at >= octetsMin ? end : -1),
    print: (octets, at, end) => printText(octets, at, end),
  }
}

/** A CAA property tag: ASCII letters and digits, with a length octet (RFC 8659 §4.1). */
export function tag(noun: string): Field {
  return {
    ...text(noun),
    expects: `${withArticle(noun)} (letters and digits)`,
    read(tokens, token, _origin, out, at, fault) {
      const next = readCounted(tokens, token, out, at, noun, fault)
      if (next < 0 || isTag(out, at + 1, next)) return next
      const given = quoteWord(tokens, token)
      return fail(fault, token, `${noun} ${given} is not 1–${STRING_OCTETS_MAX} letters and digits`)
    },
    measure(octets, at, end) {
      const next = measureCounted(octets, at, end)
      return next >= 0 && isTag(octets, at + 1, next) ? next : -1
    },
    print: (octets, at, end) => String.fromCharCode(...octets.subarray(at + 1, end)),
  }
}

/** Writes text[start..end) with escapes resolved; the offset after it, or -1 for a bad escape. */
export function readText(
  text: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  for (let from = start; from < end; from++) {
    let octet = text[from]
    if (octet === BACKSLASH) {
      octet = readEscape(text, from + 1, end)
      if (octet < 0) return -1
      from += isDigit(text[from + 1]) ? 3 : 1
    }
    out[at++] = octet
  }
  return at
}

/** Prints octets[start..end) as a quoted string. */
export function printText(octets: Uint8Array, start: number, end: number): string {
  let printed = ''
  for (let i = start; i < end; i++) printed += printTextOctet(octets[i])
  return `"${printed}"`
}

const BACKSLASH = 0x5c
const QUOTE = 0x22

function printTextOctet(octet: number): string {
  if (octet === QUOTE || octet === BACKSLASH) return `\\${String.fromCharCode(octet)}`
  if (octet >= 0x20 && octet < 0x7f) return String.fromCharCode(octet)
  return `\\${String(octet).padStart(3, '0')}`
}

function readCounted(
  tokens: Tokens,
  token: number,
  out: Uint8Array,
  at: number,
  noun: string,
  fault: RdataFault,
): number {
  const next = readText(tokens.text, tokens.start[token], tokens.end[token], out, at + 1)
  if (next < 0) return failEscape(tokens, token, noun, fault)
  const length = next - at - 1
  if (length > STRING_OCTETS_MAX) {
    const message = `${noun} of ${length} octets is longer than ${STRING_OCTETS_MAX}; split it`
    return fail(fault, token, message)
  }
  out[at] = length
  return next
}

function failEscape(tokens: Tokens, token: number, noun: string, fault: RdataFault): -1 {
  const given = quoteWord(tokens, token)
  const rule = 'neither \\DDD (000 to 255) nor \\ and a character'
  return fail(fault, token, `${noun} ${given} has an escape that is ${rule}`)
}

function measureCounted(octets: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  const next = at + 1 + octets[at]
  return next <= end ? next : -1
}

function isTag(octets: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const lower = octets[i] | 0x20
    if (!isDigit(octets[i]) && !(lower >= 0x61 && lower <= 0x7a)) return false
  }
  return end > start
}
