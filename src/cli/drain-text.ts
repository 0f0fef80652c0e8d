/** What is said of a member that was taken out: when it is safe to stop, or why it is not. */

import type { LedgerEntry } from '../admin/listings.ts'

import { spanText } from './table.ts'

/** Of holders, where nobody knows what a process before answered. */
export const UNKNOWN_HOLDERS = 'from before the start'

/** What --json prints when the wait is over. */
export interface Drained {
  readonly pool: string
  readonly member: string
  readonly isSafe: boolean
  /** When the last cache lets go; absent while it is answered. */
  readonly safeAt?: string
  readonly lastAnswerAt?: string
  readonly ttlSeconds?: number
  /** Networks of resolvers that held it, about; as many as were seen at a time. */
  readonly resolvers: number
  /** Other members at its addresses who are answered, or may be held. */
  readonly stillAnsweredBy: readonly string[]
  /** How many more there are, where they are very many. */
  readonly moreStillAnswering?: number
  readonly address?: string
  /** Records that lead to it, until somebody changes them: SRV, SVCB, HTTPS; absent: none. */
  readonly ledBy?: readonly string[]
  /** Why it is not safe, where waiting longer would not help. */
  readonly why?: string
}

export interface Asked {
  readonly pool: string
  readonly member: string
  /** Whether the override that took it out still holds. */
  readonly isOut: boolean
  /** When the wait began: nothing was safe before, as far as is known. */
  readonly startWall: number
  /** Until when it may be held by the latest that was said: the entry of who is safe has none. */
  readonly heldWall?: number
  /** When it was found in the ledger no more, where the entries are those from before. */
  readonly goneWall?: number
}

/** An answer may be on its way for so long: what the ledger adds before it calls anybody safe. */
const TRAVEL_MS = 1_000

/** What the entries of a member come to: it is safe when all of them are. */
export function drainedOf(
  { pool, member, isOut, startWall, heldWall = 0, goneWall }: Asked,
  entries: readonly LedgerEntry[],
): Drained {
  const heldMs = [heldWall, ...heldWalls(entries)]
  const last = entries
    .filter(({ lastAnswerAt }) => lastAnswerAt !== undefined)
    .sort((one, other) => Date.parse(other.lastAnswerAt!) - Date.parse(one.lastAnswerAt!))[0]
  const isServing = entries.some((one) => one.isServing)
  const safeMs = Math.max(startWall, ...heldMs.map((ms) => ms + TRAVEL_MS))
  // Who has left stays in the ledger until it is safe, or until its server has ended.
  const isOver = goneWall !== undefined && !isServing && goneWall >= safeMs
  const why = whyNever(isOut, entries, goneWall !== undefined && !isOver)
  const ledBy = [...new Set(entries.flatMap((entry) => entry.ledBy ?? []))]
  const more = Math.max(0, ...entries.map(({ moreOthers = 0 }) => moreOthers))
  return {
    ...{ pool, member },
    isSafe: why === undefined && (isOver || entries.every(({ isSafe }) => isSafe)),
    ...(!isServing && why === undefined && { safeAt: new Date(safeMs).toISOString() }),
    ...(last?.lastAnswerAt !== undefined && { lastAnswerAt: last.lastAnswerAt }),
    ...(last?.ttlSeconds !== undefined && { ttlSeconds: last.ttlSeconds }),
    resolvers: Math.max(0, ...entries.map(({ resolvers }) => resolvers)),
    stillAnsweredBy: [...new Set(entries.flatMap(({ others = [] }) => others))],
    ...(more > 0 && { moreStillAnswering: more }),
    ...(entries[0] && { address: entries[0].address }),
    ...(ledBy.length > 0 && { ledBy }),
    ...(why !== undefined && { why }),
  }
}

export function heldWalls(entries: readonly LedgerEntry[]): number[] {
  return entries.flatMap(({ heldUntil }) => (heldUntil ? [Date.parse(heldUntil)] : []))
}

function whyNever(
  isOut: boolean,
  entries: readonly LedgerEntry[],
  isUnknown: boolean,
): string | undefined {
  if (!isOut) return 'the override that took it out has ended'
  if (isUnknown) return 'the server knows it no more'
  if (entries.length > 0) return
  return 'it has no address of its own, as a member that is a pool; wait for its members'
}

/** While it is waited for. */
export function progressText(drained: Drained, now: number): string {
  const { pool, member, safeAt, resolvers } = drained
  const label = `${pool}/${member}`
  if (safeAt === undefined) return `${label}: ${answeredText(drained)}`
  const leftMs = Date.parse(safeAt) - now
  const held = `${counted(resolvers, 'resolver')} may hold it`
  return leftMs > 0
    ? `${label}: safe to stop in ${spanText(leftMs)}; ${held}`
    : `${label}: until all workers have heard; ${held}`
}

/** By what it is answered though it was taken out. */
function answeredText({ ledBy }: Drained): string {
  if (!ledBy) return 'still answered'
  return `still answered: ${listed(ledBy)} ${ledBy.length === 1 ? 'leads' : 'lead'} to it`
}

/** When it is over. */
export function verdictText(drained: Drained): string {
  const { pool, member, isSafe, safeAt, why, stillAnsweredBy, address } = drained
  const { moreStillAnswering: more } = drained
  const others = [...stillAnsweredBy, ...(more === undefined ? [] : [`${more} more`])]
  const verb = others.length === 1 ? 'answers' : 'answer'
  const but = others.length > 0 ? `; but ${listed(others)} still ${verb} ${address}` : ''
  if (isSafe) return `safe to stop at ${time(safeAt!, Math.ceil)}; ${lastText(drained)}${but}`
  const when =
    safeAt === undefined
      ? `it is ${answeredText(drained)}`
      : `it would be at ${time(safeAt, Math.ceil)}`
  const reason = why === undefined ? '' : `${why}; `
  return `${pool}/${member} is not safe to stop: ${reason}${when}${but}`
}

function lastText({ lastAnswerAt, ttlSeconds = 0, resolvers }: Drained): string {
  if (lastAnswerAt === undefined) return 'no answer of it is known'
  const many = counted(resolvers, 'resolver')
  return `last answer ${time(lastAnswerAt, Math.floor)}, TTL ${ttlSeconds}, ${many}`
}

/** By the wall of whoever reads it. */
function time(moment: string, round: (seconds: number) => number): string {
  return new Date(round(Date.parse(moment) / 1_000) * 1_000).toTimeString().slice(0, 8)
}

function listed(names: readonly string[]): string {
  const [last, ...rest] = [...names].reverse()
  return rest.length === 0 ? last! : `${rest.reverse().join(', ')} and ${last}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
