/**
 * The patterns of `$GENERATE`: text in which `$` stands for the number of the round and
 * `${offset,width,base}` for that number, moved and formatted. `$$` is a dollar sign, and what
 * follows a backslash is left as it is.
 */

import { wordAt } from './keywords.ts'

/** Text to copy, and numbers to print between. */
export type Template = readonly (Uint8Array | NumberFormat)[]

export interface NumberFormat {
  readonly offset: number
  /** Fewest characters, filled up with zeros in front; for nibbles, dots count too. */
  readonly width: number
  /** Decimal, octal, hexadecimal, or hexadecimal nibbles in reverse with dots (for ip6.arpa). */
  readonly base: 'd' | 'o' | 'x' | 'X' | 'n' | 'N'
}

/** What BIND has room for. */
export const WIDTH_MAX = 127

const INTEGER_MAX = 0x7fff_ffff

const DOLLAR = 0x24
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d

/** Reads text[start..end) as a template; a string says what is wrong with it. */
export function readTemplate(text: Uint8Array, start: number, end: number): Template | string {
  const pieces: (Uint8Array | NumberFormat)[] = []
  let literal = start
  let at = start
  while (at < end) {
    if (text[at] === BACKSLASH) {
      at += 2
      continue
    }
    if (text[at] !== DOLLAR) {
      at++
      continue
    }
    if (at > literal) pieces.push(text.slice(literal, at))
    literal = at + 1
    if (text[literal] === DOLLAR && literal < end) {
      at += 2 // The second of the two begins the text that follows.
      continue
    }
    at++
    if (text[at] !== OPEN || at === end) {
      pieces.push(PLAIN)
      continue
    }
    const close = text.subarray(at, end).indexOf(CLOSE)
    const after = close < 0 ? end : at + close + 1
    const format = close < 0 ? undefined : readFormat(wordAt(text, at + 1, after - 1))
    if (!format) {
      const given = wordAt(text, at - 1, after).slice(0, SHOWN_MAX)
      return `${given} is not \${offset,width,base}: ${FORMAT_RANGE}`
    }
    pieces.push(format)
    literal = at = after
  }
  if (end > literal) pieces.push(text.slice(literal, end))
  return pieces
}

/** The most octets a template can print. */
export function templateSize(template: Template): number {
  let size = 0
  for (const piece of template) {
    size += piece instanceof Uint8Array ? piece.length : Math.max(piece.width, NUMBER_SIZE_MAX) + 1
  }
  return size
}

/** Writes the template for one number to out[at]; returns the offset after it. */
export function printTemplate(
  template: Template,
  number: number,
  out: Uint8Array,
  at: number,
): number {
  for (const piece of template) {
    if (piece instanceof Uint8Array) {
      out.set(piece, at)
      at += piece.length
      continue
    }
    const digits = formatNumber(number + piece.offset, piece)
    for (let i = 0; i < digits.length; i++) out[at++] = digits.charCodeAt(i)
  }
  return at
}

const PLAIN: NumberFormat = { offset: 0, width: 0, base: 'd' }

/** Eight nibbles, each with a dot after it, are the longest number that no width was asked for. */
const NUMBER_SIZE_MAX = 16

/** A message shows no more of a pattern. */
const SHOWN_MAX = 60

const FORMAT_RANGE = `width 0–${WIDTH_MAX}, base d, o, x, X, n or N`

function readFormat(words: string): NumberFormat | undefined {
  const parts = /^([+-]?\d{1,10})(?:,(\d{1,3})(?:,([doxXnN]))?)?$/.exec(words)
  if (!parts) return undefined
  const offset = Number(parts[1])
  const width = Number(parts[2] ?? 0)
  if (Math.abs(offset) > INTEGER_MAX || width > WIDTH_MAX) return undefined
  return { offset, width, base: (parts[3] ?? 'd') as NumberFormat['base'] }
}

function formatNumber(value: number, { width, base }: NumberFormat): string {
  if (base === 'n' || base === 'N') return printNibbles(value, width, base)
  if (base === 'd') {
    const sign = value < 0 ? '-' : ''
    return sign + String(Math.abs(value)).padStart(width - sign.length, '0')
  }
  // As C's printf has it: below zero, the two's complement.
  const digits = (value >>> 0).toString(base === 'o' ? 8 : 16).padStart(width, '0')
  return base === 'X' ? digits.toUpperCase() : digits
}

/** Lowest nibble first, a dot after each but where the width ends: BIND's own rule. */
function printNibbles(value: number, width: number, base: 'n' | 'N'): string {
  let rest = value >>> 0
  let printed = ''
  do {
    printed += (rest & 15).toString(16)
    rest >>>= 4
    if (rest !== 0 || printed.length < width) printed += '.'
  } while (rest !== 0 || printed.length < width)
  return base === 'N' ? printed.toUpperCase() : printed
}
