/**
 * Spreads every bit of a word over all others (the finaliser of MurmurHash3, by Austin Appleby).
 */
export function mix(value: number): number {
  let x = value
  x ^= x >>> 16
  x = Math.imul(x, 0x85ebca6b)
  x ^= x >>> 13
  x = Math.imul(x, 0xc2b2ae35)
  return x ^ (x >>> 16)
}
