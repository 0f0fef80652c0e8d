/**
 * Goal: what changes who is answered becomes an event in the words that people search for, and what
 * changes nothing becomes none.
 * Method: flips, pages of the books and diagnostics, put into words.
 */

import { describe, expect, it } from 'vitest'

import type { Moment } from '../../../src/base/moment.ts'
import type { Pages } from '../../../src/control/books/books.ts'
import { endOverride, expireOverrides } from '../../../src/control/books/overrides.ts'
import { NO_OVERRIDES, type Override } from '../../../src/control/books/overrides.ts'
import type { Registration } from '../../../src/control/books/registrations.ts'
import type { FlipRecord } from '../../../src/control/flips.ts'
import {
  changesOf,
  flipped,
  MEMBERS_MAX,
  reloaded,
  TEXT_MAX,
} from '../../../src/control/history/happenings.ts'

const T0 = Date.UTC(2026, 0, 1)

describe('a flip', () => {
  it('tells when it was last well, how long that went unnoticed, and until when caches hold', () => {
    const wells = { lastSuccessWall: T0, lastCacheWall: T0 + 33_000, failoverMs: 3_000.4 }
    expect(flipped({ ...FLIP, ...wells })).toEqual({
      kind: 'flip',
      members: ['web/a'],
      address: '192.0.2.1',
      check: 'web',
      from: 'up',
      to: 'down',
      evidence: 'connection refused',
      lastSuccessAt: '2026-01-01T00:00:00.000Z',
      failoverMs: 3_000,
      lastCacheAt: '2026-01-01T00:00:33.000Z',
    })
  })

  it('is no event where a first verdict is good', () => {
    expect(flipped({ ...FLIP, previous: 'unknown', verdict: 'up' })).toBeUndefined()
    expect(flipped({ ...FLIP, previous: 'unknown' })).toMatchObject({ from: 'unknown' })
  })

  it('is one line, however many names an address has and whatever a backend says', () => {
    const members = Array.from({ length: MEMBERS_MAX + 3 }, (_, index) => `web/${index}`)
    const event = flipped({ ...FLIP, members, evidence: 'x'.repeat(TEXT_MAX + 1) })!
    expect(event.members).toHaveLength(MEMBERS_MAX)
    expect(event.moreMembers).toBe(3)
    expect(event.evidence).toHaveLength(TEXT_MAX)
  })
})

describe('an override', () => {
  it('is set, replaced by another, and ended by somebody', () => {
    const drain = override('drain')
    const first = pages({ overrides: { current: [drain], past: [] } })
    expect(changesOf(NOTHING, first, at(T0))).toEqual([{ ...DRAIN, action: 'set' }])
    const up = { ...drain, word: 'up' as const, untilWall: T0 + 60_000 }
    const second = pages({ overrides: { current: [up], past: [] } })
    expect(changesOf(first, second, at(T0))).toEqual([
      { ...DRAIN, action: 'set', word: 'up', until: '2026-01-01T00:01:00.000Z' },
    ])
    const by = { pool: 'web', member: 'a', author: 'bo' }
    const outcome = endOverride(first.overrides, by, T0 + 5)
    if (!('book' in outcome)) throw new Error('it was refused')
    const third = pages({ overrides: outcome.book })
    expect(changesOf(first, third, at(T0 + 5))).toEqual([
      { ...DRAIN, action: 'ended', endedBy: 'bo' },
    ])
  })

  it('expires, also among more than the past remembers', () => {
    const many = Array.from({ length: 150 }, (_, index) => ({
      ...override('down'),
      member: `m${index}`,
      untilWall: T0 + 1_000,
    }))
    const before = pages({ overrides: { current: many, past: [] } })
    const now = pages({ overrides: expireOverrides(before.overrides, T0 + 1_000) })
    const changes = changesOf(before, now, at(T0 + 1_000))
    expect(changes).toHaveLength(150)
    expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(['expired']))
  })
})

describe('a registration', () => {
  it('joins, leaves, and runs out; a renewal is none', () => {
    const one: Registration = {
      ...{ pool: 'web', member: 'x', v4: '192.0.2.9', v6: '2001:db8::9', weight: 1 },
      ...{ leaseMs: 30_000, sinceWall: T0, untilWall: T0 + 30_000, untilMs: 30_000 },
    }
    const there = pages({ registrations: [one] })
    const renewed = pages({ registrations: [{ ...one, untilMs: 40_000 }] })
    const event = {
      ...{ kind: 'registration', pool: 'web', member: 'x' },
      addresses: ['192.0.2.9', '2001:db8::9'],
    }
    expect(changesOf(NOTHING, there, at(T0))).toEqual([{ ...event, action: 'joined' }])
    expect(changesOf(there, renewed, at(T0 + 10_000))).toEqual([])
    expect(changesOf(there, NOTHING, at(T0 + 1))).toEqual([{ ...event, action: 'left' }])
    expect(changesOf(there, NOTHING, at(T0 + 30_000))).toEqual([{ ...event, action: 'expired' }])
  })
})

describe('a reload', () => {
  it('tells what was wrong first, and how much', () => {
    const place = { file: 'rota.yaml', line: 3, column: 7 }
    const bad = { ...place, severity: 'error', message: 'pool "wob" is unknown' } as const
    const odd = { ...place, severity: 'warning', message: 'it is odd' } as const
    expect(reloaded([odd, bad, bad], 4, 12.6)).toEqual({
      kind: 'reload',
      ...{ isTaken: false, generation: 4, errors: 2, warnings: 1, tookMs: 13 },
      problem: 'rota.yaml:3:7: pool "wob" is unknown',
    })
    expect(reloaded([odd], 5, 1)).toMatchObject({ isTaken: true, errors: 0, warnings: 1 })
  })
})

const NOTHING = pages({})
const FLIP: FlipRecord = {
  ...{ members: ['web/a'], address: '192.0.2.1', check: 'web', verdict: 'down', previous: 'up' },
  ...{ evidence: 'connection refused', atWall: T0 },
}
const DRAIN = {
  ...{ kind: 'override', pool: 'web', member: 'a', word: 'drain' },
  ...{ reason: 'upgrade', author: 'ana' },
}

function override(word: Override['word']): Override {
  return { pool: 'web', member: 'a', word, reason: 'upgrade', author: 'ana', sinceWall: T0 }
}

function pages(some: Partial<Pages>): Pages {
  return { overrides: NO_OVERRIDES, registrations: [], ...some }
}

function at(wall: number): Moment {
  return { ms: wall - T0, wall }
}
