/**
 * Weights as a schedule needs them: whole, in lowest terms, and with a sum that a cycle can have.
 */

import { assert } from '../base/assert.ts'

/** As many candidates as a lineup may have: more than any message holds. */
export const CANDIDATES_MAX = 256

/**
 * As many turns as a cycle may have. All that a configuration can say, 256 members of up to 1000
 * each, is below it and so exact; slow start and shedding multiply weights and may go beyond.
 */
export const CYCLE_MAX = 2 ** 18

/**
 * Weights with the same shares whose sum is at most CYCLE_MAX. 50, 30, 20 are 5, 3, 2, exactly.
 * Where even the lowest terms are too many they are scaled down, none below 1; then a share is off
 * by less than a thousandth of the whole: by at most 255 members that were raised to 1, of 2^18.
 */
export function inShortCycle(weights: readonly number[]): number[] {
  assert(weights.length >= 1 && weights.length <= CANDIDATES_MAX, 'a schedule has candidates')
  for (const weight of weights) assert(Number.isInteger(weight) && weight >= 1, 'a whole weight')
  const reduced = inLowestTerms(weights)
  const total = sumOf(reduced)
  if (total <= CYCLE_MAX) return reduced
  const room = CYCLE_MAX - weights.length
  return reduced.map((weight) => Math.max(1, Math.round((weight * room) / total)))
}

/** 50, 30, 20 are 5, 3, 2. */
export function inLowestTerms(weights: readonly number[]): number[] {
  const factor = weights.reduce(greatestCommonFactor)
  return weights.map((weight) => weight / factor)
}

export function greatestCommonFactor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonFactor(b, a % b)
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
