/**
 * Goal: a condition is up, down or unknown exactly when its parts leave no other way.
 * Method: properties over random conditions, against trying out what the unknown parts may become.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Check, Condition } from '../../src/health/check.ts'
import { checksOf, conditionVerdict } from '../../src/health/condition.ts'
import type { Verdict } from '../../src/health/verdict.ts'
import { checkWith } from '../support/check.ts'

const CHECKS = ['a', 'b', 'c', 'd', 'e'].map((name) => checkWith({ name }))

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...CHECKS).map((check): Condition => ({ kind: 'check', check })),
    fc
      .array(tie('condition'), { minLength: 1, maxLength: 4 })
      .chain((of) =>
        fc
          .integer({ min: 1, max: of.length })
          .map((count): Condition => ({ kind: 'at-least', count, of })),
      ),
  ),
}))
const verdicts = fc.array(fc.constantFrom<Verdict>('up', 'down', 'unknown'), {
  minLength: CHECKS.length,
  maxLength: CHECKS.length,
})

describe('a condition', () => {
  it('is decided as far as every way on leads to the same end', () => {
    // Each check stands once: parts that share one are not free of each other.
    const unshared = condition.filter((one) => leafCount(one) === checksOf(one).length)
    fc.assert(
      fc.property(unshared, verdicts, (one, found) => {
        const ends = new Set(settlings(found).map((settled) => verdictIn(one, settled)))
        expect(verdictIn(one, found)).toBe(ends.size === 1 ? [...ends][0] : 'unknown')
      }),
    )
  })

  it('is never unknown where every check is known', () => {
    fc.assert(
      fc.property(condition, verdicts, (one, found) => {
        const known = found.map((verdict) => (verdict === 'unknown' ? 'up' : verdict))
        expect(verdictIn(one, known)).not.toBe('unknown')
      }),
    )
  })

  it('never falls because a check has come up', () => {
    const RANK = { down: 0, unknown: 1, up: 2 }
    const places = fc.nat({ max: CHECKS.length - 1 })
    fc.assert(
      fc.property(condition, verdicts, places, (one, found, at) => {
        const better = found.with(at, 'up')
        expect(RANK[verdictIn(one, better)]).toBeGreaterThanOrEqual(RANK[verdictIn(one, found)])
      }),
    )
  })

  it('names each of its checks once', () => {
    fc.assert(
      fc.property(condition, (one) => {
        const names = checksOf(one)
        expect(new Set(names).size).toBe(names.length)
        const asked: Check[] = []
        conditionVerdict(one, (check) => {
          asked.push(check)
          return 'up'
        })
        expect(new Set(asked)).toEqual(new Set(names))
      }),
    )
  })
})

function verdictIn(one: Condition, found: readonly Verdict[]): Verdict {
  return conditionVerdict(one, (check) => found[CHECKS.indexOf(check)]!)
}

/** Everything that verdicts may come to once nothing is unknown. */
function settlings(found: readonly Verdict[]): Verdict[][] {
  return found.reduce<Verdict[][]>(
    (all, verdict) => {
      const ends: Verdict[] = verdict === 'unknown' ? ['up', 'down'] : [verdict]
      return all.flatMap((one) => ends.map((end) => [...one, end]))
    },
    [[]],
  )
}

function leafCount(one: Condition): number {
  return one.kind === 'check' ? 1 : one.of.reduce((sum, part) => sum + leafCount(part), 0)
}
