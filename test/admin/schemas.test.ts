/**
 * Goal: what is described of values that other rooms make is what those rooms make.
 * Method: the compiler takes each for the other, both ways; a sample passes.
 */

import { describe, expect, it } from 'vitest'

import type { Told } from '../../src/admin/schemas/fields.ts'
import { event } from '../../src/admin/schemas/event.ts'
import { status } from '../../src/admin/schemas/status.ts'
import { EVENT_KINDS, type Event } from '../../src/control/history/event.ts'
import { STATUS } from './support.ts'

describe('what the API describes', () => {
  it('of events is what the recorder writes down', () => {
    const described = (one: Event): Told<typeof event> => one
    const recorded = (one: Told<typeof event>): Event => one
    const sample = { id: 1, at: '2026-01-01T12:00:00.000Z', kind: 'stop' } as const
    expect(event.parse(recorded(described(sample)))).toEqual(sample)
    expect(event.options.map(({ shape }) => shape.kind.value)).toEqual([...EVENT_KINDS])
  })

  it('of a status is what is told', () => {
    expect(status.parse(STATUS)).toEqual(STATUS)
  })
})
