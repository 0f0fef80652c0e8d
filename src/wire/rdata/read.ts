/**
 * The words of one entry to the octets of its RDATA. Addresses go past the table, because most of a
 * big zone is addresses; all other types are read field by field from their row.
 */

import { readV4, readV6 } from '../../base/address-octets.ts'

import { TYPE } from '../registry.ts'

import { ENCODING_FAULT, readHex } from './encoding.ts'
import { fail, quoteWord } from './field.ts'
import { readNumber } from './number.ts'
import { validateRdata } from './print.ts'
import type { RdataFault, Tokens } from './rdata.ts'
import { type Row, rowOf } from './schema.ts'

export const RDATA_OCTETS_MAX = 65_535

/**
 * Reads the words from index `from` as RDATA of `type`, completes relative names by `origin`, and
 * writes the octets to `out`, which holds RDATA_OCTETS_MAX or more. Returns their number, or -1
 * with `fault` filled. `\#` (RFC 3597 §5) is taken for every type; for a known one the octets must
 * fit its row.
 */
export function readRdata(
  type: number,
  tokens: Tokens,
  from: number,
  origin: Uint8Array,
  out: Uint8Array,
  fault: RdataFault,
): number {
  if (tokens.count === from + 1 && tokens.quoted[from] === 0) {
    // Where this fails, the row below finds the words for it.
    const { text, start, end } = tokens
    if (type === TYPE.A && readV4(text, start[from], end[from], out, 0)) return V4_OCTETS
    if (type === TYPE.AAAA && readV6(text, start[from], end[from], out, 0)) return V6_OCTETS
  }
  if (isGeneric(tokens, from)) return readGeneric(type, tokens, from, out, fault)
  const row = rowOf(type)
  if (!row) {
    return fail(fault, from, 'has no text form here; write \\#, its length and hexadecimal')
  }
  const length = readRow(row, tokens, from, origin, out, fault)
  if (length <= RDATA_OCTETS_MAX) return length
  return fail(fault, from, `takes ${length} octets, more than ${RDATA_OCTETS_MAX}`)
}

const V4_OCTETS = 4
const V6_OCTETS = 16
const BACKSLASH = 0x5c
const HASH = 0x23

function readRow(
  { fields, needs }: Row,
  tokens: Tokens,
  from: number,
  origin: Uint8Array,
  out: Uint8Array,
  fault: RdataFault,
): number {
  let token = from
  let at = 0
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]
    const isAll = field.words !== 'one'
    if (token >= tokens.count && field.words !== 'any') {
      return fail(fault, tokens.count, `needs ${needs}`)
    }
    const after = isAll ? tokens.count : token + 1
    if (!field.isText) {
      for (let word = token; word < after; word++) {
        if (tokens.quoted[word] !== 0) return failQuoted(tokens, word, field.expects, fault)
      }
    }
    at = field.read(tokens, token, origin, out, at, fault)
    if (at < 0) return -1
    token = after
  }
  if (token >= tokens.count) return at
  const given = quoteWord(tokens, token)
  return fail(fault, token, `needs ${needs}; ${given} is one word too many`)
}

function failQuoted(tokens: Tokens, token: number, expects: string, fault: RdataFault): -1 {
  const given = quoteWord(tokens, token)
  return fail(fault, token, `${given} stands in quotes where ${expects} is needed`)
}

function isGeneric({ text, count, start, end, quoted }: Tokens, from: number): boolean {
  return (
    from < count &&
    end[from] - start[from] === 2 &&
    text[start[from]] === BACKSLASH &&
    text[start[from] + 1] === HASH &&
    quoted[from] === 0
  )
}

/** RFC 3597 §5: `\#`, the length in octets, then "zero or more words of hexadecimal data". */
function readGeneric(
  type: number,
  tokens: Tokens,
  from: number,
  out: Uint8Array,
  fault: RdataFault,
): number {
  const { text, count, start, end } = tokens
  const lengthToken = from + 1
  if (lengthToken >= count) return fail(fault, count, 'needs its length in octets after \\#')
  const declared = readNumber(text, start[lengthToken], end[lengthToken], RDATA_OCTETS_MAX)
  if (declared < 0) {
    const given = quoteWord(tokens, lengthToken)
    return fail(fault, lengthToken, `length ${given} is not a number of 0–${RDATA_OCTETS_MAX}`)
  }
  const length = readHex(tokens, lengthToken + 1, count, out, 0)
  if (length < 0) {
    const state =
      length === ENCODING_FAULT.CUT_SHORT ? 'has half an octet' : 'is not all hexadecimal digits'
    return fail(fault, lengthToken + 1, `data after \\# ${state}`)
  }
  if (length !== declared) {
    return fail(fault, lengthToken, `declares ${declared} octets after \\# and has ${length}`)
  }
  if (validateRdata(type, out, 0, length)) return length
  return fail(fault, from, `octets after \\# do not fit ${rowOf(type)?.needs}`)
}
