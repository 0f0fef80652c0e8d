/**
 * Messages in a stream: each with two octets of length before it (RFC 1035 §4.2.2), in chunks cut
 * anywhere. A message that lies whole in a chunk is handed on without a copy.
 *
 * Always true: a framer holds at most one unfinished message; it has room for no more than twice
 * what arrived of it, so a length that is announced and never sent costs nothing; and each octet is
 * copied a bounded number of times, however small the chunks are.
 */

import { assert } from '../base/assert.ts'

/** What two octets of length can say. */
export const FRAME_OCTETS_MAX = 65_535

const PREFIX = 2
const ROOM_MIN = 512

export interface Framer {
  /** Messages longer than this break the stream. */
  readonly octetsMax: number
  /** The unfinished frame, its prefix included. */
  pending: Uint8Array
  length: number
  /** A message was too long, so the octets after it mean nothing. */
  isBroken: boolean
}

/** A framer for one stream that takes messages of at most `octetsMax` octets (up to 65535). */
export function createFramer(octetsMax: number = FRAME_OCTETS_MAX): Framer {
  assert(octetsMax >= 1 && octetsMax <= FRAME_OCTETS_MAX, 'a frame holds 1–65535 octets')
  return { octetsMax, pending: NOTHING, length: 0, isBroken: false }
}

/** Whether part of a message has arrived and its rest has not. */
export function isMidFrame({ length }: Framer): boolean {
  return length > 0
}

/**
 * Takes the next chunk of the stream and hands each message that it completes to `take`, in order.
 * A message is only valid until `take` returns, unless copied: it may lie in the chunk. Returns
 * false once a message is longer than `octetsMax`; then the stream is beyond repair.
 */
export function feedFramer(
  framer: Framer,
  chunk: Uint8Array,
  take: (message: Uint8Array) => void,
): boolean {
  let at = 0
  while (at < chunk.length && !framer.isBroken) {
    at = framer.length === 0 ? takeWhole(framer, chunk, at, take) : at
    if (at < chunk.length && !framer.isBroken) at = takePart(framer, chunk, at, take)
  }
  return !framer.isBroken
}

/** A message as it goes into a stream. */
export function frameMessage(message: Uint8Array): Uint8Array {
  assert(message.length <= FRAME_OCTETS_MAX, 'a message fits the length before it')
  const frame = new Uint8Array(PREFIX + message.length)
  frame[0] = message.length >> 8
  frame[1] = message.length & 0xff
  frame.set(message, PREFIX)
  return frame
}

const NOTHING = new Uint8Array(0)

/** Hands on the messages that lie whole in the chunk from `at`; returns where the rest starts. */
function takeWhole(
  framer: Framer,
  chunk: Uint8Array,
  at: number,
  take: (message: Uint8Array) => void,
): number {
  while (at + PREFIX <= chunk.length) {
    const end = at + PREFIX + lengthAt(chunk, at)
    if (!isAllowed(framer, end - at - PREFIX) || end > chunk.length) return at
    take(chunk.subarray(at + PREFIX, end))
    at = end
  }
  return at
}

/** Adds what the unfinished frame still needs from the chunk; returns where the rest starts. */
function takePart(
  framer: Framer,
  chunk: Uint8Array,
  at: number,
  take: (message: Uint8Array) => void,
): number {
  const needed = neededOctets(framer) - framer.length
  const end = Math.min(chunk.length, at + needed)
  append(framer, chunk.subarray(at, end))
  if (framer.length < PREFIX || !isAllowed(framer, lengthAt(framer.pending, 0))) return end
  const frameEnd = neededOctets(framer)
  if (framer.length === frameEnd) {
    const message = framer.pending.subarray(PREFIX, frameEnd)
    framer.pending = NOTHING
    framer.length = 0
    take(message)
  }
  return end
}

/** How long the unfinished frame must become for the next step: its prefix, then all of it. */
function neededOctets({ pending, length }: Framer): number {
  return length < PREFIX ? PREFIX : PREFIX + lengthAt(pending, 0)
}

function append(framer: Framer, part: Uint8Array): void {
  const length = framer.length + part.length
  if (length > framer.pending.length) {
    const room = new Uint8Array(Math.max(ROOM_MIN, length * 2))
    room.set(framer.pending.subarray(0, framer.length))
    framer.pending = room
  }
  framer.pending.set(part, framer.length)
  framer.length = length
}

function isAllowed(framer: Framer, length: number): boolean {
  framer.isBroken ||= length > framer.octetsMax
  return !framer.isBroken
}

function lengthAt(octets: Uint8Array, at: number): number {
  return octets[at] * 256 + octets[at + 1]
}
