/**
 * Goal: what is believed of a member under several checks is decided by as many of them as it takes,
 * with their evidence, since they hold, until they could change.
 * Method: conditions over checks of 10 s, 1 s in transition; beliefs with moments of their own.
 */

import { describe, expect, it } from 'vitest'

import { beliefOf } from '../../../src/control/judgement/belief.ts'
import type { Inquiry } from '../../../src/control/judgement/targets.ts'
import { type Check, createTarget } from '../../../src/health/check.ts'
import type { VerdictState } from '../../../src/health/verdict.ts'
import { checkWith } from '../../support/check.ts'

const CHECKS = [80, 81, 82].map((port, index) =>
  checkWith({
    name: `c${index}`,
    probe: { kind: 'tcp', port },
    intervalMs: 10_000 * (index + 1),
    rise: 1,
    fall: 1,
  }),
)

describe('a belief in several parts', () => {
  it('that are up holds since as many were up as it takes', () => {
    const states = [up(300), up(100), up(200)]
    expect([1, 2, 3].map((count) => believed(count, states).sinceMs)).toEqual([100, 200, 300])
  })

  it('that are down holds since too few were left', () => {
    const states = [down(300), down(100), down(200)]
    expect([1, 2, 3].map((count) => believed(count, states).sinceMs)).toEqual([300, 200, 100])
    expect(believed(2, [down(300), up(1), down(200)]).sinceMs).toBe(300)
  })

  it('flips when so many parts can have flipped that the whole does', () => {
    const earliest = (count: number, states: readonly VerdictState[]) =>
      believed(count, states).flipsInMs
    const allUp = [up(0), up(0), up(0)]
    // One failure takes down all of three, and it takes three to take down any of three.
    expect([3, 2, 1].map((count) => earliest(count, allUp))).toEqual([9_000, 18_000, 27_000])
    const allDown = [down(0), down(0), down(0)]
    expect([1, 2, 3].map((count) => earliest(count, allDown))).toEqual([9_000, 18_000, 27_000])
    expect(earliest(2, [up(0), down(0), down(0)])).toBe(18_000)
  })

  it('is unknown while it could still be either, and may change with the next observation', () => {
    expect(believed(2, [up(0), undefined, down(0)])).toMatchObject({
      ...{ verdict: 'unknown', evidence: 'c1: not yet observed' },
      ...{ isInTransition: true, flipsInMs: 0 },
    })
  })
})

function up(sinceMs: number): VerdictState {
  return { verdict: 'up', sinceMs, streak: 0, evidence: 'connected' }
}

function down(sinceMs: number): VerdictState {
  return { verdict: 'down', sinceMs, streak: 0, evidence: 'connection refused' }
}

/** At least `count` of the checks, in these states. */
function believed(count: number, states: readonly (VerdictState | undefined)[]) {
  const targetOf = (check: Check) => createTarget('192.0.2.1', check)
  const inquiry: Inquiry = {
    condition: { kind: 'at-least', count, of: CHECKS.map((check) => ({ kind: 'check', check })) },
    targets: new Map(CHECKS.map((check) => [check, targetOf(check)])),
  }
  const keys = CHECKS.map((check) => targetOf(check).key)
  return beliefOf(inquiry, (key) => {
    const state = states[keys.indexOf(key)]
    return state && { state }
  })
}
