/**
 * The ledger: of every address of every member when it was last answered, until when a cache that
 * keeps to the TTL may hold it, and whether it is safe to stop.
 *
 * Always true: nobody is called safe while a roster in force has it, while some worker may still
 * answer from one that had it, or before the last cache must have let go. Where something is not
 * known for certain, it is taken to be later.
 */

import type { Clock } from '../../base/clock.ts'

import type { PoolConfig } from '../../config/config.ts'

import { countResolvers, type Ledger as Row, readLedger } from '../../engine/ledger.ts'

import type { News } from '../../transport/news.ts'

import type { RosterDecision } from '../judgement/rosters.ts'
import type { Holder } from '../judgement/targets.ts'
import type { PlannedBinding } from '../loading/plan.ts'
import { type Entry, together } from './entry.ts'
import { type Holding, Holdings, holderKey, type Seat } from './holdings.ts'
import { LongestTtls } from './longest-ttls.ts'
import { offersOf } from './offers.ts'
import { elapsedSince, ledgerSection, type SavedEntry, type SavedLedger } from './past.ts'
import { longestSaved, savedTtlOf, saveTtls } from './saved-ttls.ts'
import { Services } from './services.ts'

/** An answer is on its way for so long at most, and caches count in whole seconds. */
export const TRAVEL_MS = 1_000

export interface LedgerOptions {
  readonly clock: Clock
  /** The rows of all threads that answer, of those too that have ended. */
  readonly rows: () => readonly Row[]
  /** Numbers what workers were told last, and what all of them have heard. */
  readonly told: () => number
  readonly heard: () => number
  readonly decisions: () => readonly RosterDecision[]
}

export type IsWanted = (holder: Holder) => boolean

const everybody: IsWanted = () => true

/** How things stand at one moment, for all that is said of it. */
interface Look {
  readonly rows: readonly Row[]
  /** What all workers have heard. */
  readonly heardBy: number
  /** By `offerKey`, who is in a roster in force. */
  readonly serving: ReadonlySet<string>
  readonly nowMs: number
  /** How far the wall is ahead of the clock. */
  readonly aheadMs: number
}

export class Ledger {
  readonly #options: LedgerOptions
  readonly #holdings = new Holdings()
  readonly #services: Services
  /** Who is in no roster in force, and what workers must have heard for it to be so. */
  readonly #absent = new Map<string, number>()
  /** No answer of a process before was given later. */
  #startedMs: number
  #past: SavedLedger = ledgerSection.empty
  /** What the past says of one member's address, with its times by this process's clock. */
  readonly #floors = new Map<string, SavedEntry & { readonly untilMs: number }>()
  /** By pool, the longest that its answers have had in this process. */
  readonly #ttls = new LongestTtls()
  #isFinal = false

  constructor(options: LedgerOptions) {
    this.#options = options
    this.#startedMs = options.clock.now()
    this.#services = new Services(options)
  }

  /** Takes what the process before has left. */
  recall(past: SavedLedger): void {
    const { clock } = this.#options
    this.#past = past
    this.#startedMs = clock.now()
    const savedMs = this.#startedMs - elapsedSince(past, this.#startedMs, clock.wall())
    for (const entry of past.entries) {
      const untilMs = savedMs + entry.untilWall - past.savedWall
      this.#floors.set(holderKey(entry), { ...entry, untilMs })
    }
  }

