/**
 * Goal: over a cycle everybody has exactly the share that the weights say, for clients that take the
 * first record and for clients that take any; and inside a cycle turns are spread out.
 * Method: one published sequence, then laws that are counted out in whole numbers over full cycles
 * of random weights, short and long.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { inLayers, type Schedule, smoothly } from '../../src/balance/schedule.ts'
import { spread } from '../../src/balance/spread.ts'
import { CANDIDATES_MAX } from '../../src/balance/weights.ts'

/** The most that a configuration may say. */
const WEIGHT_MAX = 1000

const WEIGHT = fc.integer({ min: 1, max: WEIGHT_MAX })
const SMALL = fc.integer({ min: 1, max: 12 })
const ANSWERS = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(300))

/** Weights of every kind: small ones that cycle soon, large ones, many, all alike. */
const WEIGHTS = fc.oneof(
  fc.array(SMALL, { minLength: 1, maxLength: 6 }),
  fc.array(WEIGHT, { minLength: 1, maxLength: 12 }),
  fc.array(WEIGHT, { minLength: 100, maxLength: CANDIDATES_MAX }),
  fc.tuple(WEIGHT, fc.integer({ min: 1, max: 40 })).map(([w, n]) => new Array<number>(n).fill(w)),
)

describe('smoothly', () => {
  it.each([
    [[5, 1, 1], 'aabacaa'],
    [[1, 1, 1], 'abc'],
    [[50, 30, 20], 'abcaabacba'],
    [[1], 'a'],
    [[1000], 'a'],
    [[2, 2], 'ab'],
    [[1, 3], 'babb'],
  ])('weights %j turn as %s', (weights, turns) => {
    expect(print(smoothly(weights))).toBe(turns)
  })

  it('has each member lead exactly its weight of times in a cycle', () => {
    fc.assert(
      fc.property(WEIGHTS, (weights) => {
        const schedule = smoothly(weights)
        expect(leadsOf(schedule, weights.length)).toEqual(reduced(weights))
      }),
      { numRuns: 60 },
    )
  })

  it.each(
    [
      [5, 3, 2],
      [7, 1],
      [9, 5, 4, 2],
      [1000, 999, 998],
      [1000, 1],
      Array.from({ length: 60 }, (_, index) => index + 1),
      Array.from({ length: 250 }, (_, index) => 997 - index),
    ].map((weights) => [weights.length, weights] as const),
  )('never lets any of %i members run far ahead of its share, nor fall behind', (_, weights) => {
    // A turn is whole and a share is not, so a deviation of one is what nobody can avoid.
    expect(deviation(smoothly(weights), weights)).toBeLessThan(DEVIATION_MAX)
  })
})

/** The longest cycle here, of 218,000 turns, strays by 4.8; a run of repeated members by hundreds. */
const DEVIATION_MAX = 5

describe('inLayers', () => {
  it('gives 50, 30, 20 with three answers by layers of three, two and one', () => {
    const schedule = inLayers([50, 30, 20], 3)
    expect(schedule.layers).toEqual([[0, 1, 2], [0, 1], [0]])
    expect(counts(schedule.layerOf, 3)).toEqual([6, 2, 2])
  })

  it('gives equal weights one layer, and so everybody in every answer', () => {
    expect(inLayers([7, 7, 7, 7], 2).layers).toEqual([[0, 1, 2, 3]])
  })

  it('keeps members of a layer in configured order', () => {
    expect(inLayers([1, 9, 4], 8).layers).toEqual([[0, 1, 2], [1, 2], [1]])
  })

  it('keeps the share of first records exact', () => {
    fc.assert(
      fc.property(WEIGHTS, ANSWERS, (weights, answers) => {
        const schedule = inLayers(weights, answers)
        expect(leadsOf(schedule, weights.length)).toEqual(reduced(weights))
      }),
      { numRuns: 60 },
    )
  })

  it('keeps the share of any record exact, where each turn counts as one', () => {
    fc.assert(
      fc.property(WEIGHTS, ANSWERS, (weights, answers) => {
        const schedule = inLayers(weights, answers)
        expect(sharesOfAny(schedule, weights.length)).toEqual(reduced(weights))
      }),
      { numRuns: 40 },
    )
  })

  it('is exact at the largest that is allowed', () => {
    const weights = Array.from({ length: CANDIDATES_MAX }, (_, index) => WEIGHT_MAX - index)
    const schedule = inLayers(weights, 8)
    expect(schedule.layerOf.length).toBe(sum(weights))
    expect(leadsOf(schedule, weights.length)).toEqual(weights)
    expect(sharesOfAny(schedule, weights.length)).toEqual(weights)
  })
})

