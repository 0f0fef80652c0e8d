/**
 * What operators decided about members, whatever the checks say: who, why, and until when. All of
 * it is arithmetic over one immutable book, so that a book can be on disk before it holds. What has
 * ended stays to be seen for a week: after an incident people ask who did what.
 */

import { z } from 'zod'

import { parseDuration, printDuration } from '../../base/duration.ts'

import { type Muster, type Musters, musterWith } from './muster.ts'
import { faultAt, isRefusal, type Refusal, refusal } from './refusal.ts'
import type { Section } from '../state/state-codec.ts'

export const OVERRIDE_WORDS = ['up', 'down', 'drain'] as const

/** `up`: answered whatever the checks say. `down`, `drain`: not answered, not even by `all`. */
export type OverrideWord = (typeof OVERRIDE_WORDS)[number]

/** Times are milliseconds since 1970: an override outlives the process that took it. */
export interface Override {
  readonly pool: string
  readonly member: string
  readonly word: OverrideWord
  readonly reason: string
  readonly author: string
  readonly sinceWall: number
  /** Absent: until somebody ends it. */
  readonly untilWall?: number | undefined
}

export interface PastOverride extends Override {
  readonly endedWall: number
  readonly ended: 'expired' | 'replaced' | 'undone'
  /** Who ended it; nobody, where time did. */
  readonly endedBy?: string | undefined
}

export interface OverrideBook {
  readonly current: readonly Override[]
  /** The latest first. */
  readonly past: readonly PastOverride[]
}

export interface OverrideWish {
  readonly pool: string
  readonly member: string
  readonly word: OverrideWord
  readonly reason: string
  readonly author: string
  /** A span such as `2h`. Absent: an hour, and for `drain` until it is undone. */
  readonly for?: string | undefined
}

export const NO_OVERRIDES: OverrideBook = { current: [], past: [] }

/** One for each member of thousands of pools; past that somebody's script has run away. */
export const OVERRIDES_MAX = 10_000
export const PAST_MAX = 100
export const PAST_MS = 7 * 86_400_000
/** Who forgets an override shall not find it a year later; a drain is work that takes its time. */
const SPAN_DEFAULT_MS = 3_600_000
const SPAN_MIN_MS = 1_000
const SPAN_MAX_MS = 30 * 86_400_000
const REASON = { min: 3, max: 200 }
const AUTHOR = { min: 1, max: 64 }

const overrideShape = {
  pool: z.string(),
  member: z.string(),
  word: z.enum(OVERRIDE_WORDS),
  reason: z.string(),
  author: z.string(),
  sinceWall: z.number(),
  untilWall: z.number().optional(),
}

/** How a book stands in the state file. */
export const overrideBookCodec = z.object({
  current: z.array(z.object(overrideShape)).max(OVERRIDES_MAX),
  past: z
    .array(
      z.object({
        ...overrideShape,
        endedWall: z.number(),
        ended: z.enum(['expired', 'replaced', 'undone']),
        endedBy: z.string().optional(),
      }),
    )
    .max(PAST_MAX),
})

export const overrideBookSection: Section<OverrideBook> = {
  codec: overrideBookCodec,
  empty: NO_OVERRIDES,
}

/** The override of a member, if it has one now. */
export function overrideOf(book: OverrideBook, pool: string, member: string): Override | undefined {
  return book.current.find((one) => one.pool === pool && one.member === member)
}

/** The book with one more override, which replaces what the member had; or why that cannot be. */
export function setOverride(
  book: OverrideBook,
  wish: OverrideWish,
  musters: Musters,
  nowWall: number,
): { readonly book: OverrideBook; readonly override: Override } | Refusal {
  const { pool, member, word } = wish
  const muster = musterWith(musters, pool, member)
  if (isRefusal(muster)) return muster
  const spanMs = spanOf(wish)
  if (isRefusal(spanMs)) return spanMs
  const reason = readLine('reason', wish.reason, REASON)
  if (isRefusal(reason)) return reason
  const author = readLine('author', wish.author, AUTHOR)
  if (isRefusal(author)) return author
  const tooFew = word === 'up' ? undefined : floorFault(muster, wish)
  if (tooFew) return tooFew

  const override: Override = {
    ...{ pool, member, word, reason, author, sinceWall: nowWall },
    ...(spanMs !== undefined && { untilWall: nowWall + spanMs }),
  }
  const before = overrideOf(book, pool, member)
  if (!before && book.current.length >= OVERRIDES_MAX) {
    return refusal('conflict', `there are ${OVERRIDES_MAX} overrides already`, 'end some first')
  }
  const rest = before ? closed(book, before, nowWall, 'replaced', author) : book
  return { book: { ...rest, current: [...rest.current, override] }, override }
}

