/**
 * Goal: each policy draws as its summary says.
 * Method: the same four members, lined up and scheduled by each.
 */

import { describe, expect, it } from 'vitest'

import { policyNamed } from '../../src/balance/policy.ts'
import type { Candidate } from '../../src/balance/roster.ts'

const FOUR: readonly Candidate[] = [4, 3, 2, 1].map((weight, index) => ({
  name: 'abcd'[index]!,
  address: Uint8Array.of(192, 0, 2, index + 1),
  weight,
}))
const WEIGHTS = FOUR.map(({ weight }) => weight)

describe('failover', () => {
  const { lineUp } = policyNamed('failover')

  it('lines up the first of the eligible, and nobody else', () => {
    expect(lineUp(FOUR).map(({ name }) => name)).toEqual(['a'])
    expect(lineUp(FOUR.slice(2)).map(({ name }) => name)).toEqual(['c'])
  })

  it('lines up nobody where nobody is eligible', () => {
    expect(lineUp([])).toEqual([])
  })
})

describe('rotate', () => {
  it('gives everybody the same, whatever the weights', () => {
    const { layers, startOf } = policyNamed('rotate').schedule(WEIGHTS, 8)
    expect([layers, [...startOf]]).toEqual([[[0, 1, 2, 3]], [0, 1, 2, 3]])
  })
})

describe('weighted', () => {
  const { schedule } = policyNamed('weighted')

  it('is smooth for one answer', () => {
    expect([...schedule([5, 1, 1], 1).startOf]).toEqual([0, 0, 1, 0, 2, 0, 0])
  })

  it('draws layers for several', () => {
    expect(schedule([5, 1, 1], 2).layers).toEqual([[0, 1, 2], [0]])
  })
})

describe('random', () => {
  it('draws the layers of weighted, by dice', () => {
    const { layers, layerOf, draw } = policyNamed('random').schedule([5, 1, 1], 2)
    expect(draw).toBe('by-dice')
    expect({ layers, turns: layerOf.length }).toEqual({ layers: [[0, 1, 2], [0]], turns: 7 })
  })
})
