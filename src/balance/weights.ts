/**
 * Weights as a schedule needs them: whole, in lowest terms, and with a sum that a cycle can have.
 */

import { assert } from '../base/assert.ts'

/** As many candidates as a lineup may have: more than any message holds. */
export const CANDIDATES_MAX = 256

/**
 * A cycle has at most so many turns for each candidate. What a configuration can say, weights of up
 * to 1000, is below it and so exact; slow start and shedding multiply weights and may go beyond.
 */
const TURNS_EACH = 1024

/**
 * Weights with the same shares whose sum is at most 1024 for each of them. 50, 30, 20 are 5, 3, 2,
 * exactly. Where even the lowest terms are too many they are scaled down, none below 1; then no
 * share is off by a thousandth of the whole, even if all but one had to be raised to 1.
 */
export function inShortCycle(weights: readonly number[]): number[] {
  assert(weights.length >= 1 && weights.length <= CANDIDATES_MAX, 'a schedule has candidates')
  for (const weight of weights) assert(Number.isInteger(weight) && weight >= 1, 'a whole weight')
  const reduced = inLowestTerms(weights)
  const total = sumOf(reduced)
  const most = weights.length * TURNS_EACH
  if (total <= most) return reduced
  const room = most - weights.length
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
