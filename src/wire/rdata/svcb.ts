/**
 * The parameters of SVCB and HTTPS records (RFC 9460 §2): `key`, `key=value` or `key="value"` in
 * any order; on the wire a 16-bit key, a 16-bit length and the value, keys strictly ascending.
 */

import { copyTo, fail, type Field, quoteWord } from './field.ts'
import { putNumber, takeNumber } from './number.ts'
import type { RdataFault, Tokens } from './rdata.ts'
import {
  mandatoryKeys,
  readSvcValue,
  SVC_KEY,
  svcKeyName,
  svcKeyNumber,
  svcParam,
} from './svc-params.ts'
import { readText } from './text.ts'

export const svcParams: Field = {
  expects: 'parameters',
  words: 'any',
  isText: true,
  read(tokens, token, _origin, out, at, fault) {
    const params = readParams(tokens, token, fault)
    if (!params) return -1
    const wrong = findInconsistency(params)
    if (wrong) return fail(fault, wrong.param.token, wrong.message)
    for (const { key, octets } of params) {
      at = putNumber(out, at, 2, key)
      at = putNumber(out, at, 2, octets.length)
      at = copyTo(octets, 0, octets.length, out, at)
    }
    return at
  },
  measure(octets, at, end) {
    const params: Param[] = []
    let keyBefore = -1
    while (at < end) {
      if (at + PARAM_HEADER > end) return -1
      const key = takeNumber(octets, at, 2)
      const next = at + PARAM_HEADER + takeNumber(octets, at + 2, 2)
      // RFC 9460 §2.2: "SvcParamKeys SHALL appear in increasing numeric order", none twice.
      if (key <= keyBefore || next > end) return -1
      const value = octets.subarray(at + PARAM_HEADER, next)
      if (!svcParam(key).isValid(value)) return -1
      params.push({ key, octets: value, token: -1 })
      keyBefore = key
      at = next
    }
    return findInconsistency(params) ? -1 : at
  },
  print(octets, at, end) {
    const printed: string[] = []
    while (at < end) {
      const next = at + PARAM_HEADER + takeNumber(octets, at + 2, 2)
      const { name, print } = svcParam(takeNumber(octets, at, 2))
      const value = print(octets.subarray(at + PARAM_HEADER, next))
      printed.push(value === '' ? name : `${name}=${value}`)
      at = next
    }
    return printed.join(' ')
  },
}

interface Param {
  readonly key: number
  readonly octets: Uint8Array
  /** Where its key stood, for messages; -1 on the wire. */
  readonly token: number
}

/** Where in the text a parameter's key and value stand; `valueStart` is -1 without `=`. */
interface Span {
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
  /** The word after it. */
  readonly next: number
}

const PARAM_HEADER = 4
const VALUE_OCTETS_MAX = 65_535
const EQUALS = 0x3d

const decoder = new TextDecoder()

/** All parameters, sorted by key; undefined with `fault` filled if one is not as it must be. */
function readParams(tokens: Tokens, first: number, fault: RdataFault): Param[] | undefined {
  const params: Param[] = []
  for (let token = first; token < tokens.count; ) {
    const span = spanOf(tokens, token)
    const param = readParam(tokens, token, span, fault)
    if (!param) return undefined
    if (params.some(({ key }) => key === param.key)) {
      fail(fault, token, `parameter ${svcKeyName(param.key)} is given twice`)
      return undefined
    }
    params.push(param)
    token = span.next
  }
  return params.sort((a, b) => a.key - b.key)
}

function readParam(
  tokens: Tokens,
  token: number,
  { keyEnd, valueStart, valueEnd }: Span,
  fault: RdataFault,
): Param | undefined {
  const name = decoder.decode(tokens.text.subarray(tokens.start[token], keyEnd))
  const key = tokens.quoted[token] === 0 ? svcKeyNumber(name) : undefined
  if (key === undefined) {
    fail(fault, token, `parameter ${quoteWord(tokens, token)} has neither a known key nor keyNNNNN`)
    return undefined
  }
  const value = new Uint8Array(valueStart < 0 ? 0 : valueEnd - valueStart)
  const length = valueStart < 0 ? 0 : readText(tokens.text, valueStart, valueEnd, value, 0)
  const octets = length < 0 ? undefined : readSvcValue(key, name, value.subarray(0, length))
  if (octets && octets.length <= VALUE_OCTETS_MAX) return { key, octets, token }
  fail(fault, token, `parameter ${name} needs ${svcParam(key).expects}`)
  return undefined
}

/**
 * RFC 9460 §2.1 lets quotes stand around the value alone. A quote ends the word before it, so such
 * a parameter comes as two words that touch: `alpn=` and what stood in the quotes.
 */
function spanOf({ text, count, start, end, quoted }: Tokens, token: number): Span {
  const keyEnd = indexOf(text, EQUALS, start[token], end[token])
  const next = token + 1
  if (keyEnd < 0) return { keyEnd: end[token], valueStart: -1, valueEnd: -1, next }
  const valueStart = keyEnd + 1
  const valueEnd = end[token]
  const follows = next < count && quoted[next] !== 0 && start[next] === valueEnd + 1
  if (valueStart === valueEnd && follows) {
    return { keyEnd, valueStart: start[next], valueEnd: end[next], next: next + 1 }
  }
  return { keyEnd, valueStart, valueEnd, next }
}

/**
 * RFC 9460 §2.4.3, §8 and §7.1.1: what one parameter says of the others must be so. Returns the one
 * that is wrong and why.
 */
function findInconsistency(
  params: readonly Param[],
): { param: Param; message: string } | undefined {
  const has = (wanted: number) => params.some(({ key }) => key === wanted)
  for (const param of params) {
    if (param.key === SVC_KEY.MANDATORY) {
      const missing = mandatoryKeys(param.octets).find((key) => !has(key))
      if (missing === undefined) continue
      return { param, message: `parameter ${svcKeyName(missing)} is mandatory and missing` }
    }
    if (param.key === SVC_KEY.NO_DEFAULT_ALPN && !has(SVC_KEY.ALPN)) {
      return { param, message: 'parameter no-default-alpn needs parameter alpn beside it' }
    }
  }
  return undefined
}

function indexOf(text: Uint8Array, octet: number, start: number, end: number): number {
  for (let i = start; i < end; i++) if (text[i] === octet) return i
  return -1
}
