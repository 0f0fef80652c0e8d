/**
 * A field of RDATA: one value that reads itself from words, prints itself, and finds its own end in
 * octets. A type is a list of fields (`schema.ts`), and nothing more is written per type.
 *
 * Always true of every field: what `read` writes, `measure` accepts; what `measure` accepts,
 * `print` prints, and `read` turns back into the same octets.
 */

import type { RdataFault, Tokens } from './rdata.ts'

export interface Field {
  /** What a person must write, to stand after `needs`: `a preference (0–65535)`. */
  readonly expects: string
  /**
   * How many words it takes: one, all that are left and at least one (`some`), or all that are left
   * (`any`). Only the last field of a row may take more than one.
   */
  readonly words: 'one' | 'some' | 'any'
  /** How many octets it takes; left out where they vary. */
  readonly width?: number
  /** A domain name, which other code must be able to find (`layout.ts`). */
  readonly isName?: true
  /** A character-string may stand in quotes; a number or a name may not. */
  readonly isText?: true

  /**
   * Reads the word at `token` (or all from it) and writes octets to out[at]. Returns the offset
   * after them, or -1 with `fault` filled. Never throws.
   */
  read(
    tokens: Tokens,
    token: number,
    origin: Uint8Array,
    out: Uint8Array,
    at: number,
    fault: RdataFault,
  ): number

  /** The offset after the field that starts at octets[at], or -1 if none fits before `end`. */
  measure(octets: Uint8Array, at: number, end: number): number

  /** Prints the field that `measure` found at [at, end); empty where there is nothing to print. */
  print(octets: Uint8Array, at: number, end: number): string
}

/** Fills in what was wrong, and returns the -1 that every reader returns then. */
export function fail(fault: RdataFault, token: number, message: string): -1 {
  fault.token = token
  fault.message = message
  return -1
}

/** A word as a message quotes it: never longer than a line has room for. */
export function quoteWord(tokens: Tokens, token: number): string {
  const word = wordOf(tokens, token)
  return word.length > SHOWN_MAX ? `"${word.slice(0, SHOWN_MAX)}…"` : `"${word}"`
}

/** A word as a string, its escapes untouched. For rare words: it allocates. */
export function wordOf(tokens: Tokens, token: number): string {
  return decoder.decode(tokens.text.subarray(tokens.start[token], tokens.end[token]))
}

/** `preference` -> `a preference`, for sentences about what is missing. */
export function withArticle(noun: string): string {
  return /^[aeio]/i.test(noun) ? `an ${noun}` : `a ${noun}`
}

/** Copies octets[start..end) to out[at]; returns the offset after them. */
export function copyTo(
  octets: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  for (let i = start; i < end; i++) out[at++] = octets[i]
  return at
}

const SHOWN_MAX = 60
const decoder = new TextDecoder()
