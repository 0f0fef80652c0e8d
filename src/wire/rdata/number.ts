/** Whole numbers in RDATA, and the fields that are numbers with a name: times to live, types. */

import { isDigit } from '../name.ts'
import { typeName, typeNumber } from '../registry.ts'
import { readTtl } from '../ttl.ts'
import { fail, type Field, quoteWord, withArticle, wordOf } from './field.ts'

export const u8 = (noun: string): Field => numberField(noun, 1)
export const u16 = (noun: string): Field => numberField(noun, 2)
export const u32 = (noun: string): Field => numberField(noun, 4)

/**
 * A span of seconds that may be written with units: `1h30m`. Without units all 32 bits may be used,
 * as in RFC 1035 §3.3.13, so that whatever came over the wire can be printed and read back.
 */
export function ttl(noun: string): Field {
  return {
    ...u32(noun),
    expects: withArticle(noun),
    read(tokens, token, _origin, out, at, fault) {
      const { text, start, end } = tokens
      const plain = readNumber(text, start[token], end[token], U32_MAX)
      const seconds = plain >= 0 ? plain : readTtl(text, start[token], end[token])
      if (seconds >= 0) return putNumber(out, at, 4, seconds)
      const given = quoteWord(tokens, token)
      return fail(fault, token, `${noun} ${given} is no time of 0–${U32_MAX} seconds`)
    },
  }
}

type Mnemonics = Readonly<Record<string, number>>

/** A number that may be written as one of the given mnemonics, in any case; printed as a number. */
export const namedU8 = (noun: string, names: Mnemonics): Field => namedField(noun, 1, names)
export const namedU16 = (noun: string, names: Mnemonics): Field => namedField(noun, 2, names)

/** The type that a signature covers, by its mnemonic or as `TYPEnnn`. */
export function typeField(noun: string): Field {
  return {
    ...u16(noun),
    expects: withArticle(noun),
    read(tokens, token, _origin, out, at, fault) {
      const type = typeNumber(wordOf(tokens, token))
      if (type !== undefined) return putNumber(out, at, 2, type)
      const given = quoteWord(tokens, token)
      return fail(fault, token, `${noun} ${given} is neither a known type nor TYPE0–TYPE65535`)
    },
    print: (octets, at) => typeName(takeNumber(octets, at, 2)),
  }
}

/** Reads a decimal number in text[start..end), or -1 if it is none or above `max`. */
export function readNumber(text: Uint8Array, start: number, end: number, max: number): number {
  if (start >= end) return -1
  let value = 0
  for (let i = start; i < end; i++) {
    if (!isDigit(text[i])) return -1
    value = value * 10 + (text[i] - 0x30)
    if (value > max) return -1
  }
  return value
}

/** Writes `width` octets in network order; returns the offset after them. */
export function putNumber(out: Uint8Array, at: number, width: number, value: number): number {
  for (let i = width - 1; i >= 0; i--) {
    out[at + i] = value & 0xff
    value = Math.floor(value / 256)
  }
  return at + width
}

/** The unsigned number of `width` octets (at most 4) at `at`, in network order. */
export function takeNumber(octets: Uint8Array, at: number, width: number): number {
  let value = 0
  for (let i = 0; i < width; i++) value = value * 256 + octets[at + i]
  return value
}

const U32_MAX = 0xffff_ffff

function numberField(noun: string, width: number): Field {
  const max = 256 ** width - 1
  return {
    expects: `${withArticle(noun)} (0–${max})`,
    words: 'one',
    width,
    read(tokens, token, _origin, out, at, fault) {
      const value = readNumber(tokens.text, tokens.start[token], tokens.end[token], max)
      if (value >= 0) return putNumber(out, at, width, value)
      return fail(fault, token, `${noun} ${quoteWord(tokens, token)} is not a number of 0–${max}`)
    },
    measure: (_octets, at, end) => (at + width <= end ? at + width : -1),
    print: (octets, at) => String(takeNumber(octets, at, width)),
  }
}

function namedField(noun: string, width: number, names: Mnemonics): Field {
  const plain = numberField(noun, width)
  const range = `0–${256 ** width - 1}`
  return {
    ...plain,
    expects: `${withArticle(noun)} (${range} or a mnemonic)`,
    read(tokens, token, origin, out, at, fault) {
      if (isDigit(tokens.text[tokens.start[token]])) {
        return plain.read(tokens, token, origin, out, at, fault)
      }
      const value = names[wordOf(tokens, token).toUpperCase()]
      if (value !== undefined) return putNumber(out, at, width, value)
      const given = quoteWord(tokens, token)
      return fail(fault, token, `${noun} ${given} is neither ${range} nor a known mnemonic`)
    },
  }
}
