/** Effective weights: what is configured, times what a member has earned, keeps and asks for. */

import type { Standing } from './standing.ts'

/** Factors make odd numbers; shares to a thousandth are exact enough, and cycles stay short. */
export const FACTORED_MAX = 1_000

/** What goes into one member's weight: its weight from 1, and parts per million of it. */
export interface Weighing {
  readonly weight: number
  readonly millionths: number
}

/** The part of its weight that a member carries as it stands in one family. */
export function millionthsOf({ earnedPercent, keptPercent, wantedPercent }: Standing): number {
  return earnedPercent * keptPercent * wantedPercent
}

const WHOLE = 1_000_000

/** Whole numbers from 1 in these proportions: as configured while all carry their whole weight. */
export function effectiveWeights(weighings: readonly Weighing[]): number[] {
  if (weighings.every(({ millionths }) => millionths === WHOLE)) {
    return weighings.map(({ weight }) => weight)
  }
  const reduced = withoutCommonFactor(
    weighings.map(({ weight, millionths }) => Math.max(1, Math.round(weight * millionths))),
  )
  const greatest = Math.max(...reduced)
  if (greatest <= FACTORED_MAX) return reduced
  return withoutCommonFactor(
    reduced.map((weight) => Math.max(1, Math.round((weight * FACTORED_MAX) / greatest))),
  )
}

function withoutCommonFactor(weights: readonly number[]): number[] {
  const factor = weights.reduce(greatestCommonFactor, 0)
  return weights.map((weight) => weight / factor)
}

function greatestCommonFactor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonFactor(b, a % b)
}
