/**
 * What happened since this process began, in numbers: how often, and how long it took where that is
 * what users feel. The events of an earlier process are not among them.
 */

import { EVENT_KINDS, type Event, type EventKind, type Flipped, type Reloaded } from './event.ts'

/** The bounds of the buckets that failovers are counted in by their time. */
export const FAILOVER_BOUNDS_MS: readonly number[] = [
  ...[500, 1_000, 2_500, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000],
]

/** Pools are counted apart while they are so few; names without a pool may be very many. */
const POOLS_COUNTED_MAX = 1_000

export interface FlipCount {
  up: number
  down: number
}

export interface FailoverCount {
  /** How many took no longer than each bound but longer than the one before; the last: longer. */
  readonly buckets: number[]
  sumMs: number
  /** The latest; absent until there was one. */
  lastMs?: number
}

export interface ReloadCount {
  taken: number
  refused: number
  lastIsTaken: boolean
  lastTookMs: number
  /** Of the last that was taken, the first load among them. */
  takenWall?: number
}

export class EventCounts {
  readonly kinds = Object.fromEntries(EVENT_KINDS.map((kind) => [kind, 0])) as Record<
    EventKind,
    number
  >
  readonly flips: FlipCount = { up: 0, down: 0 }
  readonly failovers: FailoverCount = {
    buckets: new Array<number>(FAILOVER_BOUNDS_MS.length + 1).fill(0),
    sumMs: 0,
  }
  readonly reloads: ReloadCount = { taken: 0, refused: 0, lastIsTaken: true, lastTookMs: 0 }
  readonly #flipsOf = new Map<string, FlipCount>()

  /** The flips of members of a pool, or of a name that is its own. */
  flipsOf(pool: string): Readonly<FlipCount> {
    return this.#flipsOf.get(pool) ?? NO_FLIPS
  }

  note(event: Event): void {
    this.kinds[event.kind]++
    if (event.kind === 'flip') this.#noteFlip(event)
    else if (event.kind === 'reload') this.#noteReload(event, Date.parse(event.at))
    else if (event.kind === 'start') this.reloads.takenWall = Date.parse(event.at)
  }

  #noteFlip({ to, members, failoverMs }: Flipped): void {
    if (to !== 'up' && to !== 'down') return
    this.flips[to]++
    const pools = new Set(members.map((label) => label.slice(0, label.lastIndexOf('/'))))
    for (const pool of pools) this.#countOf(pool)[to]++
    if (failoverMs === undefined) return
    const { failovers } = this
    const bucket = FAILOVER_BOUNDS_MS.findIndex((bound) => failoverMs <= bound)
    failovers.buckets[bucket < 0 ? FAILOVER_BOUNDS_MS.length : bucket]!++
    failovers.sumMs += failoverMs
    failovers.lastMs = failoverMs
  }

  #countOf(pool: string): FlipCount {
    const known = this.#flipsOf.get(pool)
    if (known) return known
    const count = { up: 0, down: 0 }
    if (this.#flipsOf.size < POOLS_COUNTED_MAX) this.#flipsOf.set(pool, count)
    return count
  }

  #noteReload({ isTaken, tookMs }: Reloaded, atWall: number): void {
    const { reloads } = this
    reloads[isTaken ? 'taken' : 'refused']++
    reloads.lastIsTaken = isTaken
    reloads.lastTookMs = tookMs
    if (isTaken) reloads.takenWall = atWall
  }
}

const NO_FLIPS: Readonly<FlipCount> = { up: 0, down: 0 }
