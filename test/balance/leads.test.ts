/**
 * Goal: members that are missing in one family change nobody's share in it, nor who leads the turns
 * of those who are there; and weights that are too many for a cycle lose next to nothing.
 * Method: laws counted out over whole cycles of random weights, some of whose owners are absent.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { leadsOf } from '../../src/balance/leads.ts'
import { inLayers, smoothly } from '../../src/balance/schedule.ts'
import { CANDIDATES_MAX, inShortCycle, sumOf } from '../../src/balance/weights.ts'

/** Weights, and the places of those who are there: somebody always is. */
const PRESENT = fc
  .array(fc.record({ weight: fc.integer({ min: 1, max: 40 }), isThere: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((members) => ({
    weights: inShortCycle(members.map(({ weight }) => weight)),
    present: [...members.keys()].filter((place) => place === 0 || members[place]!.isThere),
  }))

/** What slow start and shedding may make of the greatest weight. */
const MULTIPLIED = fc.oneof(
  fc.integer({ min: 1, max: 1_000_000 }),
  fc.constantFrom(1, 2, 999_999, 1_000_000),
)

describe('leads', () => {
  it('are the same for all, as long as whoever leads is there', () => {
    fc.assert(
      fc.property(PRESENT, ({ weights, present }) => {
        const everybody = leadsOf(weights, [...weights.keys()])
        const leads = leadsOf(weights, present)
        expect(leads.length % everybody.length).toBe(0)
        for (const [turn, seat] of leads.entries()) {
          const due = everybody[turn % everybody.length]!
          if (present.includes(due)) expect(present[seat]).toBe(due)
        }
      }),
    )
  })

  it('are each as many as the weights say among those who are there', () => {
    fc.assert(
      fc.property(PRESENT, ({ weights, present }) => {
        const leads = leadsOf(weights, present)
        const total = sumOf(present.map((place) => weights[place]!))
        for (const [seat, place] of present.entries()) {
          const led = leads.filter((one) => one === seat).length
          expect(led * total).toBe(weights[place]! * leads.length)
        }
      }),
    )
  })

  it('stay exact, and give up being in step, where that would take too long a cycle', () => {
    const weights = [997, 991, 983, 1]
    const leads = leadsOf(weights, [0, 1, 2])
    expect(leads.length).toBe(997 + 991 + 983)
    expect(leads.filter((seat) => seat === 1)).toHaveLength(991)
  })

  it('lay down the layers of those who are there, and of nobody else', () => {
    const { layers } = inLayers([5, 3, 2], 3, [0, 2])
    expect(layers).toEqual([[0, 1], [0]])
    expect(smoothly([1, 1, 1], [1, 2]).layers).toEqual([[0, 1]])
  })
})

describe('weights in a short cycle', () => {
  it('are in lowest terms', () => {
    expect(inShortCycle([50, 30, 20])).toEqual([5, 3, 2])
    expect(inShortCycle([7])).toEqual([1])
  })

  it('are exact wherever that fits a cycle', () => {
    const weights = Array.from({ length: CANDIDATES_MAX }, (_, index) => 1000 - index)
    expect(inShortCycle(weights)).toEqual(weights)
  })

  it('fit a cycle, are never below 1, and no share is off by a thousandth', () => {
    const many = fc.array(MULTIPLIED, { minLength: 1, maxLength: CANDIDATES_MAX, size: 'max' })
    fc.assert(
      fc.property(many, (weights) => {
        const short = inShortCycle(weights)
        const [total, before] = [sumOf(short), sumOf(weights)]
        expect(total).toBeLessThanOrEqual(weights.length * 1024)
        for (const [place, weight] of short.entries()) {
          expect(weight).toBeGreaterThanOrEqual(1)
          expect(Math.abs(weight / total - weights[place]! / before)).toBeLessThan(0.001)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each([2, 3, 10, 100, CANDIDATES_MAX])(
    'are so at the worst: one of %i is everything, and the others are next to nothing',
    (count) => {
      const worst = [1_000_000, ...new Array<number>(count - 1).fill(1)]
      const short = inShortCycle(worst)
      expect(Math.abs(short[0]! / sumOf(short) - 1_000_000 / sumOf(worst))).toBeLessThan(0.001)
    },
  )
})
