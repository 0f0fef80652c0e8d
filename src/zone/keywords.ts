/**
 * The words of an entry that are not data: its class and its type. A zone repeats few of them a
 * million times, so they are recognised by their octets, without making a string.
 */

import { FOLD } from '../wire/name.ts'
import { CLASS, TYPE, typeNumber } from '../wire/registry.ts'

/** The word is no keyword of the kind that was asked for. */
export const NO_KEYWORD = -1

const CLASSES: Readonly<Record<string, number>> = {
  ...CLASS,
  CS: 2,
  CSNET: 2,
  CHAOS: CLASS.CH,
  HESIOD: CLASS.HS,
}

/** The number of the type at text[start..end), in any case or as TYPEnnn; else NO_KEYWORD. */
export function readType(text: Uint8Array, start: number, end: number): number {
  const key = packLetters(text, start, end)
  if (key === NO_KEY) return typeNumber(wordAt(text, start, end)) ?? NO_KEYWORD
  for (let slot = slotOf(key); packed.keys[slot] !== NO_KEY; slot = (slot + 1) % SLOTS) {
    if (packed.keys[slot] === key) return packed.types[slot]
  }
  return NO_KEYWORD
}

/** The number of the class at text[start..end), in any case or as CLASSnnn; else NO_KEYWORD. */
export function readClass(text: Uint8Array, start: number, end: number): number {
  if (end - start === 2 && FOLD[text[start]] === 0x69 /* i */ && FOLD[text[start + 1]] === 0x6e) {
    return CLASS.IN
  }
  const word = wordAt(text, start, end).toUpperCase()
  const number = Object.hasOwn(CLASSES, word) ? CLASSES[word] : undefined
  if (number !== undefined) return number
  const digits = /^CLASS(\d{1,5})$/.exec(word)?.[1]
  return digits !== undefined && Number(digits) <= 0xffff ? Number(digits) : NO_KEYWORD
}

/** Whether a type is for questions and transport alone, and never in a zone (RFC 6895 §3.1). */
export function isMetaType(type: number): boolean {
  return type === 0 || type === TYPE.OPT || (type >= 128 && type <= 255)
}

/** The mnemonics that a zone may use, for "did you mean". */
export function zoneTypeNames(): string[] {
  return Object.entries(TYPE)
    .filter(([, type]) => !isMetaType(type))
    .map(([name]) => name)
}

/** A word as text, for messages and rare keywords. Octets outside ASCII are of no keyword. */
export function wordAt(text: Uint8Array, start: number, end: number): string {
  return decoder.decode(text.subarray(start, end))
}

const decoder = new TextDecoder()

/** Five bits a letter: six letters fit in a small integer, and the empty word is no key. */
const KEY_LETTERS_MAX = 6
const NO_KEY = 0

function packLetters(text: Uint8Array, start: number, end: number): number {
  if (end - start > KEY_LETTERS_MAX) return NO_KEY
  let key = 0
  for (let at = start; at < end; at++) {
    const letter = FOLD[text[at]] - 0x60
    if (letter < 1 || letter > 26) return NO_KEY
    key = (key << 5) | letter
  }
  return key
}

/** A power of two several times the number of types, so that most are found at first sight. */
const SLOTS = 256
const packed = packTypes()

function slotOf(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> 24
}

function packTypes(): { keys: Int32Array; types: Uint16Array } {
  const keys = new Int32Array(SLOTS)
  const types = new Uint16Array(SLOTS)
  for (const [name, type] of Object.entries(TYPE)) {
    const octets = new TextEncoder().encode(name)
    const key = packLetters(octets, 0, octets.length)
    if (key === NO_KEY) continue
    let slot = slotOf(key)
    while (keys[slot] !== NO_KEY) slot = (slot + 1) % SLOTS
    keys[slot] = key
    types[slot] = type
  }
  return { keys, types }
}
