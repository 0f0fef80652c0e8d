/**
 * Whose turn it is, worked out ahead: a schedule lists the turns of one cycle, so that drawing is a
 * step of a cursor. Over one cycle every member's share is exactly its weight, for clients that
 * take the first record and for clients that take any.
 */

import { assert } from '../base/assert.ts'

/**
 * The members that share a kind of turn, by index into the candidates. A turn starts at one of them
 * and goes on around the layer.
 */
export type Layer = readonly number[]

export interface Schedule {
  readonly layers: readonly Layer[]
  /** Which layer each turn of a cycle draws from, and at which of its places it starts. */
  readonly layerOf: Uint16Array
  readonly startOf: Uint16Array
  /** At most this many records a turn. */
  readonly answers: number
}

/** More than any message holds; with the weights, it bounds the length of a cycle. */
export const CANDIDATES_MAX = 256

/**
 * Above this many steps of work, smooth rotation gives way to even spreading, which costs one step
 * a turn: both are exact, and a cycle that long is smooth enough at any step.
 */
const SMOOTH_WORK_MAX = 2 ** 18

/** The turns of members with these weights: whole numbers from 1, at least one of them. */
export function scheduleOf(weights: readonly number[], answers: number): Schedule {
  return answers === 1 ? smoothly(weights) : inLayers(weights, answers)
}

/**
 * One record a turn, each member as often as its weight, spread smoothly: weights 5, 1, 1 give
 * a a b a c a a (the algorithm of nginx, commit 52327e0). Every cycle, and so every window of the
 * cycle's length, holds each member exactly `weight` times.
 */
export function smoothly(weights: readonly number[]): Schedule {
  const startOf = spread(withoutCommonFactor(weights))
  return {
    layers: [weights.map((_, index) => index)],
    layerOf: new Uint16Array(startOf.length),
    startOf,
    answers: 1,
  }
}

/**
 * Several records a turn, with shares that stay exact. With the weights ascending w1 ≤ … ≤ wn and
 * w0 = 0, layer j holds the members j…n and gets |layer| × (wj − wj−1) of the turns; each of its
 * members starts (wj − wj−1) of them. So member i starts w1 + (w2 − w1) + … + (wi − wi−1) = wi
 * turns of every Σw; and as a turn takes neighbours around its layer, all members of a layer stand
 * in equally many places of its turns.
 */
export function inLayers(weights: readonly number[], answers: number): Schedule {
  const reduced = withoutCommonFactor(weights)
  const order = reduced.map((_, index) => index).sort((a, b) => reduced[a] - reduced[b] || a - b)
  const layers: number[][] = []
  const quotas: number[] = []
  let below = 0
  order.forEach((member, rank) => {
    const step = reduced[member] - below
    below = reduced[member]
    if (step === 0) return
    const layer = order.slice(rank).sort((a, b) => a - b)
    layers.push(layer)
    quotas.push(step * layer.length)
  })
  const layerOf = spread(quotas)
  const next = layers.map(() => 0)
  const startOf = layerOf.map((layer) => next[layer]++ % layers[layer].length)
  return { layers, layerOf, startOf, answers }
}

/** A sequence in which each index stands `counts[index]` times, as evenly spread as may be. */
export function spread(counts: readonly number[]): Uint16Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  assert(total > 0, 'somebody must have a share')
  return total * counts.length <= SMOOTH_WORK_MAX
    ? spreadSmoothly(counts, total)
    : spreadByStep(counts, total)
}

/**
 * Each turn every index earns its count; the richest leads, the first among equals, and pays the
 * total. Credits return to zero after `total` turns: the cycle closes.
 */
function spreadSmoothly(counts: readonly number[], total: number): Uint16Array {
  const credit = new Int32Array(counts.length)
  return Uint16Array.from({ length: total }, () => {
    let lead = 0
    for (let index = 0; index < counts.length; index++) {
      credit[index] += counts[index]
      if (credit[index] > credit[lead]) lead = index
    }
    credit[lead] -= total
    return lead
  })
}

/**
 * Lays the indices out in runs and visits the runs' cells by a step near the golden section that
 * has no common factor with their number, so that every cell is visited exactly once.
 */
function spreadByStep(counts: readonly number[], total: number): Uint16Array {
  const cells = new Uint16Array(total)
  let at = 0
  counts.forEach((count, index) => {
    cells.fill(index, at, at + count)
    at += count
  })
  let step = Math.round(total * 0.6180339887498949)
  while (greatestCommonFactor(step, total) !== 1) step++
  return Uint16Array.from({ length: total }, (_, turn) => cells[(turn * step) % total])
}

/** 50, 30, 20 are 5, 3, 2: the shortest cycle with the same shares. */
function withoutCommonFactor(weights: readonly number[]): number[] {
  assert(weights.length >= 1 && weights.length <= CANDIDATES_MAX, 'a schedule has candidates')
  for (const weight of weights) assert(Number.isInteger(weight) && weight >= 1, 'a whole weight')
  const factor = weights.reduce(greatestCommonFactor)
  return weights.map((weight) => weight / factor)
}

function greatestCommonFactor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonFactor(b, a % b)
}
