/**
 * Goal: a fault that every query can cause is told with its cause, and does not fill a disk.
 * Method: a log that keeps its lines, on a manual clock.
 */

import { expect, it } from 'vitest'

import { createFaultLog, type Log } from '../../src/app/log.ts'
import { ManualClock } from '../support/manual-clock.ts'

it('a fault is logged at once, then at most once a minute, with how many there were', async () => {
  const clock = new ManualClock()
  const lines: unknown[] = []
  const error = ((fields: unknown) => void lines.push(fields)) as Log['error']
  const note = createFaultLog({ error }, clock)
  const err = new Error('no such cell')
  for (let second = 0; second < 90; second++) {
    note(err, 'a query met a fault')
    await clock.advance(1_000)
  }
  expect(lines).toEqual([
    { err, count: 1 },
    { err, count: 61 },
  ])
})
