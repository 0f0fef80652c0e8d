/**
 * The rosters of the present world: decided from judgements, told where they differ from what was
 * told before, and decided anew when their time comes.
 */

import { typeName } from '../../wire/registry.ts'

import { isSameRoster, type Roster } from '../../balance/roster.ts'

import type { PoolConfig } from '../../config/config.ts'

import type { News } from '../../transport/news.ts'

import { answeredAddresses } from './answered.ts'
import type { Judged, PoolJudgement } from './judgement.ts'
import type { PlannedBinding } from '../loading/plan.ts'
import { followHealth, ledTo } from './services.ts'
import { printOffer } from './targets.ts'
import { ttlOf } from './ttl.ts'

/** Records of a name that lead to an address without being its addresses. */
export interface Lead {
  readonly address: string
  /** Which records, for people: type and name. */
  readonly by: string
  /** Whose members they lead to; none where it is nobody's that the name's pools know. */
  readonly pools: ReadonlySet<string>
}

export interface RosterDecision {
  readonly roster: Roster
  /** Why the TTL is what it is, for people. */
  readonly ttlReason: string
  /** Where its services lead to; absent where it has none. */
  readonly leadsTo?: readonly Lead[]
}

/** What was told because of one event. */
export interface Publication {
  readonly publishedWall: number
  /** When the last cache lets go of what was answered before. */
  readonly lastCacheWall: number
}

/** The judgements of pools as they stand. */
export interface Judgements {
  of(pool: PoolConfig): PoolJudgement
  readonly named: Judged
}

export class Rosters {
  #bindings: readonly PlannedBinding[] = []
  #decisions: RosterDecision[] = []
  /** By label, until when (wall) caches may hold answers of rosters before the last. */
  readonly #heldUntilWall = new Map<string, number>()
  /** By binding, when it is to be decided anew though nothing happens (wall). */
  readonly #wakes = new Map<number, number>()

  /** Lets go of all rosters: until `take`, a world is under way and nothing may be told. */
  clear(nowWall: number): void {
    // What was answered from the world before outlives it in caches.
    for (const binding of this.#bindings.keys()) this.#noteHeld(binding, nowWall)
    this.#bindings = []
    this.#decisions = []
    this.#wakes.clear()
  }

  take(bindings: readonly PlannedBinding[], judgements: Judgements, nowWall: number): void {
    this.#bindings = bindings
    this.#wakes.clear()
    this.#decisions = bindings.map((_, binding) => this.#decide(binding, judgements, nowWall))
    const labels = new Set(bindings.map(({ label }) => label))
    for (const label of this.#heldUntilWall.keys()) {
      if (!labels.has(label)) this.#heldUntilWall.delete(label)
    }
  }

  /** Decides these anew, where they are of the present world, and returns those that differ. */
  update(
    numbers: Iterable<number>,
    judgements: Judgements,
    nowWall: number,
  ): { readonly news: News[]; readonly publication: Publication | undefined } {
    const news: News[] = []
    let lastCacheWall = nowWall
    for (const binding of numbers) {
      const before = this.#decisions[binding]
      if (before === undefined) continue
      const after = this.#decide(binding, judgements, nowWall)
      if (!isSameRoster(after.roster, before.roster)) {
        lastCacheWall = Math.max(lastCacheWall, this.#noteHeld(binding, nowWall))
        news.push({ kind: 'roster', binding, roster: after.roster })
      }
      this.#decisions[binding] = after
    }
    const publication = news.length > 0 ? { publishedWall: nowWall, lastCacheWall } : undefined
    return { news, publication }
  }

  all(): Roster[] {
    return this.#decisions.map(({ roster }) => roster)
  }

  decisions(): readonly RosterDecision[] {
    return this.#decisions
  }

  decision(binding: number): RosterDecision | undefined {
    return this.#decisions[binding]
  }

  /** Whether any of these bindings answers one of these addresses (or aliases), or leads to it. */
  doAnswer(addresses: ReadonlySet<string>, numbers: Iterable<number>): boolean {
    const decisions = [...numbers].flatMap((binding) => this.#decisions[binding] ?? [])
    const leads = decisions.flatMap(({ leadsTo = [] }) => leadsTo)
    if (leads.some(({ address }) => addresses.has(address))) return true
    const lineups = new Set(decisions.map(({ roster }) => roster.lineup))
    // A set that grows while it is walked is walked to its end.
    for (const { candidates } of lineups) {
      for (const offer of candidates.flatMap(({ v4, v6 }) => [v4, v6])) {
        if (offer?.kind === 'pool') lineups.add(offer.lineup)
        else if (offer && addresses.has(printOffer(offer))) return true
      }
    }
    return false
  }

  /** When the first is to be decided anew though nothing happens (wall); else Infinity. */
  wakeAtWall(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const wall of this.#wakes.values()) earliest = Math.min(earliest, wall)
    return earliest
  }

  due(nowWall: number): number[] {
    return [...this.#wakes].flatMap(([binding, wall]) => (wall <= nowWall ? [binding] : []))
  }

  /** Returns until when caches may hold what a binding has answered until now (wall). */
  #noteHeld(binding: number, nowWall: number): number {
    const { label } = this.#bindings[binding]!
    const { ttl } = this.#decisions[binding]!.roster
    // Older answers, given under a longer TTL, may outlast those that were given last.
    const untilWall = Math.max(this.#heldUntilWall.get(label) ?? 0, nowWall + ttl * 1000)
    this.#heldUntilWall.set(label, untilWall)
    return untilWall
  }

  #decide(binding: number, judgements: Judgements, nowWall: number): RosterDecision {
    const planned = this.#bindings[binding]!
    const { pool, policy = pool.policy, ttl, ttlMode = 'step' } = planned
    const judgement = judgements.of(pool)
    const { seconds, reason, wakeAtWall } = ttlOf(ttl, ttlMode, judgement.outlook, nowWall)
    if (wakeAtWall === undefined) this.#wakes.delete(binding)
    else this.#wakes.set(binding, wakeAtWall)
    const lineup = judgement.lineups.get(policy)!
    const services = servicesOf(planned, judgement, judgements.named, seconds)
    return {
      roster: {
        lineup: planned.holdsAddresses === false ? { policy, candidates: [] } : lineup,
        ttl: seconds,
        ...(services && { services: services.sets }),
      },
      ttlReason: reason,
      ...(services && { leadsTo: services.leadsTo }),
    }
  }
}

const NO_POOLS: ReadonlySet<string> = new Set()

function servicesOf(
  { services, servicesAt, strangers, pool, policy = pool.policy }: PlannedBinding,
  judgement: PoolJudgement,
  named: Judged,
  ttl: number,
) {
  if (!services) return
  const answered = answeredAddresses(judgement, named)
  const isAnybody = judgement.lineups.get(policy)!.candidates.length > 0
  const standing = (address: string) =>
    answered.get(address)?.mayBeAnswered ?? (strangers?.has(address) ? false : undefined)
  return {
    sets: followHealth(services, standing, ttl, isAnybody),
    leadsTo: ledTo(services, standing, isAnybody).flatMap(({ type, addresses }) => {
      const by = `${typeName(type)} of ${servicesAt}`
      return [...addresses].map((address) => ({
        ...{ address, by },
        pools: answered.get(address)?.pools ?? NO_POOLS,
      }))
    }),
  }
}
