/**
 * Keeps what is answered true: loads worlds, probes their targets, and publishes a roster whenever
 * what is believed, decided or remembered has changed it. All state of the control plane is here or
 * in what it holds.
 */

import type { Clock } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Random } from '../base/random.ts'

import type { Observation, Target } from '../health/check.ts'
import { createFileWatch, type FileWatch } from '../health/file-watch.ts'
import { createProber, type Prober } from '../health/prober.ts'
import type { Probe } from '../health/probes/probe.ts'
import type { Doubt } from '../health/self-doubt.ts'
import type { VerdictState } from '../health/verdict.ts'

import type { MemberConfig, Settings } from '../config/config.ts'

import { NO_WORLD } from '../engine/engine.ts'
import type { World } from '../engine/world.ts'

import { type News, newsOfWorld } from '../transport/news.ts'

import { type Burden, burdenAfter } from './judgement/burden.ts'
import { Cells, type TurnsOf } from './cells.ts'
import { type Concern, concernsOf, moodOf, turnsWatchedOf } from './concerns.ts'
import { type Flip, FlipLog, flipRecord } from './flips.ts'
import type { BindingJudgement } from './judgement/judgement.ts'
import { Judgements, type PoolNode } from './judgement/judgements.ts'
import type { ConfigSource, Loaded, LoadResult } from './loading/load.ts'
import type { Memory } from './judgement/memory.ts'
import type { PlannedBinding } from './loading/plan.ts'
import { type Publication, Rosters } from './judgement/rosters.ts'
import { anchorsOf, Doubts } from './self-doubt.ts'
import type { Facts } from './judgement/standing.ts'
import { bindingOverview, memberStatuses, poolOverview } from './status.ts'
import type { MemberStatus, Overview } from './status.ts'
import { cellLabel, type PlannedMember, targetsOfMember } from './judgement/targets.ts'
import { TurnWatch } from './turn-watch.ts'
import { worldOf } from './world.ts'

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
  /** Called when the prober begins to doubt itself, and when it ends. */
  readonly onDoubt?: (doubt: Doubt) => void
  /** What operators decided; nothing if unset. See `rejudge`. */
  readonly overrideOf?: Facts['overrideOf']
  /** Until when registered members may be answered (wall); without end if unset. */
  readonly leaseOf?: Facts['leaseOf']
  /** How many turns a cell of the tally has counted; for checks with `every`, and for status. */
  readonly turnsOf?: TurnsOf
  /** What a process before this one believed and remembered; asked once, at the first world. */
  readonly recall?: (settings: Settings) => Recollection
}

/** What survives a restart of what is judged. */
export interface Recollection {
  /** In clock milliseconds of this process, by the target's key. */
  readonly verdicts?: (targetKey: string) => VerdictState | undefined
  readonly pools?: Memory
}