  /** What the process after this one must know. */
  save(): SavedLedger {
    const nowMs = this.#options.clock.now()
    // What a process before the last may have answered outlasts this one, if that is short.
    const isHeld = (seconds: number) =>
      !this.#past.isFinal && nowMs < this.#startedMs + seconds * 1_000 + TRAVEL_MS
    const ttls = saveTtls(this.#ttls.all(), this.#past, isHeld)
    // What nobody wrote down may be of members that this process never heard of.
    const isKnown = !isHeld(Math.max(longestSaved(this.#past), longestSaved(ttls)))
    const isFinal = this.#isFinal && isKnown
    const entries = isFinal ? this.#savedEntries() : this.#pastEntries(nowMs)
    const savedWall = this.#wall(nowMs)
    return { isFinal, savedMs: nowMs, savedWall, ...ttls, entries }
  }

  /** Nobody answers any more: what is saved from now on is all there is to say. */
  finish(): void {
    this.#isFinal = true
  }

  /** A member has this address, and its turns are noted in this cell. */
  hold(seat: Seat): void {
    this.#holdings.hold(seat, this.#options.clock.now())
  }

  /** All others are gone; `labels` are as those of cells. */
  keep(labels: ReadonlySet<string>): void {
    this.#holdings.keep(labels)
  }

  /** A world is taken: for how long its answers may be kept. */
  takeWorld(bindings: readonly PlannedBinding[], pools: ReadonlyMap<string, PoolConfig>): void {
    this.#ttls.take(bindings, pools, this.#options.clock.now())
  }

  /** All threads have been told this. */
  noteTold(news: readonly News[]): void {
    const isWorld = news.some(({ kind }) => kind !== 'roster')
    if (isWorld) this.#absent.clear()
    else if (this.#absent.size > 0) {
      const told = news.flatMap((one) => (one.kind === 'roster' ? [one.roster.lineup] : []))
      for (const key of offersOf(told)) this.#absent.delete(key)
    }
    this.#services.follow(isWorld)
  }

  /** The keys of all who are here, and of those who are gone and may be held: see `holderKey`. */
  holders(isWanted: IsWanted = everybody): Map<string, Holder> {
    this.#forget(this.#look())
    const holders = new Map<string, Holder>()
    for (const holding of this.#holdings.all()) {
      if (isWanted(holding)) holders.set(holding.key, holding)
    }
    for (const [key, floor] of this.#floors) {
      if (isWanted(floor) && !holders.has(key)) holders.set(key, floor)
    }
    return holders
  }

  /** What is to be said of them. */
  entries(isWanted: IsWanted = everybody): Entry[] {
    const look = this.#look()
    this.#forget(look)
    const entries = new Map<string, Entry>()
    for (const holding of this.#holdings.all()) {
      if (!isWanted(holding)) continue
      const entry = this.#entryOf(holding, look)
      const other = entries.get(holding.key)
      entries.set(holding.key, other ? together(other, entry) : entry)
    }
    // Those that the process before answered and this one does not know.
    for (const [key, { untilMs, untilWall: _, ...floor }] of this.#floors) {
      if (entries.has(key) || !isWanted(floor)) continue
      const untilWall = Math.round(untilMs + look.aheadMs)
      entries.set(key, { ...floor, untilWall, isServing: false, ledBy: [], isSafe: false })
    }
    return [...entries.values()]
  }

  #look(): Look {
    const { clock, rows, heard, decisions } = this.#options
    // Asked first: what is read after has all that was noted until then.
    const heardBy = heard()
    const serving = offersOf(decisions().map(({ roster }) => roster.lineup))
    const nowMs = clock.now()
    return { rows: rows(), heardBy, serving, nowMs, aheadMs: clock.wall() - nowMs }
  }

  /** Those whose time is over. */
  #forget(look: Look): void {
    for (const holding of this.#holdings.gone()) {
      if (!this.#entryOf(holding, look).isSafe) continue
      this.#holdings.forget(holding)
      this.#absent.delete(holding.offer)
    }
    for (const [key, { untilMs }] of this.#floors) {
      if (look.nowMs >= untilMs + TRAVEL_MS) this.#floors.delete(key)
    }
  }

  #entryOf(holding: Holding, look: Look): Entry {
    const { rows, serving, heardBy, nowMs, aheadMs } = look
    const isOffered = serving.has(holding.offer)
    const isHeard = !isOffered && this.#isHeard(holding.offer, heardBy)
    const reading = holding.last ?? readLedger(rows, holding.cell)
    if (holding.isGone && isHeard) {
      holding.last ??= { ...reading, resolvers: resolversOf(holding, look) }
    }
    const service = this.#services.standing(holding.address, holding.pool)
    const floor = this.#floors.get(holding.key)
    const isAnswered = reading.lastMs > 0 && reading.lastMs >= holding.sinceMs
    const untilMs = Math.max(
      isAnswered ? reading.untilMs : 0,
      service.untilMs,
      floor?.untilMs ?? 0,
      this.#crashFloorMs(holding.pool, nowMs),
    )
    const { ledBy } = service
    const isServing = isOffered || ledBy.length > 0
    const isPast = !isAnswered && floor?.lastWall !== undefined && floor.untilMs > nowMs
    const last = isPast
      ? { lastWall: floor.lastWall, ttlSeconds: floor.ttlSeconds ?? 0 }
      : { lastWall: Math.round(reading.lastMs + aheadMs), ttlSeconds: reading.ttlSeconds }
    const { pool, member, family, address } = holding
    return {
      ...{ pool, member, family, address, isServing, ledBy },
      ...((isAnswered || isPast) && last),
      ...(untilMs > 0 && { untilWall: Math.round(untilMs + aheadMs) }),
      resolvers: Math.max(
        isAnswered ? resolversOf(holding, look) : 0,
        floor && floor.untilMs > nowMs ? floor.resolvers : 0,
      ),
      isSafe: !isServing && isHeard && service.isHeard && nowMs >= untilMs + TRAVEL_MS,
    }
  }

  /** Whether every worker answers from rosters without it; it is in none that is in force. */
  #isHeard(key: string, heardBy: number): boolean {
    const mark = this.#absent.get(key) ?? this.#options.told()
    this.#absent.set(key, mark)
    return heardBy >= mark
  }

  /** Until when what nobody wrote down may be held; 0 where there is no such thing any more. */
  #crashFloorMs(pool: string, nowMs: number): number {
    if (this.#past.isFinal) return 0
    const seconds = Math.max(savedTtlOf(this.#past, pool), this.#ttls.of(pool))
    const untilMs = this.#startedMs + seconds * 1_000
    return nowMs < untilMs + TRAVEL_MS ? untilMs : 0
  }

  #savedEntries(): SavedEntry[] {
    const nowWall = this.#options.clock.wall()
    return this.entries().flatMap((entry) => {
      const { isServing: _, isSafe: __, ledBy: ___, untilWall = 0, ...known } = entry
      return untilWall + TRAVEL_MS <= nowWall ? [] : [{ ...known, untilWall }]
    })
  }

  /** Whom this process knows from one before: should it crash, nobody else will tell of them. */
  #pastEntries(nowMs: number): SavedEntry[] {
    return [...this.#floors.values()].flatMap(({ untilMs, ...entry }) =>
      nowMs < untilMs + TRAVEL_MS ? [{ ...entry, untilWall: this.#wall(untilMs) }] : [],
    )
  }

  #wall(ms: number): number {
    return Math.round(ms + this.#aheadMs())
  }

  #aheadMs(): number {
    const { clock } = this.#options
    return clock.wall() - clock.now()
  }
}

function resolversOf({ cell, last }: Holding, { rows, nowMs }: Look): number {
  return last?.resolvers ?? countResolvers(rows, cell, nowMs)
}
