/**
 * The seam between a master file's words and the octets of RDATA. A parser hands over one entry's
 * tokens; a type's row in `schema.ts` says what they must be.
 */

/** The words of one entry. Offsets point into `text`; a quoted word's leave out its quotes. */
export interface Tokens {
  text: Uint8Array
  count: number
  start: Int32Array
  end: Int32Array
  /** 1 where the word stood in quotes: then it is a character-string, never a keyword. */
  quoted: Uint8Array
}

/** What was wrong with which token; written by a reader that returns a negative length. */
export interface RdataFault {
  /** Index of the token at fault; equal to `count` where one is missing. */
  token: number
  /** A lower-case fragment, ready to stand after `MX: `. */
  message: string
}