/** The book without the override of a member. */
export function endOverride(
  book: OverrideBook,
  { pool, member, author }: Pick<OverrideWish, 'pool' | 'member' | 'author'>,
  nowWall: number,
): { readonly book: OverrideBook; readonly ended: Override } | Refusal {
  const by = readLine('by', author, AUTHOR)
  if (isRefusal(by)) return by
  const override = overrideOf(book, pool, member)
  if (override) return { book: closed(book, override, nowWall, 'undone', by), ended: override }
  return refusal(
    'unknown',
    `${pool}/${member} has no override`,
    'see "rota status" for those there are',
  )
}

/** The same book where nothing has expired and nothing of the past has become too old. */
export function expireOverrides(book: OverrideBook, nowWall: number): OverrideBook {
  let next = book
  for (const override of book.current) {
    const { untilWall } = override
    if (untilWall !== undefined && untilWall <= nowWall) {
      next = closed(next, override, untilWall, 'expired')
    }
  }
  const past = next.past.filter(({ endedWall }) => endedWall > nowWall - PAST_MS)
  return past.length === next.past.length ? next : { ...next, past }
}

/** When the next override ends by itself. */
export function nextExpiryWall({ current }: OverrideBook): number | undefined {
  const ends = current.flatMap(({ untilWall }) => (untilWall === undefined ? [] : [untilWall]))
  return ends.length === 0 ? undefined : Math.min(...ends)
}

function closed(
  { current, past }: OverrideBook,
  override: Override,
  endedWall: number,
  ended: PastOverride['ended'],
  endedBy?: string,
): OverrideBook {
  const over = { ...override, endedWall, ended, ...(endedBy !== undefined && { endedBy }) }
  return {
    current: current.filter((one) => one !== override),
    past: [over, ...past].slice(0, PAST_MAX),
  }
}

/** A floor is a floor: whoever means it lowers it where the next reader will see that. */
function floorFault(
  { pool, minServing, members }: Muster,
  { member, word }: OverrideWish,
): Refusal | undefined {
  // Who is out already leaves nobody fewer.
  if (!members.some(({ name, isEligible }) => name === member && isEligible)) return
  const left = members.filter(({ name, isEligible }) => isEligible && name !== member)
  if (left.length >= minServing) return
  const whom = left.length === 0 ? 'nobody' : left.map(({ name }) => name).join(', ')
  return refusal(
    'conflict',
    `${word} of ${pool}/${member} would leave ${whom} in service, ` +
      `fewer than min_serving ${minServing} of pool "${pool}"`,
    'bring another member up first, or lower min_serving of the pool in the YAML and reload',
  )
}

function spanOf({ word, for: written }: OverrideWish): number | undefined | Refusal {
  if (written === undefined) return word === 'drain' ? undefined : SPAN_DEFAULT_MS
  const spanMs = parseDuration(written)
  const range = `${printDuration(SPAN_MIN_MS)}–${printDuration(SPAN_MAX_MS)}`
  if (spanMs === undefined) {
    return faultAt('for', `for "${written}" is not a span of time such as 2h (${range})`)
  }
  const isLegal = spanMs >= SPAN_MIN_MS && spanMs <= SPAN_MAX_MS
  return isLegal ? spanMs : faultAt('for', `for ${written} is outside ${range}`)
}

/** One line that a terminal shows as it stands: no escapes, nothing that turns text around. */
function readLine(
  key: string,
  written: string,
  { min, max }: { readonly min: number; readonly max: number },
): string | Refusal {
  const line = written.trim()
  if (line.length < min || line.length > max) {
    return faultAt(key, `${key} "${line.slice(0, 40)}" is outside ${min}–${max} characters`)
  }
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line)
    ? faultAt(key, `${key} has characters that cannot be shown; write one line of text`)
    : line
}
