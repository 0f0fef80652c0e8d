/** Dice as an argument: a function that returns a fraction in [0, 1). */
export type Random = () => number

/**
 * A small generator for dice on the query path (xorshift32, Marsaglia 2003): no allocation, and the
 * same seed rolls the same numbers. Not for secrets.
 */
export interface Dice {
  state: number
}

export function createDice(seed: number): Dice {
  return { state: seed | 0 || 0x9e3779b9 | 0 } // Zero would stay zero for ever.
}

/** Rolls a whole number in [0, sides); `sides` is at least 1. */
export function roll(dice: Dice, sides: number): number {
  let x = dice.state
  x ^= x << 13
  x ^= x >>> 17
  x ^= x << 5
  dice.state = x
  return (x >>> 0) % sides
}
