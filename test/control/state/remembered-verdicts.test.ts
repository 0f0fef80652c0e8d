/**
 * Goal: a restart knows what the process before knew, unless that is old.
 * Method: two clocks, as two processes have them, that agree on the date alone.
 */

import { describe, expect, it } from 'vitest'

import {
  recallVerdicts,
  saveVerdicts,
  verdictSection,
} from '../../../src/control/state/remembered-verdicts.ts'
import { initialState, type VerdictState } from '../../../src/health/verdict.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const MINUTE = 60_000

describe('a verdict that is remembered', () => {
  it('stands as long as it did, on the clock of the new process', async () => {
    const { saved, writtenWall } = await firstLife()
    const clock = await clockAt(writtenWall + MINUTE)
    expect(recallVerdicts(saved, writtenWall, clock)('a')).toEqual({
      verdict: 'down',
      sinceMs: clock.now() - 3 * MINUTE,
      streak: 0,
      evidence: 'connection refused',
    })
  })

  it('is one that was made: who was not observed is unknown', async () => {
    const { saved, writtenWall } = await firstLife()
    expect(Object.keys(saved)).toEqual(['a'])
    const recall = recallVerdicts(saved, writtenWall, await clockAt(writtenWall))
    for (const key of ['b', 'c', '__proto__', 'constructor']) expect(recall(key)).toBeUndefined()
  })

  it('is forgotten five minutes after it was written', async () => {
    const { saved, writtenWall } = await firstLife()
    const recallAt = async (wall: number) =>
      recallVerdicts(saved, writtenWall, await clockAt(wall))('a')
    expect(await recallAt(writtenWall + 5 * MINUTE)).toBeDefined()
    expect(await recallAt(writtenWall + 5 * MINUTE + 1)).toBeUndefined()
    expect(recallVerdicts(saved, undefined, await clockAt(writtenWall))('a')).toBeUndefined()
  })

  it('survives a date that was set back a little, and then began now at the latest', async () => {
    const { saved, writtenWall } = await firstLife()
    const clock = await clockAt(writtenWall - 4 * MINUTE)
    expect(recallVerdicts(saved, writtenWall, clock)('a')!.sinceMs).toBe(clock.now())
    const long = await clockAt(writtenWall - 6 * MINUTE)
    expect(recallVerdicts(saved, writtenWall, long)('a')).toBeUndefined()
  })

  it('stands in the file in the shape of its section', async () => {
    const { saved } = await firstLife()
    expect(verdictSection.codec.parse(JSON.parse(JSON.stringify(saved)))).toEqual(saved)
  })
})

/** Two minutes after a target went down, the state is written. */
async function firstLife() {
  const clock = new ManualClock()
  await clock.advance(7 * MINUTE)
  const states: Record<string, VerdictState> = {
    a: { verdict: 'down', sinceMs: 5 * MINUTE, streak: 1, evidence: 'connection refused' },
    b: initialState(),
  }
  const saved = saveVerdicts(['a', 'b', 'c'], (key) => states[key], clock)
  return { saved, writtenWall: clock.wall() }
}

/** A process that began twenty seconds before. */
async function clockAt(wall: number): Promise<ManualClock> {
  const clock = new ManualClock(wall - 20_000)
  await clock.advance(20_000)
  return clock
}