export class Keeper {
  readonly #options: KeeperOptions
  readonly #prober: Prober
  readonly #cells: Cells
  readonly #turnWatch: TurnWatch
  readonly #fileWatch: FileWatch
  readonly #judgements: Judgements
  readonly #flips = new FlipLog()
  readonly #doubts: Doubts
  readonly #burdens = new Map<string, Burden>()
  /** By pool; they outlast reloads. */
  readonly #registered = new Map<string, readonly MemberConfig[]>()
  #loaded: Loaded | undefined
  #generation = 0
  #isStopped = false
  readonly #rosters = new Rosters()
  #concerns = new Map<string, Concern>()
  #cancelWake = () => {}
  /** What the observation that is being dealt with has led to. */
  #publication: Publication | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
    const { clock, random, attempt, turnsOf = () => 0 } = options
    this.#cells = new Cells(turnsOf)
    this.#doubts = new Doubts((doubt) => options.onDoubt?.(doubt))
    this.#prober = createProber({
      clock,
      random,
      attempt,
      onObservation: (target, _, observation) => this.#observe(target, observation),
      onFlip: (target, state, previous) => this.#tellFlip(target, state, previous),
      onOwnFault: (target, reason) => options.onOwnFault?.(target, reason),
      isCredible: (target, observation) => this.#doubts.isCredible(target, observation),
    })
    this.#judgements = new Judgements({
      facts: () => this.#facts(),
      cellOf: (label) => this.#cells.cellOf(label),
      registeredIn: (pool) => this.#registered.get(pool) ?? [],
    })
    this.#fileWatch = createFileWatch(clock, (key) => this.#prober.hasten(key))
    this.#turnWatch = new TurnWatch({
      clock,
      observedMs: (key) => this.#prober.reading(key)?.observedMs,
      hasten: (key) => this.#prober.hasten(key),
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
    return newsOfWorld(this.#world(), this.#rosters.all())
  }

  /** Undefined until a load has succeeded. */
  get settings(): Settings | undefined {
    return this.#loaded?.settings
  }

  get generation(): number {
    return this.#generation
  }

  /** The prober, for those who bring observations of their own or keep its verdicts. */
  get prober(): Prober {
    return this.#prober
  }

  /** The keys of all targets that are observed now. */
  targetKeys(): Iterable<string> {
    return this.#concerns.keys()
  }

  /** Whether a pool has a member of that name now, registered ones among them. */
  hasMember(pool: string, member: string): boolean {
    return this.#membersOf(pool).some(({ config }) => config.name === member)
  }

  /** The targets that tell how a member is, each once; none where there is no such member. */
  targetsOf(pool: string, member: string): Target[] {
    return targetsOfMember(this.#membersOf(pool), member)
  }

  /**
   * Gives a pool the members that have registered, in place of those that it had: its rosters
   * follow at once, and the world stays. They are kept over reloads; a pool that takes no
   * registrations, or is not there, goes on without them.
   */
  setRegistered(pool: string, members: readonly MemberConfig[]): void {
    if (members.length > 0) this.#registered.set(pool, members)
    else this.#registered.delete(pool)
    const node = this.#judgements.nodeNamed(pool)
    if (!node?.pool.config.registration) return
    this.#judgements.replan(node)
    this.#retarget()
    this.#judge([node])
  }

  /** Judges a pool anew, or all: an override or a lease has changed. */
  rejudge(pool?: string): void {
    const node = pool === undefined ? undefined : this.#judgements.nodeNamed(pool)
    this.#judge(node ? [node] : this.#judgements.nodes())
  }

  /** Tells a failover pool that kept its standby to go back. False where there is no such pool. */
  failBack(pool: string): boolean {
    const node = this.#judgements.nodeNamed(pool)
    if (!node) return false
    this.#judgements.forgetTier(node)
    this.#judge([node])
    return true
  }

  /** What the next process should know of what was judged. */
  memory(): Memory {
    return this.#judgements.memory()
  }

  /** How the answers of a binding came to be, by what is known at this moment. */
  judgement(binding: number): BindingJudgement | undefined {
    const planned = this.#bindings()[binding]
    const decision = this.#rosters.decision(binding)
    if (!planned || !decision) return
    const judged = this.#judgements.afresh()
    const poolNamed = (name: string) => {
      const node = this.#judgements.nodeNamed(name)
      return node && judged(node.pool.config)
    }
    const { roster, ttlReason } = decision
    return { planned, roster, ttlReason, pool: judged(planned.pool), poolNamed }
  }

  /** Each address of each member. */
  status(): MemberStatus[] {
    const pools = [...this.#judgements.nodes()].map(({ pool }) => pool)
    return pools.flatMap((pool) => memberStatuses(pool, (key) => this.#prober.state(key)))
  }

  /** Whether the prober doubts itself. */
  doubt(): Doubt {
    return this.#doubts.state(this.#options.clock.now())
  }

  /** How everything stands, by what is known at this moment. */
  overview(): Overview {
    const judged = this.#judgements.afresh()
    return {
      generation: this.#generation,
      atWall: this.#options.clock.wall(),
      bindings: this.#bindings().map((planned, binding) =>
        bindingOverview(binding, planned, this.#rosters.decision(binding)!),
      ),
      pools: [...this.#judgements.nodes()].map(({ pool: { config } }) =>
        poolOverview(judged(config), (member, family) =>
          this.#cells.turnsOf(cellLabel(config.name, member, family)),
        ),
      ),
      flips: this.#flips.records(),
    }
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelWake()
    this.#turnWatch.stop()
    this.#fileWatch.stop()
    this.#prober.stop()
  }

  #membersOf(pool: string): readonly PlannedMember[] {
    return this.#judgements.nodeNamed(pool)?.pool.members ?? []
  }

  #bindings(): readonly PlannedBinding[] {
    return this.#loaded?.bindings ?? []
  }

  #world(): World {
    return this.#loaded ? worldOf(this.#loaded, this.#generation) : NO_WORLD
  }

  #facts(): Facts {
    const { clock, overrideOf = () => undefined, leaseOf = () => undefined } = this.#options
    const nowWall = clock.wall()
    return {
      nowWall,
      wallAheadMs: nowWall - clock.now(),
      readings: (key) => this.#prober.reading(key),
      burdens: (key) => this.#burdens.get(key),
      overrideOf,
      leaseOf,
    }
  }

  #take(loaded: Loaded): void {
    const recollection = this.#loaded ? {} : (this.#options.recall?.(loaded.settings) ?? {})
    this.#doubts.take(loaded.settings)
    this.#loaded = loaded
    this.#generation++
    this.#rosters.clear()
    if (recollection.pools) this.#judgements.recall(recollection.pools)
    this.#judgements.take(loaded.bindings, loaded.pools, loaded.nearnessOf)
    this.#retarget(recollection.verdicts)
    this.#judgements.judge(this.#judgements.nodes())
    this.#rosters.take(loaded.bindings, this.#judgements, this.#options.clock.wall())
    this.#options.publish(this.briefing())
    this.#setWake()
  }

  /** Probes those whom the pools now have, and lets go of what was kept of others. */
  #retarget(remembered?: Recollection['verdicts']): void {
    const concerns = concernsOf(this.#judgements.nodes(), (nodes) =>
      this.#judgements.upwards(nodes),
    )
    const all = [...concerns.values()]
    const anchors = this.#loaded ? anchorsOf(this.#loaded.settings) : []
    const targets = [...all.map(({ target }) => target), ...anchors]
    this.#prober.retarget(targets, remembered)
    this.#fileWatch.retarget(targets)
    const isUp = (key: string) => this.#prober.state(key)?.verdict === 'up'
    this.#doubts.track(all, anchors, isUp)
    for (const concern of all) concern.mood = this.#moodOf(concern)
    this.#concerns = concerns
    for (const key of this.#burdens.keys()) if (!concerns.has(key)) this.#burdens.delete(key)
    this.#cells.keep(this.#judgements.cellLabels())
    const { turnsOf } = this.#options
    if (turnsOf) this.#turnWatch.watch(turnsWatchedOf(all, turnsOf))
  }

  #moodOf({ target: { key }, watches }: Concern): string {
    return moodOf(this.#prober.reading(key), this.#burdens.get(key), watches)
  }

  #observe({ key }: Target, { report, atMs }: Observation): void {
    this.#publication = undefined
    const concern = this.#concerns.get(key)
    if (!concern) return
    const burden = report && burdenAfter(report, atMs, this.#burdens.get(key))
    if (burden) this.#burdens.set(key, burden)
    const mood = this.#moodOf(concern)
    if (concern.mood === mood) return
    concern.mood = mood
    this.#judge(concern.pools)
  }

  /** Judges pools anew and publishes the rosters that differ. */
  #judge(nodes: Iterable<PoolNode>, alsoDue: readonly number[] = []): void {
    const concerned = this.#judgements.judge(nodes)
    const numbers = new Set([...concerned, ...alsoDue])
    const nowWall = this.#options.clock.wall()
    const { news, publication } = this.#rosters.update(numbers, this.#judgements, nowWall)
    this.#publication = publication
    if (news.length > 0) this.#options.publish(news)
    this.#setWake()
  }

  /** One timer for all that changes by plan: steps, overrides, leases, slow starts, TTLs. */
  #setWake(): void {
    this.#cancelWake()
    if (this.#isStopped) return
    const { clock } = this.#options
    const wakeAtWall = Math.min(this.#judgements.wakeAtWall(), this.#rosters.wakeAtWall())
    if (wakeAtWall === Number.POSITIVE_INFINITY) return
    // Walls are put forward and back: what is far is looked at again.
    const delayMs = Math.min(Math.ceil(wakeAtWall - clock.wall()), WAKE_MAX_MS)
    this.#cancelWake = clock.after(delayMs, () => {
      const nowWall = clock.wall()
      this.#judge(this.#judgements.due(nowWall), this.#rosters.due(nowWall))
    })
  }

  #tellFlip(target: Target, state: VerdictState, previous: VerdictState): void {
    const members = [...(this.#concerns.get(target.key)?.members ?? [])]
    const flip = { target, members, state, previous }
    const { nowWall, wallAheadMs } = this.#facts()
    const lastSuccessMs = this.#prober.reading(target.key)?.lastSuccessMs
    const lastSuccessWall = lastSuccessMs === undefined ? undefined : lastSuccessMs + wallAheadMs
    this.#flips.note(flipRecord(flip, nowWall, lastSuccessWall, this.#publication))
    this.#options.onFlip?.(flip)
  }
}

/** The longest that the timer sleeps. */
const WAKE_MAX_MS = 60_000
