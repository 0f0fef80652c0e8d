/**
 * Counts to a sequence: each index as often as it was counted, and as evenly as may be, so that any
 * stretch of the sequence holds about its share of each.
 *
 * A cycle may have a quarter of a million turns, and whoever builds its ring answers nobody
 * meanwhile: here and in what builds on it, plain loops write the turns, several times as fast.
 */

import { assert } from '../base/assert.ts'

import { greatestCommonFactor, sumOf } from './weights.ts'

/**
 * Above this many steps of work, smooth rotation gives way to even spreading, which costs one step
 * a turn: both are exact, and a cycle that long is smooth enough at any step.
 */
const SMOOTH_WORK_MAX = 2 ** 18

/** A sequence in which each index stands `counts[index]` times, as evenly spread as may be. */
export function spread(counts: readonly number[]): Uint16Array {
  const total = sumOf(counts)
  assert(total > 0, 'somebody must have a share')
  return total * counts.length <= SMOOTH_WORK_MAX
    ? spreadSmoothly(counts, total)
    : spreadByStep(counts)
}

/**
 * The algorithm of nginx (commit 52327e0): counts 5, 1, 1 give a a b a c a a.
 * Each turn every index earns its count; the richest leads, the first among equals, and pays the
 * total. Credits return to zero after `total` turns: the cycle closes.
 */
function spreadSmoothly(counts: readonly number[], total: number): Uint16Array {
  const credit = new Int32Array(counts.length)
  const leads = new Uint16Array(total)
  for (let turn = 0; turn < total; turn++) {
    let lead = 0
    for (let index = 0; index < counts.length; index++) {
      credit[index] += counts[index]
      if (credit[index] > credit[lead]) lead = index
    }
    credit[lead] -= total
    leads[turn] = lead
  }
  return leads
}

/**
 * Lays the indices out in runs and visits the runs' cells by a step near the golden section that
 * has no common factor with their number, so that every cell is visited exactly once.
 */
export function spreadByStep(counts: readonly number[]): Uint16Array {
  const total = sumOf(counts)
  const cells = new Uint16Array(total)
  let at = 0
  counts.forEach((count, index) => {
    cells.fill(index, at, at + count)
    at += count
  })
  let step = Math.round(total * 0.6180339887498949)
  while (greatestCommonFactor(step, total) !== 1) step++
  const visited = new Uint16Array(total)
  for (let turn = 0, cell = 0; turn < total; turn++) {
    visited[turn] = cells[cell]
    cell = (cell + step) % total
  }
  return visited
}
