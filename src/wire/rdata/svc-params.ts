/**
 * The values of SVCB and HTTPS parameters, one entry per registered key (RFC 9460 §14.3.2). Each is
 * read from the octets of a character-string whose escapes are already resolved.
 */

import { readV4, readV6 } from '../../base/address-octets.ts'
import { printAddress } from '../../base/address.ts'
import { concat } from '../../base/octets.ts'
import { printBase64, readBase64 } from './encoding.ts'
import { readNumber, takeNumber } from './number.ts'
import { printText } from './text.ts'

export interface SvcParam {
  readonly name: string
  /** What the value must be, to stand after `needs`. */
  readonly expects: string
  /** The octets of the wire, or undefined if the value is not what it must be. */
  read(value: Uint8Array): Uint8Array | undefined
  isValid(octets: Uint8Array): boolean
  /** Prints valid octets; empty where the key stands alone. */
  print(octets: Uint8Array): string
}

export const SVC_KEY = { MANDATORY: 0, ALPN: 1, NO_DEFAULT_ALPN: 2 } as const

/** The parameter of a key; a key without an entry has octets of unknown meaning. */
export function svcParam(key: number): SvcParam {
  return PARAMS.get(key) ?? opaque(svcKeyName(key), 0)
}

/**
 * The value that a person wrote for a key. RFC 9460 §2.1: under the name `keyNNNNN` it is the
 * octets of the wire, even where the key has a name of its own and its value another form.
 */
export function readSvcValue(key: number, name: string, value: Uint8Array): Uint8Array | undefined {
  const param = svcParam(key)
  return name === param.name ? param.read(value) : validOr(param, value)
}

/** The name of a key, or `keyNNNNN`. */
export function svcKeyName(key: number): string {
  return PARAMS.get(key)?.name ?? `key${key}`
}

/** The number of a key's name or of `keyNNNNN` without leading zeros; undefined if neither. */
export function svcKeyNumber(name: string): number | undefined {
  const known = KEYS.get(name)
  if (known !== undefined) return known
  const digits = /^key(0|[1-9]\d{0,4})$/.exec(name)?.[1]
  return digits !== undefined && Number(digits) <= 0xffff ? Number(digits) : undefined
}

/** RFC 9460 §8: other keys that a client must understand, in ascending order. */
const mandatory: SvcParam = {
  name: 'mandatory',
  expects: 'a list of other keys, none of them twice',
  read(value) {
    const keys = splitList(value)?.map((item) => svcKeyNumber(decoder.decode(item)))
    if (!keys?.every((key) => key !== undefined)) return undefined
    keys.sort((a, b) => a - b)
    return validOr(mandatory, concat(keys.map((key) => Uint8Array.of(key >> 8, key & 0xff))))
  },
  isValid: (octets) =>
    octets.length >= 2 && octets.length % 2 === 0 && isAscending(mandatoryKeys(octets)),
  print: (octets) => mandatoryKeys(octets).map(svcKeyName).join(','),
}

/** The keys in a valid `mandatory` value. */
export function mandatoryKeys(octets: Uint8Array): number[] {
  return Array.from({ length: octets.length / 2 }, (_, i) => takeNumber(octets, i * 2, 2))
}

/** RFC 9460 §7.1: protocol names, each with a length octet, commas and backslashes escaped. */
const alpn: SvcParam = {
  name: 'alpn',
  expects: 'a list of protocol names of 1–255 octets',
  read(value) {
    const items = splitList(value)
    if (!items?.every(({ length }) => length >= 1 && length <= 255)) return undefined
    return concat(items.flatMap((item) => [Uint8Array.of(item.length), item]))
  },
  isValid: (octets) => alpnItems(octets) !== undefined,
  print(octets) {
    const list = (alpnItems(octets) ?? []).map(escapeItem)
    const joined = concat(
      list.flatMap((item, i) => (i > 0 ? [Uint8Array.of(COMMA), item] : [item])),
    )
    return printText(joined, 0, joined.length)
  },
}

const port: SvcParam = {
  name: 'port',
  expects: 'a number of 0–65535',
  read(value) {
    const number = readNumber(value, 0, value.length, 65_535)
    return number >= 0 ? Uint8Array.of(number >> 8, number & 0xff) : undefined
  },
  isValid: ({ length }) => length === 2,
  print: (octets) => String(takeNumber(octets, 0, 2)),
}

