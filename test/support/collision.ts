/** Names that a table by hash cannot tell apart without comparing them. */

import { createPath, setPath } from '../../src/wire/name-path.ts'

import { nameOf } from './request.ts'

/** With 32 bits of hash, two of 80,000 names collide as likely as not; of a million, surely. */
const TRIES_MAX = 1_000_000

/** Two different names below `parent` with the same hash. The same ones each time. */
export function collidingNames(parent: string): [string, string] {
  const path = createPath()
  const seen = new Map<number, string>()
  for (let number = 0; number < TRIES_MAX; number++) {
    // Multiplying spreads the numbers, so that labels differ in more than their last letter.
    const name = `${(Math.imul(number, 0x9e3779b1) >>> 0).toString(36)}.${parent}`
    const octets = nameOf(name)
    setPath(path, octets, 0, octets.length)
    const hash = path.hashes[path.depth]!
    const other = seen.get(hash)
    if (other !== undefined) return [other, name]
    seen.set(hash, name)
  }
  throw new Error(`no two of ${TRIES_MAX} names have the same hash`)
}
