/**
 * Goal: an override holds what an operator decided, for as long as was said, and never takes the
 * last members out that a pool must keep.
 * Method: books and musters by hand; the time is an argument.
 */

import { describe, expect, it } from 'vitest'

import type { Musters } from '../../../src/control/books/muster.ts'
import {
  endOverride,
  expireOverrides,
  nextExpiryWall,
} from '../../../src/control/books/overrides.ts'
import {
  NO_OVERRIDES,
  OVERRIDES_MAX,
  overrideBookCodec,
} from '../../../src/control/books/overrides.ts'
import {
  type OverrideBook,
  type OverrideWish,
  overrideOf,
} from '../../../src/control/books/overrides.ts'
import { PAST_MAX, PAST_MS, setOverride } from '../../../src/control/books/overrides.ts'
import { isRefusal, type Refusal } from '../../../src/control/books/refusal.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('an override', () => {
  it('holds for an hour unless told otherwise, and a drain until it is undone', () => {
    const book = bookOf(wish({ member: 'a', word: 'up' }), wish({ member: 'b', word: 'drain' }))
    expect(overrideOf(book, 'web', 'a')).toEqual({
      ...{ pool: 'web', member: 'a', word: 'up', reason: 'disk swap', author: 'ana' },
      ...{ sinceWall: NOON, untilWall: NOON + HOUR },
    })
    expect(overrideOf(book, 'web', 'b')).not.toHaveProperty('untilWall')
    expect(nextExpiryWall(book)).toBe(NOON + HOUR)
  })

  it('holds for the span that was asked for', () => {
    const book = bookOf(wish({ for: '2h' }))
    expect(overrideOf(book, 'web', 'a')!.untilWall).toBe(NOON + 2 * HOUR)
    expect(bookOf(wish({ word: 'drain', for: '30d' })).current[0]!.untilWall).toBe(NOON + 30 * DAY)
  })

  it('replaces the one before it, which stays to be seen', () => {
    const book = bookOf(wish({ word: 'down' }), wish({ word: 'up', author: 'bo' }))
    expect(book.current.map(({ word }) => word)).toEqual(['up'])
    expect(book.past).toMatchObject([{ word: 'down', ended: 'replaced', endedBy: 'bo' }])
  })

  it('ends when its time is over, at the moment that was said', () => {
    const book = bookOf(wish({ member: 'a', for: '1h' }), wish({ member: 'b', for: '2h' }))
    expect(expireOverrides(book, NOON + HOUR - 1)).toBe(book)
    const late = expireOverrides(book, NOON + HOUR + 5)
    expect(late.current.map(({ member }) => member)).toEqual(['b'])
    expect(late.past).toMatchObject([{ member: 'a', ended: 'expired', endedWall: NOON + HOUR }])
  })

  it('ends when somebody says so', () => {
    const ending = endOverride(bookOf(wish({})), { ...WEB_A, author: 'bo' }, NOON + 1)
    if (isRefusal(ending)) throw new Error(ending.detail)
    expect(ending.book.current).toEqual([])
    expect(ending.book.past).toMatchObject([
      { ended: 'undone', endedBy: 'bo', endedWall: NOON + 1 },
    ])
    const again = endOverride(ending.book, { ...WEB_A, author: 'bo' }, NOON + 2)
    expect(again).toMatchObject({ refused: 'unknown', detail: 'web/a has no override' })
  })

  it('is forgotten a week after its end, and when a hundred others have ended since', () => {
    const over = expireOverrides(bookOf(wish({ for: '1h' })), NOON + HOUR)
    expect(expireOverrides(over, NOON + HOUR + PAST_MS - 1).past).toHaveLength(1)
    expect(expireOverrides(over, NOON + HOUR + PAST_MS).past).toHaveLength(0)
    const many = bookOf(...Array.from({ length: PAST_MAX + 5 }, () => wish({ word: 'up' })))
    expect(many.past).toHaveLength(PAST_MAX)
  })

  it('survives the way to a file and back', () => {
    const book = expireOverrides(
      bookOf(wish({ for: '1h' }), wish({ member: 'b', word: 'drain' })),
      NOON + 2 * HOUR,
    )
    expect(overrideBookCodec.parse(JSON.parse(JSON.stringify(book)))).toEqual(book)
  })
})

