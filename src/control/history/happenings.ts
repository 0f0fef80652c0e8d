/** What happened, in the words of the flight recorder: from flips, from the books, from reloads. */

import type { Moment } from '../../base/moment.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { headline } from '../../base/diagnostic.ts'

import type { Pages } from '../books/books.ts'
import type { Override, OverrideBook } from '../books/overrides.ts'
import type { Registration } from '../books/registrations.ts'
import type { FlipRecord } from '../flips.ts'
import type { Enrolled, Flipped, Overridden, Reloaded } from './event.ts'

/** An address may be that of ten thousand names, and each event is a line. */
export const MEMBERS_MAX = 100
/** What a backend or a file says may be long. */
export const TEXT_MAX = 1_000

/** Those who are named of so many, and how many more there are. */
export function firstOf(members: readonly string[]): Pick<Flipped, 'members' | 'moreMembers'> {
  if (members.length <= MEMBERS_MAX) return { members }
  return { members: members.slice(0, MEMBERS_MAX), moreMembers: members.length - MEMBERS_MAX }
}

/**
 * Undefined for a first verdict that is good: ten thousand targets would be as many events at each
 * start, and none of them news.
 */
export function flipped(record: FlipRecord): Flipped | undefined {
  const { members, address, check, verdict, previous, evidence, failoverMs } = record
  const { lastSuccessWall, lastCacheWall } = record
  if (previous === 'unknown' && verdict === 'up') return
  return {
    kind: 'flip',
    ...firstOf(members),
    ...{ address, check, from: previous, to: verdict, evidence: clipped(evidence) },
    ...(lastSuccessWall !== undefined && { lastSuccessAt: moment(lastSuccessWall) }),
    ...(failoverMs !== undefined && { failoverMs: Math.round(failoverMs) }),
    ...(lastCacheWall !== undefined && { lastCacheAt: moment(lastCacheWall) }),
  }
}

export type Change = Overridden | Enrolled

/** What the books say now that they did not say before, and the other way round. */
export function changesOf(before: Pages, now: Pages, at: Moment): readonly Change[] {
  return [
    ...overrideChanges(before.overrides, now.overrides, at.wall),
    ...registrationChanges(before.registrations, now.registrations, at.ms),
  ]
}

function overrideChanges(before: OverrideBook, now: OverrideBook, nowWall: number): Overridden[] {
  if (before.current === now.current) return []
  const were = new Set(before.current)
  const labels = new Set(now.current.map(labelOf))
  const begun = now.current.filter((one) => !were.has(one))
  const over = before.current.filter((one) => !labels.has(labelOf(one)))
  return [
    ...over.map((one) => overridden(one, ...endOf(one, now, nowWall))),
    ...begun.map((one) => overridden(one, 'set')),
  ]
}

/** The past is short; of whom it says nothing any more the time tells. */
function endOf(
  one: Override,
  { past }: OverrideBook,
  nowWall: number,
): ['ended' | 'expired', (string | undefined)?] {
  const ending = past.find(
    (ended) => labelOf(ended) === labelOf(one) && ended.sinceWall === one.sinceWall,
  )
  if (ending?.ended === 'undone') return ['ended', ending.endedBy]
  const hasEnd = one.untilWall !== undefined && one.untilWall <= nowWall
  return [ending?.ended === 'expired' || hasEnd ? 'expired' : 'ended']
}

function overridden(
  { pool, member, word, reason, author, untilWall }: Override,
  action: Overridden['action'],
  endedBy?: string,
): Overridden {
  return {
    kind: 'override',
    ...{ action, pool, member, word, reason, author },
    ...(untilWall !== undefined && { until: moment(untilWall) }),
    ...(endedBy !== undefined && { endedBy }),
  }
}

function registrationChanges(
  before: readonly Registration[],
  now: readonly Registration[],
  nowMs: number,
): Enrolled[] {
  if (before === now) return []
  const [had, has] = [before, now].map((list) => new Set(list.map(labelOf)))
  const gone = before.filter((one) => !has!.has(labelOf(one)))
  const come = now.filter((one) => !had!.has(labelOf(one)))
  return [
    ...gone.map((one) => enrolled(one, one.untilMs <= nowMs ? 'expired' : 'left')),
    ...come.map((one) => enrolled(one, 'joined')),
  ]
}

function enrolled({ pool, member, v4, v6 }: Registration, action: Enrolled['action']): Enrolled {
  const addresses = [v4, v6].filter((address) => address !== undefined)
  return { kind: 'registration', action, pool, member, addresses }
}

export function reloaded(
  diagnostics: readonly Diagnostic[],
  generation: number,
  tookMs: number,
): Reloaded {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const problem = errors[0] && clipped(headline(errors[0]))
  return {
    kind: 'reload',
    ...{ isTaken: errors.length === 0, generation, errors: errors.length },
    warnings: diagnostics.length - errors.length,
    ...(problem !== undefined && { problem }),
    tookMs: Math.round(tookMs),
  }
}

/** A moment as events tell it: ISO 8601, UTC. */
export function moment(wall: number): string {
  return new Date(wall).toISOString()
}

/** Cut off where it is longer than anybody reads. */
export function clipped(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`
}

function labelOf({ pool, member }: { readonly pool: string; readonly member: string }): string {
  return `${pool}/${member}`
}
