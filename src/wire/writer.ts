/**
 * Writes a response into octets that somebody else owns. A writer never goes past its limit: a
 * `put` that does not fit writes nothing that counts and says so, and the caller decides what that
 * means (truncation, or one record less).
 *
 * Names are compressed against every name written before them (RFC 1035 §4.1.4), and only against
 * offsets that a pointer can hold.
 */

import { FOLD } from './name.ts'

export interface Writer {
  out: Uint8Array
  at: number
  /** Nothing is written at or past this offset. */
  limit: number
  /** Where labels start that a pointer may point at; the question's are entered first. */
  readonly labels: Uint16Array
  labelCount: number
}

/** Enough for the names of any referral; names past it are written out, which is legal too. */
const LABELS_MAX = 96
const POINTER_MAX = 0x3fff

export function createWriter(): Writer {
  return {
    out: new Uint8Array(0),
    at: 0,
    limit: 0,
    labels: new Uint16Array(LABELS_MAX),
    labelCount: 0,
  }
}

/** Starts a message whose question's name stands uncompressed at `questionAt`. */
export function startWriter(writer: Writer, out: Uint8Array, at: number, limit: number): void {
  writer.out = out
  writer.at = at
  writer.limit = limit
  writer.labelCount = 0
}

/** Makes the labels of an uncompressed name in the message available to pointers. */
export function enterName(writer: Writer, offset: number): void {
  const { out } = writer
  for (let at = offset; out[at] !== 0; at += out[at] + 1) enterLabel(writer, at)
}

export function putU16(writer: Writer, value: number): void {
  writer.out[writer.at++] = value >>> 8
  writer.out[writer.at++] = value & 0xff
}

export function putU32(writer: Writer, value: number): void {
  putU16(writer, value >>> 16)
  putU16(writer, value & 0xffff)
}

/** Copies source[from..from + length). The caller has seen that it fits. */
export function putOctets(writer: Writer, source: Uint8Array, from: number, length: number): void {
  const { out, at } = writer
  for (let i = 0; i < length; i++) out[at + i] = source[from + i]
  writer.at = at + length
}

export function hasRoom(writer: Writer, length: number): boolean {
  return writer.at + length <= writer.limit
}

/** Writes the uncompressed name at source[offset], compressed; false if it does not fit. */
export function putName(writer: Writer, source: Uint8Array, offset: number): boolean {
  // A name's own labels are no end of it, and what follows them is not written yet: where they were
  // compared, octets of an earlier message would be.
  const known = writer.labelCount
  let from = offset
  while (source[from] !== 0) {
    const pointer = findSuffix(writer, known, source, from)
    if (pointer > 0) {
      if (!hasRoom(writer, 2)) return false
      putU16(writer, 0xc000 | pointer)
      return true
    }
    const size = source[from] + 1
    if (!hasRoom(writer, size)) return false
    enterLabel(writer, writer.at)
    putOctets(writer, source, from, size)
    from += size
  }
  if (!hasRoom(writer, 1)) return false
  writer.out[writer.at++] = 0
  return true
}

/** Takes back what was written since `at`: its labels may not be pointed at. */
export function rewind(writer: Writer, at: number): void {
  writer.at = at
  while (writer.labelCount > 0 && writer.labels[writer.labelCount - 1] >= at) writer.labelCount--
}

function enterLabel(writer: Writer, at: number): void {
  if (at <= POINTER_MAX && writer.labelCount < LABELS_MAX) writer.labels[writer.labelCount++] = at
}

/** Where one of the first `known` names is that is the same as the one at source[from], or 0. */
function findSuffix(writer: Writer, known: number, source: Uint8Array, from: number): number {
  for (let i = 0; i < known; i++) {
    if (isSameInMessage(writer.out, writer.labels[i], source, from)) return writer.labels[i]
  }
  return 0
}

/** Compares a name in the message, pointers and all, with an uncompressed one. */
export function isSameInMessage(
  out: Uint8Array,
  offset: number,
  source: Uint8Array,
  from: number,
): boolean {
  let at = offset
  let other = from
  for (;;) {
    // We wrote every pointer, each to an earlier offset, so this ends.
    while (out[at] >= 0xc0) at = ((out[at] & 0x3f) << 8) | out[at + 1]
    const size = out[at]
    if (size !== source[other]) return false
    if (size === 0) return true
    for (let i = 1; i <= size; i++) if (FOLD[out[at + i]] !== FOLD[source[other + i]]) return false
    at += size + 1
    other += size + 1
  }
}