/** RFC 9460 §5.1: an ECHConfigList, which stays as it is. */
const ech: SvcParam = {
  name: 'ech',
  expects: 'an ECHConfigList in base64',
  read(value) {
    const octets = new Uint8Array(value.length)
    const word = {
      text: value,
      count: 1,
      start: Int32Array.of(0),
      end: Int32Array.of(value.length),
    }
    const length = readBase64({ ...word, quoted: new Uint8Array(1) }, 0, 1, octets, 0)
    return length > 0 ? octets.subarray(0, length) : undefined
  },
  isValid: ({ length }) => length > 0,
  print: (octets) => printBase64(octets, 0, octets.length),
}

const PARAMS: ReadonlyMap<number, SvcParam> = new Map([
  [SVC_KEY.MANDATORY, mandatory],
  [SVC_KEY.ALPN, alpn],
  [SVC_KEY.NO_DEFAULT_ALPN, flag('no-default-alpn')],
  [3, port],
  [4, hint('ipv4hint', 'IPv4 addresses', 4, readV4)],
  [5, ech],
  [6, hint('ipv6hint', 'IPv6 addresses', 16, readV6)],
  [7, opaque('dohpath', 1)], // RFC 9461 §5
  [8, flag('ohttp')], // RFC 9540 §4
])

const KEYS: ReadonlyMap<string, number> = new Map(
  Array.from(PARAMS, ([key, { name }]) => [name, key]),
)

const COMMA = 0x2c
const BACKSLASH = 0x5c
const decoder = new TextDecoder()

/** A key that stands alone. */
function flag(name: string): SvcParam {
  return {
    name,
    expects: 'no value',
    read: (value) => (value.length === 0 ? value : undefined),
    isValid: ({ length }) => length === 0,
    print: () => '',
  }
}

/** Octets written as a character-string. */
function opaque(name: string, octetsMin: number): SvcParam {
  return {
    name,
    expects: 'a value',
    read: (value) => (value.length >= octetsMin ? value : undefined),
    isValid: ({ length }) => length >= octetsMin,
    print: (octets) => (octets.length === 0 ? '' : printText(octets, 0, octets.length)),
  }
}

/** RFC 9460 §7.3: one address or more. */
function hint(name: string, noun: string, width: number, readOne: typeof readV4): SvcParam {
  return {
    name,
    expects: `a list of ${noun}`,
    read(value) {
      const items = splitList(value)
      if (!items) return undefined
      const octets = new Uint8Array(items.length * width)
      const isEach = items.every((item, i) => readOne(item, 0, item.length, octets, i * width))
      return isEach ? octets : undefined
    },
    isValid: ({ length }) => length > 0 && length % width === 0,
    print: (octets) =>
      Array.from({ length: octets.length / width }, (_, i) =>
        printAddress(octets.subarray(i * width, (i + 1) * width)),
      ).join(','),
  }
}

/**
 * RFC 9460 appendix A.1: items between commas, none of them empty; a backslash before a comma or a
 * backslash makes it part of the item. Undefined if the value is no such list.
 */
function splitList(value: Uint8Array): Uint8Array[] | undefined {
  const items: number[][] = [[]]
  for (let i = 0; i < value.length; i++) {
    if (value[i] === COMMA) {
      items.push([])
      continue
    }
    if (value[i] === BACKSLASH) {
      i++
      if (value[i] !== COMMA && value[i] !== BACKSLASH) return undefined
    }
    items.at(-1)?.push(value[i])
  }
  return items.every(({ length }) => length > 0)
    ? items.map((item) => Uint8Array.from(item))
    : undefined
}

function escapeItem(item: Uint8Array): Uint8Array {
  return Uint8Array.from(
    Array.from(item).flatMap((octet) =>
      octet === COMMA || octet === BACKSLASH ? [BACKSLASH, octet] : [octet],
    ),
  )
}

function alpnItems(octets: Uint8Array): Uint8Array[] | undefined {
  const items: Uint8Array[] = []
  for (let at = 0; at < octets.length; ) {
    const next = at + 1 + octets[at]
    if (octets[at] === 0 || next > octets.length) return undefined
    items.push(octets.subarray(at + 1, next))
    at = next
  }
  return items.length > 0 ? items : undefined
}

/** Each key above the one before, and none of them `mandatory` itself. */
function isAscending(keys: readonly number[]): boolean {
  return keys.every((key, i) => key > (i === 0 ? SVC_KEY.MANDATORY : keys[i - 1]))
}

function validOr(param: SvcParam, octets: Uint8Array): Uint8Array | undefined {
  return param.isValid(octets) ? octets : undefined
}
