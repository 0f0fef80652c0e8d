/**
 * Goal: a verdict changes after exactly as many observations in a row as the check says.
 * Method: histories in a table (`+` success, `-` failure), then laws checked on random histories.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Observation } from '../../src/health/check.ts'
import {
  checksToFlip,
  initialState,
  isInTransition,
  type Limits,
  observe,
  type VerdictState,
} from '../../src/health/verdict.ts'

const LIMITS: Limits = { rise: 2, fall: 3 }

describe('observe', () => {
  it.each([
    { history: '', verdict: 'unknown', streak: 0, why: 'nobody has looked' },
    { history: '+', verdict: 'up', streak: 0, why: 'the first observation decides' },
    { history: '-', verdict: 'down', streak: 0, why: 'the first observation decides' },
    { history: '+-', verdict: 'up', streak: 1, why: 'one failure is an accident' },
    { history: '+--', verdict: 'up', streak: 2, why: 'two failures are one too few' },
    { history: '+---', verdict: 'down', streak: 0, why: 'fall is 3' },
    { history: '+--+--', verdict: 'up', streak: 2, why: 'a success forgets the failures' },
    { history: '+--+---', verdict: 'down', streak: 0, why: 'three in a row after all' },
    { history: '-+', verdict: 'down', streak: 1, why: 'one success is one too few' },
    { history: '-++', verdict: 'up', streak: 0, why: 'rise is 2' },
    { history: '-+-+-+-', verdict: 'down', streak: 0, why: 'never two successes in a row' },
    { history: '+-+-+-+-', verdict: 'up', streak: 1, why: 'never three failures in a row' },
    { history: '+----', verdict: 'down', streak: 0, why: 'further failures agree' },
  ])('believes $verdict after "$history": $why', ({ history, verdict, streak }) => {
    expect(live(history)).toMatchObject({ verdict, streak })
  })

  it('keeps since when the verdict stands, and the last evidence', () => {
    expect(live('+++-')).toMatchObject({ sinceMs: 1, evidence: '- at 4' })
    expect(live('+++---')).toMatchObject({ sinceMs: 6, evidence: '- at 6' })
    expect(live('+++----')).toMatchObject({ sinceMs: 6, evidence: '- at 7' })
  })

  it('decides at the next observation where a reload lowered the limit below the streak', () => {
    const almost = live('+----', { rise: 2, fall: 9 })
    expect(checksToFlip(almost, { rise: 2, fall: 2 })).toBe(1)
    expect(observe(almost, observation(false, 6), { rise: 2, fall: 2 }).verdict).toBe('down')
  })

  it('needs one failure where fall is 1', () => {
    expect(live('+-', { rise: 1, fall: 1 }).verdict).toBe('down')
    expect(live('+-+', { rise: 1, fall: 1 }).verdict).toBe('up')
  })
})

describe('isInTransition', () => {
  it.each([
    ['', true],
    ['+', false],
    ['-', false],
    ['+-', true],
    ['+-+', false],
    ['+---', false],
    ['-+', true],
  ])('of "%s" is %s', (history, expected) => {
    expect(isInTransition(live(history))).toBe(expected)
  })
})

describe('any history', () => {
  const histories = fc.string({ unit: fc.constantFrom('+', '-'), maxLength: 60 })
  const limits = fc.record({
    rise: fc.integer({ min: 1, max: 9 }),
    fall: fc.integer({ min: 1, max: 9 }),
  })

  it('flips after as many contrary observations as checksToFlip says, and not before', () => {
    fc.assert(
      fc.property(histories, limits, (history, limit) => {
        let state = live(history, limit)
        const { verdict } = state
        const contrary = verdict === 'down'
        const needed = checksToFlip(state, limit)
        for (let count = 1; count <= needed; count++) {
          expect(state.verdict).toBe(verdict)
          state = observe(state, observation(contrary, 1_000 + count), limit)
        }
        expect(state).toMatchObject({ verdict: contrary ? 'up' : 'down', streak: 0 })
        expect(state.sinceMs).toBe(1_000 + needed)
      }),
    )
  })

  it('keeps the streak below the limit, and calms down with one observation that agrees', () => {
    fc.assert(
      fc.property(histories, limits, (history, limit) => {
        const state = live(history, limit)
        expect(state.streak).toBeLessThan(state.verdict === 'up' ? limit.fall : limit.rise)
        if (state.verdict === 'unknown') return
        const agreed = observe(state, observation(state.verdict === 'up', 1_000), limit)
        expect(isInTransition(agreed)).toBe(false)
        expect(agreed).toMatchObject({ verdict: state.verdict, sinceMs: state.sinceMs })
      }),
    )
  })

  it('ends up after `rise` successes and down after `fall` failures, whatever came before', () => {
    fc.assert(
      fc.property(histories, limits, (history, limit) => {
        expect(live(history + '+'.repeat(limit.rise), limit).verdict).toBe('up')
        expect(live(history + '-'.repeat(limit.fall), limit).verdict).toBe('down')
      }),
    )
  })
})

/** Lives through a history of one observation per millisecond. */
function live(history: string, limits = LIMITS): VerdictState {
  return [...history].reduce(
    (state, sign, index) => observe(state, observation(sign === '+', index + 1), limits),
    initialState(),
  )
}

function observation(isSuccess: boolean, atMs: number): Observation {
  return { isSuccess, atMs, elapsedMs: 1, evidence: `${isSuccess ? '+' : '-'} at ${atMs}` }
}
