/**
 * Spoils octets as networks, bugs and attackers do: a few bits, octets that mean something in DNS,
 * pieces left out, put in twice, or taken from another message. The same dice spoil the same way.
 */

import { type Dice, roll } from '../../src/base/random.ts'

/** Lengths, pointers, counts and limits: octets that a parser stumbles over. */
const TELLING = [0x00, 0x01, 0x02, 0x0c, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xff]

/** A copy of one of the messages, spoilt in one to four ways. */
export function spoil(dice: Dice, messages: readonly Uint8Array[]): Uint8Array {
  let octets = [...messages[roll(dice, messages.length)]!]
  for (let left = 1 + roll(dice, 4); left > 0; left--) octets = spoilOnce(dice, octets, messages)
  return Uint8Array.from(octets)
}

function spoilOnce(dice: Dice, octets: number[], messages: readonly Uint8Array[]): number[] {
  if (octets.length === 0) return [...messages[0]!]
  const at = roll(dice, octets.length)
  const size = roll(dice, Math.min(16, octets.length - at) + 1)
  switch (roll(dice, 8)) {
    case 0:
      return octets.with(at, octets[at]! ^ (1 << roll(dice, 8)))
    case 1:
      return octets.with(at, TELLING[roll(dice, TELLING.length)]!)
    case 2:
      return octets.with(at, roll(dice, 256))
    case 3:
      return octets.slice(0, at)
    case 4:
      return octets.toSpliced(at, size)
    case 5:
      return octets.toSpliced(at, 0, ...octets.slice(at, at + size))
    case 6:
      return octets.toSpliced(at, 0, ...Array.from({ length: size }, () => roll(dice, 256)))
    default: {
      const other = messages[roll(dice, messages.length)]!
      return [...octets.slice(0, at), ...other.subarray(roll(dice, other.length))]
    }
  }
}
