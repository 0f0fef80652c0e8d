/**
 * Domain names as octets (RFC 1035 §3.1): labels, each with its length before it, ending in the
 * root's zero octet. Inside Rota a name is always octets; text is for people and files. A label may
 * hold any octet; in text, what would not print is `\DDD` (RFC 1035 §5.1).
 */

export const NAME_OCTETS_MAX = 255
export const LABEL_OCTETS_MAX = 63

/** Maps each octet to its lower case: names compare without case (RFC 4343), ASCII letters only. */
export const FOLD = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet,
)

export const ROOT = Uint8Array.of(0)

const BACKSLASH = 0x5c
const DOT = 0x2e
const AT = 0x40

/** What `readName` returns when the text is no name: negative, so that it is never a length. */
export const NAME_FAULT = {
  EMPTY_LABEL: -1,
  LABEL_TOO_LONG: -2,
  NAME_TOO_LONG: -3,
  BAD_ESCAPE: -4,
  NO_ORIGIN: -5,
} as const

const FAULT_WORDS: Record<number, string> = {
  [NAME_FAULT.EMPTY_LABEL]: 'has an empty label',
  [NAME_FAULT.LABEL_TOO_LONG]: `has a label of more than ${LABEL_OCTETS_MAX} octets`,
  [NAME_FAULT.NAME_TOO_LONG]: `is longer than ${NAME_OCTETS_MAX} octets`,
  [NAME_FAULT.BAD_ESCAPE]:
    'has an escape that is neither \\DDD (000 to 255) nor \\ and a character',
  [NAME_FAULT.NO_ORIGIN]: 'is relative, and there is no origin to complete it',
}

/** The words for a fault, to stand after the name: `"a..b" has an empty label`. */
export function nameFault(fault: number): string {
  return FAULT_WORDS[fault] ?? 'is not a name'
}

/**
 * Reads the name at text[start..end) and writes its octets to `out` from `at`. `@` is the origin
 * and a name without a final dot is completed by it; an empty origin (length 0) completes nothing.
 * Case is kept. Returns the number of octets written, or a NAME_FAULT. Allocates nothing.
 */
export function readName(
  text: Uint8Array,
  start: number,
  end: number,
  origin: Uint8Array,
  out: Uint8Array,
  at: number,
): number {
  if (start === end) return NAME_FAULT.EMPTY_LABEL
  if (end - start === 1) {
    if (text[start] === AT) return appendOrigin(origin, out, at, at)
    if (text[start] === DOT) {
      out[at] = 0
      return 1
    }
  }
  const limit = at + NAME_OCTETS_MAX - 1 // Keeps a place for the root's octet.
  let length = at // Where the length octet of the current label goes.
  let to = at + 1
  for (let from = start; from < end; from++) {
    let octet = text[from]
    if (octet === DOT) {
      if (to === length + 1) return NAME_FAULT.EMPTY_LABEL
      out[length] = to - length - 1
      length = to++
      continue
    }
    if (octet === BACKSLASH) {
      octet = readEscape(text, from + 1, end)
      if (octet < 0) return NAME_FAULT.BAD_ESCAPE
      from += isDigit(text[from + 1]) ? 3 : 1
    }
    if (to - length > LABEL_OCTETS_MAX) return NAME_FAULT.LABEL_TOO_LONG
    if (to >= limit) return NAME_FAULT.NAME_TOO_LONG
    out[to++] = octet
  }
  if (to === length + 1) {
    out[length] = 0 // The text ended in a dot: the name is absolute.
    return length + 1 - at
  }
  out[length] = to - length - 1
  return appendOrigin(origin, out, at, to)
}

/** Reads a name from a string: octets, or a NAME_FAULT. Without an origin it must be absolute. */
export function parseName(text: string, origin: Uint8Array = NO_ORIGIN): Uint8Array | number {
  const octets = encoder.encode(text)
  const out = new Uint8Array(NAME_OCTETS_MAX + 1)
  const length = readName(octets, 0, octets.length, origin, out, 0)
  return length < 0 ? length : out.slice(0, length)
}

/** Prints a name with escapes and a final dot. `octets[offset]` is the first label's length. */
export function printName(octets: Uint8Array, offset = 0): string {
  if (octets[offset] === 0) return '.'
  let text = ''
  for (let at = offset; octets[at] !== 0; at += octets[at] + 1) {
    for (let i = at + 1; i <= at + octets[at]; i++) text += printNameOctet(octets[i])
    text += '.'
  }
  return text
}

/** How many octets the uncompressed name at `offset` takes, its root octet included. */
export function nameLength(octets: Uint8Array, offset = 0): number {
  let at = offset
  while (octets[at] !== 0) at += octets[at] + 1
  return at + 1 - offset
}

/** The same name in lower case; length octets are below any letter, so folding all is right. */
export function foldName(name: Uint8Array): Uint8Array {
  return name.map((octet) => FOLD[octet])
}

/** Whether two uncompressed names are the same, without case. */
export function isSameName(
  a: Uint8Array,
  aOffset: number,
  b: Uint8Array,
  bOffset: number,
): boolean {
  const length = nameLength(a, aOffset)
  for (let i = 0; i < length; i++) {
    if (FOLD[a[aOffset + i]] !== FOLD[b[bOffset + i]]) return false
  }
  return true
}

/** Whether `name` is `apex` or below it, without case. */
export function isWithin(name: Uint8Array, apex: Uint8Array): boolean {
  const surplus = name.length - apex.length
  let at = 0
  while (at < surplus) at += name[at] + 1
  return at === surplus && isSameName(name, at, apex, 0)
}

const NO_ORIGIN = new Uint8Array(0)
const encoder = new TextEncoder()

function appendOrigin(origin: Uint8Array, out: Uint8Array, at: number, to: number): number {
  if (origin.length === 0) return NAME_FAULT.NO_ORIGIN
  const length = to - at + origin.length
  if (length > NAME_OCTETS_MAX) return NAME_FAULT.NAME_TOO_LONG
  for (let i = 0; i < origin.length; i++) out[to + i] = origin[i]
  return length
}

/** The octet that the escape after a backslash stands for, or -1. `from` is after the backslash. */
export function readEscape(text: Uint8Array, from: number, end: number): number {
  if (from >= end) return -1
  if (!isDigit(text[from])) return text[from]
  if (from + 2 >= end || !isDigit(text[from + 1]) || !isDigit(text[from + 2])) return -1
  const octet = (text[from] - 48) * 100 + (text[from + 1] - 48) * 10 + (text[from + 2] - 48)
  return octet <= 255 ? octet : -1
}

export function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39
}

/** Characters that mean something in a master file, and so are escaped when a name is printed. */
const SPECIAL = new Set(Array.from('.\\"();@$', (character) => character.charCodeAt(0)))

function printNameOctet(octet: number): string {
  if (SPECIAL.has(octet)) return `\\${String.fromCharCode(octet)}`
  if (octet > 0x20 && octet < 0x7f) return String.fromCharCode(octet)
  return `\\${String(octet).padStart(3, '0')}`
}
