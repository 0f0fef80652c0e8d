/**
 * The parameters of SVCB and HTTPS records (RFC 9460 §2): `key`, `key=value` or `key="value"` in
 * any order; on the wire a 16-bit key, a 16-bit length and the value, keys strictly ascending.
 */

import { copyTo, fail, type Field, quoteWord } from './field.ts'
import { putNumber, takeNumber } from './number.ts'
import type { RdataFault, Tokens } from './rdata.ts'
import { mandatoryKeys, SVC_KEY, svcKeyName, svcKeyNumber, svcParam } from './svc-params.ts'
import { readText } from './text.ts'

export const svcParams: Field = {
  expects: 'parameters',
  words: 'any',
  isText: true,
  read(tokens, token, _origin, out, at, fault) {
    const params = readParams(tokens, token, fault)
    if (!params || !isConsistent(params, fault)) return -1
    for (const { key, octets } of params) {
      at = putNumber(out, at, 2, key)
      at = putNumber(out, at, 2, octets.length)
      at = copyTo(octets, 0, octets.length, out, at)
    }
    return at
  },
  measure(octets, at, end) {
    let keyBefore = -1
    while (at < end) {
      if (at + PARAM_HEADER > end) return -1
      const key = takeNumber(octets, at, 2)
      const next = at + PARAM_HEADER + takeNumber(octets, at + 2, 2)
      // RFC 9460 §2.2: "SvcParamKeys SHALL appear in increasing numeric order", none twice.
      if (key <= keyBefore || next > end) return -1
      if (!svcParam(key).isValid(octets.subarray(at + PARAM_HEADER, next))) return -1
      keyBefore = key
      at = next
    }
    return at
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
  /** Where its key stood, for messages. */
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
const QUOTE = 0x22

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
  const key = svcKeyNumber(name)
  if (key === undefined) {
    fail(fault, token, `parameter ${quoteWord(tokens, token)} has neither a known key nor keyNNNNN`)
    return undefined
  }
  const param = svcParam(key)
  const value = new Uint8Array(valueStart < 0 ? 0 : valueEnd - valueStart)
  const length = valueStart < 0 ? 0 : readText(tokens.text, valueStart, valueEnd, value, 0)
  const octets = length < 0 ? undefined : param.read(value.subarray(0, length))
  if (octets && octets.length <= VALUE_OCTETS_MAX) return { key, octets, token }
  fail(fault, token, `parameter ${param.name} needs ${param.expects}`)
  return undefined
}

/**
 * RFC 9460 §2.1 lets quotes stand around the value alone. Whether a lexer then hands over one word
 * with its quotes inside, or two that touch, the parameter is the same.
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
  const isQuoted =
    valueEnd - valueStart >= 2 && text[valueStart] === QUOTE && text[valueEnd - 1] === QUOTE
  return isQuoted
    ? { keyEnd, valueStart: valueStart + 1, valueEnd: valueEnd - 1, next }
    : { keyEnd, valueStart, valueEnd, next }
}

/** RFC 9460 §8 and §7.1.1: what one parameter says of the others must be so. */
function isConsistent(params: readonly Param[], fault: RdataFault): boolean {
  const has = (wanted: number) => params.some(({ key }) => key === wanted)
  const mandatory = params.find(({ key }) => key === SVC_KEY.MANDATORY)
  const missing = mandatory && mandatoryKeys(mandatory.octets).find((key) => !has(key))
  if (mandatory && missing !== undefined) {
    fail(fault, mandatory.token, `parameter ${svcKeyName(missing)} is mandatory and missing`)
    return false
  }
  const bare = params.find(({ key }) => key === SVC_KEY.NO_DEFAULT_ALPN)
  if (bare && !has(SVC_KEY.ALPN)) {
    fail(fault, bare.token, 'parameter no-default-alpn needs parameter alpn beside it')
    return false
  }
  return true
}

function indexOf(text: Uint8Array, octet: number, start: number, end: number): number {
  for (let i = start; i < end; i++) if (text[i] === octet) return i
  return -1
}
