/**
 * Goal: whatever the policy, a turn is a turn: of those who are lined up, nobody twice, no more than
 * was asked for, and somebody whenever there is somebody.
 * Method: pools of random members asked through the engine, as a resolver would. A policy is added
 * to the list of policies and is held to all of this.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Contender } from '../../src/balance/contender.ts'
import { POLICIES, policyNamed } from '../../src/balance/policy.ts'
import { inLayers } from '../../src/balance/schedule.ts'

import { addresses, authority, type Balanced } from '../support/authority.ts'

const ZONE = '@ 60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60\n'
const NAME = 'www.example.test'

const WEIGHTS = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
  fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 }),
)
const ANSWERS = fc.integer({ min: 1, max: 12 })
const RUNS = { numRuns: 40 }

describe.each(POLICIES)('%s', (policy) => {
  const { lineUp, summary } = policyNamed(policy)

  /** Turns of a pool whose members have these weights, as lists of addresses. */
  function turnsOf(weights: readonly number[], answers: number, count: number, seed = 1) {
    const members = Object.fromEntries(
      weights.map((weight, index) => [`m${index}`, { v4: `192.0.2.${index + 1}`, weight }]),
    )
    const balanced: Balanced = { policy, answers, members }
    const { ask } = authority({ 'example.test': ZONE }, { bindings: { [NAME]: balanced }, seed })
    return Array.from({ length: count }, () => addresses(ask(`${NAME} A`)))
  }

  it('says what it does, for help and documentation', () => {
    expect(summary).toMatch(/^[a-z].{10,80}[^.]$/)
  })

  it('lines up some of the eligible, in their order, and somebody if there is anybody', () => {
    fc.assert(
      fc.property(WEIGHTS, (weights) => {
        const eligible = contenders(weights)
        const places = lineUp(eligible, []).map((contender) => eligible.indexOf(contender))
        expect(places.length).toBeGreaterThan(0)
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
        expect(places).not.toContain(-1)
      }),
      RUNS,
    )
    expect(lineUp([], [])).toEqual([])
  })

  it('never answers somebody who is not lined up, nor anybody twice in a turn', () => {
    fc.assert(
      fc.property(WEIGHTS, ANSWERS, (weights, answers) => {
        const allowed = new Set(lineUp(contenders(weights), []).map(({ name }) => name))
        for (const turn of turnsOf(weights, answers, 12)) {
          expect(new Set(turn).size).toBe(turn.length)
          for (const address of turn) expect(allowed).toContain(address)
        }
      }),
      RUNS,
    )
  })

  it('answers at least one record, and at most `answers` or as many as are lined up', () => {
    fc.assert(
      fc.property(WEIGHTS, ANSWERS, (weights, answers) => {
        const most = Math.min(answers, lineUp(contenders(weights), []).length)
        for (const turn of turnsOf(weights, answers, 12)) {
          expect(turn.length).toBeGreaterThanOrEqual(1)
          expect(turn.length).toBeLessThanOrEqual(most)
        }
      }),
      RUNS,
    )
  })

  it('answers nobody where nobody is eligible', () => {
    expect(turnsOf([], 8, 3)).toEqual([[], [], []])
  })

  it('leaves out nobody who is lined up: each has a turn to lead in the cycle', () => {
    fc.assert(
      fc.property(WEIGHTS, ANSWERS, (weights, answers) => {
        const lined = lineUp(contenders(weights), [])
        const { layers, layerOf, startOf } = inLayers(
          lined.map(({ weight }) => weight),
          answers,
        )
        const leads = Array.from(layerOf, (layer, turn) => layers[layer]![startOf[turn]!]!)
        expect(new Set(leads)).toEqual(new Set(lined.keys()))
      }),
      RUNS,
    )
  })

  it('draws the same turns from the same dice', () => {
    expect(turnsOf([3, 2, 1], 2, 20, 5)).toEqual(turnsOf([3, 2, 1], 2, 20, 5))
  })
})

/** Contenders named by their addresses. */
function contenders(weights: readonly number[]): Contender[] {
  return weights.map((weight, index) => {
    return { name: `192.0.2.${index + 1}`, index, weight, tier: index }
  })
}