describe('an override is refused', () => {
  it.each([
    ['an unknown pool', { pool: 'wep' }, 'unknown', 'there is no pool "wep"'],
    ['an unknown member', { member: 'q' }, 'unknown', 'pool "web" has no member "q"'],
    ['no reason', { reason: ' x ' }, 'invalid', 'reason "x" is outside 3–200 characters'],
    ['no author', { author: '' }, 'invalid', 'author "" is outside 1–64 characters'],
    ['escapes', { reason: 'see \u001b[2J' }, 'invalid', 'reason has characters that cannot'],
    ['turned text', { author: 'a\u202eb' }, 'invalid', 'author has characters that cannot'],
    ['no unit', { for: '2' }, 'invalid', 'for "2" is not a span of time such as 2h (1s–30d)'],
    ['a span too long', { for: '31d' }, 'invalid', 'for 31d is outside 1s–30d'],
    ['a span too short', { for: '500ms' }, 'invalid', 'for 500ms is outside 1s–30d'],
  ] as const)('for %s', (_, part, refused, detail) => {
    const outcome = setOverride(NO_OVERRIDES, wish(part), web(), NOON)
    expect(outcome).toMatchObject({ refused, detail: expect.stringContaining(detail) })
  })

  it('with the likely name, where one is close', () => {
    const outcome = setOverride(NO_OVERRIDES, wish({ pool: 'wep' }), web(), NOON)
    expect(outcome).toMatchObject({ remedy: 'did you mean "web"?' })
  })

  it('past the most that are kept', () => {
    const one = bookOf(wish({})).current[0]!
    const current = Array.from({ length: OVERRIDES_MAX }, (_, i) => ({ ...one, member: `m${i}` }))
    const outcome = setOverride({ current, past: [] }, wish({}), web(), NOON)
    expect(outcome).toMatchObject({ refused: 'conflict' })
  })
})

describe('the floor of a pool', () => {
  const floored = (eligible: string[]) => web({ minServing: 2, eligible })

  it.each(['down', 'drain'] as const)(
    'refuses a %s that would leave too few, and says whom',
    (word) => {
      const outcome = setOverride(
        NO_OVERRIDES,
        wish({ word }),
        floored(['a', 'b']),
        NOON,
      ) as Refusal
      expect(outcome.refused).toBe('conflict')
      expect(outcome.detail).toBe(
        `${word} of web/a would leave b in service, fewer than min_serving 2 of pool "web"`,
      )
      expect(outcome.remedy).toContain('lower min_serving of the pool in the YAML')
    },
  )

  it('says that nobody would be left', () => {
    const outcome = setOverride(NO_OVERRIDES, wish({ word: 'down' }), floored(['a']), NOON)
    expect(outcome).toMatchObject({ detail: expect.stringContaining('would leave nobody') })
  })

  it('lets go of one where enough are left, of one that is out already, and lets any come up', () => {
    const isTaken = (part: Partial<OverrideWish>, eligible: string[]) =>
      !isRefusal(setOverride(NO_OVERRIDES, wish(part), floored(eligible), NOON))
    expect(isTaken({ word: 'down' }, ['a', 'b', 'c'])).toBe(true)
    expect(isTaken({ word: 'drain' }, ['b', 'c'])).toBe(true)
    expect(isTaken({ word: 'drain' }, ['b'])).toBe(true)
    expect(isTaken({ word: 'up' }, [])).toBe(true)
  })
})

const WEB_A = { pool: 'web', member: 'a' }

function wish(part: Partial<OverrideWish>): OverrideWish {
  return { ...WEB_A, word: 'down', reason: 'disk swap', author: 'ana', ...part }
}

/** The book after these wishes, none of which may be refused. */
function bookOf(...wishes: OverrideWish[]): OverrideBook {
  return wishes.reduce((book, one) => {
    const outcome = setOverride(book, one, web(), NOON)
    if (isRefusal(outcome)) throw new Error(outcome.detail)
    return outcome.book
  }, NO_OVERRIDES)
}

function web({ minServing = 0, eligible = ['a', 'b', 'c'] } = {}): Musters {
  const members = ['a', 'b', 'c'].map((name) => ({ name, isEligible: eligible.includes(name) }))
  return new Map([['web', { pool: 'web', minServing, members }]])
}
