/**
 * Weighted rendezvous: every member has a score for every client, drawn from their hashes alone,
 * and the least score wins. A member that goes away leaves the scores of all others as they are, so
 * only its own clients move; one that comes takes from each of the others just its share.
 */

import { mix } from '../base/mix.ts'

/** A member's part of its scores; of the name, so that addresses and order may change. */
export function hashOfName(name: string): number {
  let hash = 0x811c9dc5 | 0
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) // FNV-1a, on UTF-16 units.
  }
  return mix(hash)
}

/**
 * The score of a member for a client, both as hashes: a sample of the exponential distribution
 * whose rate is the weight. The least of such samples is a member's with probability weight / sum
 * of weights, which is what makes the shares right.
 */
export function scoreOf(clientHash: number, memberHash: number, weight: number): number {
  const fraction = ((mix(clientHash ^ memberHash) >>> 0) + 0.5) / 2 ** 32
  return -Math.log(fraction) / weight
}
