/**
 * Goal: the earliest entry is always first, whatever was booked, moved and dropped before.
 * Method: random sequences of operations on the heap and on a plain list side by side.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  type Booking,
  book,
  earliestMs,
  NOT_BOOKED,
  type Schedule,
  unbook,
} from '../../src/health/schedule.ts'

describe('a schedule', () => {
  it('hands out entries in the order of their times', () => {
    const schedule: Schedule<Booking> = []
    for (const atMs of [5, 3, 9, 1, 7, 3]) book(schedule, { ...NOT_BOOKED }, atMs)
    expect(drain(schedule)).toEqual([1, 3, 3, 5, 7, 9])
  })

  it('knows no time when it is empty', () => {
    expect(earliestMs([])).toBe(Number.POSITIVE_INFINITY)
  })

  it('forgets an entry that is taken out, and lets it be booked again', () => {
    const schedule: Schedule<Booking> = []
    const entry = { ...NOT_BOOKED }
    book(schedule, entry, 4)
    unbook(schedule, entry)
    unbook(schedule, entry)
    expect(schedule).toEqual([])
    book(schedule, entry, 2)
    expect(earliestMs(schedule)).toBe(2)
  })

  it('agrees with a sorted list after any bookings, moves and removals', () => {
    const steps = fc.array(
      fc.record({ who: fc.nat(15), atMs: fc.option(fc.nat(50), { nil: undefined }) }),
      { maxLength: 120 },
    )
    fc.assert(
      fc.property(steps, (operations) => {
        const schedule: Schedule<Booking> = []
        const entries = Array.from({ length: 16 }, () => ({ ...NOT_BOOKED }))
        const times = new Map<Booking, number>()
        for (const { who, atMs } of operations) {
          const entry = entries[who]!
          if (atMs === undefined) {
            unbook(schedule, entry)
            times.delete(entry)
          } else {
            book(schedule, entry, atMs)
            times.set(entry, atMs)
          }
          expect(earliestMs(schedule)).toBe(Math.min(Infinity, ...times.values()))
          expect(schedule.every((booked, place) => booked.place === place)).toBe(true)
        }
        expect(drain(schedule)).toEqual([...times.values()].sort((a, b) => a - b))
      }),
    )
  })
})

function drain(schedule: Schedule<Booking>): number[] {
  const times: number[] = []
  while (schedule.length > 0) {
    times.push(earliestMs(schedule))
    unbook(schedule, schedule[0]!)
  }
  return times
}