describe('spread', () => {
  it('holds each index as often as it was counted, smoothly or by step', () => {
    const COUNTS = fc.oneof(
      fc.array(SMALL, { minLength: 1, maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 4 }),
      fc.array(WEIGHT, { minLength: 200, maxLength: 256 }),
    )
    fc.assert(
      fc.property(COUNTS, (wanted) => {
        expect(counts(spread(wanted), wanted.length)).toEqual(wanted)
      }),
      { numRuns: 60 },
    )
  })

  it('leaves out an index that counts nothing', () => {
    expect(counts(spread([0, 3, 0, 2]), 4)).toEqual([0, 3, 0, 2])
  })
})

describe('a schedule', () => {
  it.each([
    ['no candidates', []],
    ['a weight of nothing', [1, 0]],
    ['a weight below nothing', [-1]],
    ['a weight that is not whole', [1.5]],
    ['a weight that is no number', [Number.NaN]],
    ['more candidates than a place can number', new Array<number>(CANDIDATES_MAX + 1).fill(1)],
  ])('is not made of %s', (_, weights) => {
    expect(() => smoothly(weights)).toThrow(/weight|candidates/)
    expect(() => inLayers(weights, 2)).toThrow(/weight|candidates/)
  })
})

/** Who leads each turn, as letters. */
function print({ layers, layerOf, startOf }: Schedule): string {
  return Array.from(layerOf, (layer, turn) =>
    String.fromCharCode(97 + layers[layer]![startOf[turn]!]!),
  ).join('')
}

function leadsOf({ layers, layerOf, startOf }: Schedule, members: number): number[] {
  return counts(
    Array.from(layerOf, (layer, turn) => layers[layer]![startOf[turn]!]!),
    members,
  )
}

/**
 * How many turns' worth of records each member has in a cycle, a record of a turn of k being 1/k.
 * Counted in whole records per layer, whose turns all have one size, so that nothing is rounded.
 */
function sharesOfAny({ layers, layerOf, startOf, answers }: Schedule, members: number): number[] {
  const records = layers.map(() => new Array<number>(members).fill(0))
  layerOf.forEach((layer, turn) => {
    const places = layers[layer]!
    for (let place = 0; place < Math.min(answers, places.length); place++) {
      records[layer]![places[(startOf[turn]! + place) % places.length]!]!++
    }
  })
  return Array.from({ length: members }, (_, member) =>
    sum(records.map((row, layer) => row[member]! / Math.min(answers, layers[layer]!.length))),
  )
}

/** The farthest that any member is from its share after any number of turns. */
function deviation(schedule: Schedule, weights: readonly number[]): number {
  const total = sum(weights)
  const led = weights.map(() => 0)
  let farthest = 0
  for (const [turn, lead] of schedule.startOf.entries()) {
    led[lead]!++
    weights.forEach((weight, member) => {
      const due = ((turn + 1) * weight) / total
      farthest = Math.max(farthest, Math.abs(led[member]! - due))
    })
  }
  return farthest
}

function counts(indices: Iterable<number>, size: number): number[] {
  const found = new Array<number>(size).fill(0)
  for (const index of indices) found[index]!++
  return found
}

/** The weights in lowest terms: how often each leads in the shortest cycle with their shares. */
function reduced(weights: readonly number[]): number[] {
  const factor = weights.reduce(function common(a, b): number {
    return b === 0 ? a : common(b, a % b)
  })
  return weights.map((weight) => weight / factor)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
