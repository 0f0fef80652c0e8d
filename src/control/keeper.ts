/**
 * Keeps what is answered true: loads worlds, probes their targets, and publishes a roster whenever
 * a verdict or the TTL that follows from it has changed. All state of the control plane is here.
 */

import type { Clock } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Random } from '../base/random.ts'

import type { Target } from '../health/check.ts'
import { createProber, type Prober } from '../health/prober.ts'
import type { Probe } from '../health/probes/probe.ts'
import { isInTransition, type VerdictState } from '../health/verdict.ts'

import { isSameRoster, type Roster } from '../balance/roster.ts'

import type { PoolConfig, Settings } from '../config/config.ts'

import { NO_CELL, TALLY_CELLS } from '../engine/tally.ts'
import type { World } from '../engine/world.ts'

import { type News, newsOfWorld } from '../transport/news.ts'

import type { ConfigSource, Loaded, LoadResult } from './load.ts'
import type { PlannedBinding } from './plan.ts'
import { rosterOf } from './roster.ts'
import { addressesOfPool, type MemberAddress } from './targets.ts'

export interface KeeperOptions {
  readonly source: ConfigSource
  readonly load: (source: ConfigSource) => Promise<LoadResult>
  readonly clock: Clock
  readonly random: Random
  readonly attempt: Probe
  /** Tells every thread that answers. */
  readonly publish: (news: readonly News[]) => void
  readonly onFlip?: (flip: Flip) => void
  /** Called for every probe that this machine could not make. */
  readonly onOwnFault?: (target: Target, reason: string) => void
}

/** A verdict that changed, with whom it concerns. */
export interface Flip {
  readonly target: Target
  /** The members at that address, as `pool/member`. */
  readonly members: readonly string[]
  readonly state: VerdictState
  readonly previous: VerdictState
}

/** One address of a member as things stand, for people. */
export interface MemberStatus {
  readonly pool: string
  readonly member: string
  readonly address: string
  readonly weight: number
  /** Undefined where there is no check: then it is always answered. */
  readonly state: VerdictState | undefined
  /** Where the turns that it leads are counted. */
  readonly cell: number
}

export class Keeper {
  readonly #options: KeeperOptions
  readonly #prober: Prober
  #loaded: Loaded | undefined
  #generation = 0
  #isStopped = false
  /** By binding; empty while a world is being taken. */
  #rosters: Roster[] = []
  /** Given out once and kept over reloads, so that counts go on. */
  readonly #cells = new Map<string, number>()
  /** By pool, each once: names that differ in `answers` alone share a pool. */
  #addresses = new Map<PoolConfig, readonly MemberAddress[]>()
  /** Which bindings a target's verdict matters to, by the target's key. */
  #concerns = new Map<string, Concern>()

