/**
 * Goal: each policy lets those take part whom its summary says, and nobody changes place for nothing.
 * Method: the same few members, told apart by tier, time or load, lined up by each.
 */

import { describe, expect, it } from 'vitest'

import type { Contender } from '../../src/balance/contender.ts'
import { policyNamed } from '../../src/balance/policy.ts'

/** Members a, b, c …, with what is given of each. */
function contenders(...given: Partial<Contender>[]): Contender[] {
  return given.map((some, index) => ({
    ...{ name: 'abcdef'[index]!, index, weight: 1, tier: index },
    ...some,
  }))
}

function names(lined: readonly Contender[]): string {
  return lined.map(({ name }) => name).join('')
}

describe('failover', () => {
  const { lineUp } = policyNamed('failover')
  const four = contenders({}, {}, {}, {})
  const tiers = contenders({ tier: 2 }, { tier: 1 }, { tier: 1 }, { tier: 2 })

  it('lines up the first of the eligible, and nobody else', () => {
    expect(names(lineUp(four, []))).toBe('a')
    expect(names(lineUp(four.slice(2), []))).toBe('c')
  })

  it('lines up nobody where nobody is eligible', () => {
    expect(lineUp([], [])).toEqual([])
  })

  it('lines up all of the lowest tier that has somebody', () => {
    expect(names(lineUp(tiers, []))).toBe('bc')
    expect(names(lineUp([tiers[0]!, tiers[3]!], []))).toBe('ad')
  })

  it('goes back to a lower tier as soon as it has somebody', () => {
    expect(names(lineUp(tiers, ['a', 'd']))).toBe('bc')
  })

  it('stays with a tier of which somebody is left, where it is not to fail back', () => {
    const stay = { failBack: false }
    expect(names(lineUp(tiers, ['a', 'd'], stay))).toBe('ad')
    expect(names(lineUp(tiers.slice(0, 3), ['a', 'd'], stay))).toBe('a')
    expect(names(lineUp(tiers.slice(1, 3), ['a', 'd'], stay))).toBe('bc')
    expect(names(lineUp(tiers, [], stay))).toBe('bc')
  })
})

describe.each(['rotate', 'weighted', 'random', 'sticky', 'nearest'] as const)('%s', (policy) => {
  it('lines up everybody', () => {
    expect(names(policyNamed(policy).lineUp(contenders({}, {}, {}), ['a']))).toBe('abc')
  })
})

describe('fastest', () => {
  const { lineUp } = policyNamed('fastest')
  const timed = (...times: (number | undefined)[]) =>
    contenders(...times.map((timeMs) => (timeMs === undefined ? {} : { timeMs })))

  it('lines up the least time and those within a fifth and a millisecond of it', () => {
    expect(names(lineUp(timed(10, 13, 13.1, 40), []))).toBe('ab')
  })

  it('keeps those who took part until they are half and two milliseconds above', () => {
    expect(names(lineUp(timed(10, 17, 17.1), ['b', 'c']))).toBe('ab')
  })

  it('leaves out those of whom no time is known, unless none is known at all', () => {
    expect(names(lineUp(timed(undefined, 90, undefined), ['a']))).toBe('b')
    expect(names(lineUp(timed(undefined, undefined), []))).toBe('ab')
  })
})

describe('least-load', () => {
  const { lineUp } = policyNamed('least-load')
  const loaded = (...figures: (number | undefined)[]) =>
    contenders(...figures.map((loadFigure) => (loadFigure === undefined ? {} : { loadFigure })))

  it('lines up the least load and those within a tenth and a half of it', () => {
    expect(names(lineUp(loaded(10, 11.5, 11.6, 9.9), []))).toBe('ad')
    expect(names(lineUp(loaded(10, 11.5, 11.6), []))).toBe('ab')
  })

  it('keeps those who took part until they are a quarter and one above', () => {
    expect(names(lineUp(loaded(10, 13.5, 13.6), ['b', 'c']))).toBe('ab')
  })

  it('takes a load of nothing for the least there is', () => {
    expect(names(lineUp(loaded(0, 0.5, 0.6), []))).toBe('ab')
  })

  it('leaves out those of whom no load is known, unless none is known at all', () => {
    expect(names(lineUp(loaded(undefined, 3), ['a']))).toBe('b')
    expect(names(lineUp(loaded(undefined, undefined), []))).toBe('ab')
  })
})
