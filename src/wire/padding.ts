/** Pads answers, so that their sizes do not tell who listens in what was asked (RFC 7830). */

import { FRAME_OCTETS_MAX } from './frame.ts'
import { OPTION } from './registry.ts'

/** RFC 8467 §4.1: answers are as long as a multiple of this. */
export const PADDING_BLOCK = 468

const OPTION_HEADER_SIZE = 4

/**
 * Adds padding to the message in out[0..length), whose last record is the OPT at `optAt`, and
 * returns the length that it has then. `out` must hold FRAME_OCTETS_MAX octets.
 */
export function padMessage(out: Uint8Array, length: number, optAt: number): number {
  const least = length + OPTION_HEADER_SIZE
  if (least > FRAME_OCTETS_MAX) return length
  const blocks = Math.ceil(least / PADDING_BLOCK)
  const padded = Math.min(blocks * PADDING_BLOCK, FRAME_OCTETS_MAX)
  const options = out[optAt + 9] * 256 + out[optAt + 10] + padded - length
  out[optAt + 9] = options >>> 8
  out[optAt + 10] = options & 0xff
  out[length] = 0
  out[length + 1] = OPTION.PADDING
  out[length + 2] = (padded - least) >>> 8
  out[length + 3] = (padded - least) & 0xff
  out.fill(0, least, padded)
  return padded
}