  constructor(options: KeeperOptions) {
    this.#options = options
    const { clock, random, attempt } = options
    this.#prober = createProber({
      clock,
      random,
      attempt,
      onObservation: (target, state) => this.#observe(target, state),
      onFlip: (target, state, previous) => this.#tellFlip(target, state, previous),
      onOwnFault: (target, reason) => options.onOwnFault?.(target, reason),
    })
  }

  /**
   * Loads what the operator wrote and, where it is sound, probes and publishes it. A load with
   * errors changes nothing. Returns what was found either way.
   */
  async load(): Promise<readonly Diagnostic[]> {
    const { loaded, diagnostics } = await this.#options.load(this.#options.source)
    if (loaded && !this.#isStopped) this.#take(loaded)
    return diagnostics
  }

  /** Probes everybody once before the first answer, for at most `budgetMs`. */
  async firstRound(budgetMs: number): Promise<void> {
    await this.#prober.firstRound(budgetMs)
  }

  /** The present world as news, for a thread that starts. */
  briefing(): readonly News[] {
    return newsOfWorld(this.#world(), this.#rosters)
  }

  /** Undefined until a load has succeeded. */
  get settings(): Settings | undefined {
    return this.#loaded?.settings
  }

  get generation(): number {
    return this.#generation
  }

  status(): MemberStatus[] {
    return [...this.#addresses].flatMap(([pool, addresses]) =>
      addresses.map(({ member, address, target, cell }) => ({
        pool: pool.name,
        member: member.name,
        address,
        weight: member.weight,
        state: target && this.#prober.state(target.key),
        cell,
      })),
    )
  }

  stop(): void {
    this.#isStopped = true
    this.#prober.stop()
  }

  #bindings(): readonly PlannedBinding[] {
    return this.#loaded?.bindings ?? []
  }

  #world(): World {
    const zones = this.#loaded?.zones ?? []
    const bindings = this.#bindings().map(({ answers }) => ({ answers }))
    const serverId = new TextEncoder().encode(this.#loaded?.settings.serverId ?? '')
    return { generation: this.#generation, zones, bindings, serverId }
  }

  #take(loaded: Loaded): void {
    this.#loaded = loaded
    this.#generation++
    this.#addresses = new Map(
      loaded.bindings.map(({ pool }) => [
        pool,
        addressesOfPool(pool, (label) => this.#cellOf(label)),
      ]),
    )
    this.#concerns = concernsOf(loaded.bindings, this.#addresses)
    this.#rosters = []
    this.#prober.retarget([...this.#concerns.values()].map(({ target }) => target))
    for (const concern of this.#concerns.values()) {
      concern.mood = moodOf(this.#prober.state(concern.target.key))
    }
    this.#rosters = loaded.bindings.map((binding) => this.#rosterOf(binding))
    this.#options.publish(this.briefing())
  }

  #cellOf(label: string): number {
    const cell = this.#cells.get(label) ?? this.#cells.size + 1
    if (cell >= TALLY_CELLS) return NO_CELL
    this.#cells.set(label, cell)
    return cell
  }

  #rosterOf(binding: PlannedBinding): Roster {
    return rosterOf(binding, this.#addresses.get(binding.pool)!, (key) => this.#prober.state(key))
  }

  /** Publishes the rosters that an observation changed. Most change nothing, and cost nothing. */
  #observe(target: Target, state: VerdictState): void {
    const concern = this.#concerns.get(target.key)
    const mood = moodOf(state)
    if (!concern || concern.mood === mood) return
    concern.mood = mood
    const news: News[] = []
    for (const binding of concern.bindings) {
      const known = this.#rosters[binding]
      // A probe that ends while a world is being taken: the world will come with what it showed.
      if (known === undefined) continue
      const roster = this.#rosterOf(this.#bindings()[binding])
      if (isSameRoster(roster, known)) continue
      this.#rosters[binding] = roster
      news.push({ kind: 'roster', binding, roster })
    }
    if (news.length > 0) this.#options.publish(news)
  }

  #tellFlip(target: Target, state: VerdictState, previous: VerdictState): void {
    const members = this.#concerns.get(target.key)?.members ?? []
    this.#options.onFlip?.({ target, members: [...members], state, previous })
  }
}

/** Whom a target's verdict concerns. */
interface Concern {
  readonly target: Target
  readonly bindings: Set<number>
  /** As `pool/member`. */
  readonly members: Set<string>
  /** What rosters were last built from. */
  mood: string
}

/** All that a roster depends on: a probe that leaves it the same changes no roster. */
function moodOf(state: VerdictState | undefined): string {
  if (!state) return 'unknown'
  return isInTransition(state) ? `${state.verdict} in transition` : state.verdict
}

function concernsOf(
  bindings: readonly PlannedBinding[],
  addresses: ReadonlyMap<PoolConfig, readonly MemberAddress[]>,
): Map<string, Concern> {
  const concerns = new Map<string, Concern>()
  bindings.forEach(({ pool }, binding) => {
    for (const { member, target } of addresses.get(pool)!) {
      if (!target) continue
      const known = concerns.get(target.key)
      const concern = known ?? { target, bindings: new Set(), members: new Set(), mood: '' }
      if (!known) concerns.set(target.key, concern)
      concern.bindings.add(binding)
      concern.members.add(`${pool.name}/${member.name}`)
    }
  })
  return concerns
}
