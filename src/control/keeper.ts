/**
 * Keeps what is answered true: loads worlds, probes their targets, and publishes a roster whenever
 * what is believed, decided or remembered has changed it. All state of the control plane is here or
 * in what it holds.
 */

import type { Diagnostic } from '../base/diagnostic.ts'

import type { Target } from '../health/check.ts'
import type { Prober } from '../health/prober-face.ts'
import type { Doubt } from '../health/self-doubt.ts'
import type { VerdictState } from '../health/verdict.ts'

import type { MemberConfig, Settings } from '../config/config.ts'

import { NO_WORLD } from '../engine/engine.ts'
import type { World } from '../engine/world.ts'

import { type News, newsOfWorld } from '../transport/news.ts'

import { Cells } from './cells.ts'
import type { Concern } from './concerns.ts'
import { type PoolFigures, poolFigures } from './figures.ts'
import { FlipLog, flipRecord } from './flips.ts'
import type { BindingJudgement, PoolJudgement } from './judgement/judgement.ts'
import { Judgements, type PoolNode } from './judgement/judgements.ts'
import type { Memory } from './judgement/memory.ts'
import { type Publication, type RosterDecision, Rosters } from './judgement/rosters.ts'
import type { Facts } from './judgement/standing.ts'
import { cellLabel, type Family, type PlannedMember } from './judgement/targets.ts'
import { targetsOfMember } from './judgement/targets.ts'
import type { Loaded } from './loading/load.ts'
import type { PlannedBinding } from './loading/plan.ts'
import type { KeeperOptions, Recollection } from './keeper-options.ts'
import { Lookout } from './lookout.ts'
import { bindingOverview, memberStatuses, poolOverview } from './status.ts'
import type { BindingOverview, MemberStatus, Overview, PoolOverview } from './status.ts'
import { Wake } from './wake.ts'
import { worldOf } from './world.ts'

export class Keeper {
  readonly #options: KeeperOptions
  readonly #lookout: Lookout
  readonly #cells: Cells
  readonly #judgements: Judgements
  readonly #flips = new FlipLog()
  /** By pool; they outlast reloads. */
  readonly #registered = new Map<string, readonly MemberConfig[]>()
  #loaded: Loaded | undefined
  #generation = 0
  #isStopped = false
  readonly #rosters = new Rosters()
  readonly #wake: Wake
  /** Set while members have left or come since all were looked out for. */
  #cancelRetarget: (() => void) | undefined
  /** What the last judgement has led to. */
  #publication: Publication | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
    const { clock, random, attempt, turnsOf = () => 0 } = options
    this.#cells = new Cells(turnsOf)
    this.#lookout = new Lookout({
      ...{ clock, random, attempt },
      turnsOf: options.turnsOf,
      onChange: (nodes) => this.#judge(nodes),
      onFlip: (...flip) => this.#tellFlip(...flip),
      onOwnFault: options.onOwnFault,
      onDoubt: options.onDoubt,
    })
    this.#judgements = new Judgements({
      facts: () => this.#facts(),
      cellOf: (label, holder) => {
        const cell = this.#cells.cellOf(label)
        options.ledger?.hold({ ...holder, cell })
        return cell
      },
      registeredIn: (pool) => this.#registered.get(pool) ?? [],
      onLadderMove: options.onLadderMove,
    })
    this.#wake = new Wake({
      clock,
      nextWall: () => Math.min(this.#judgements.wakeAtWall(), this.#rosters.wakeAtWall()),
      onDue: (nowWall, isPutBack) => {
        const due = isPutBack ? this.#judgements.nodes() : this.#judgements.due(nowWall)
        this.#judge(due, this.#rosters.due(nowWall))
      },
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
    await this.prober.firstRound(budgetMs)
  }

  /** The present world as news, for a thread that starts. */
  briefing(): readonly News[] {
    return newsOfWorld(this.#world(), this.#rosters.all())
  }

  /** Undefined until a load has succeeded. */
  get settings(): Settings | undefined {
    return this.#loaded?.settings
  }

  /** What is answered from; undefined until a load has succeeded. */
  get loaded(): Loaded | undefined {
    return this.#loaded
  }

  get generation(): number {
    return this.#generation
  }

  /** The prober, for those who bring observations of their own or keep its verdicts. */
  get prober(): Prober {
    return this.#lookout.prober
  }

  /** The keys of all targets that are observed now. */
  targetKeys(): Iterable<string> {
    return this.#lookout.targetKeys()
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
    if (!node?.pool.config.registration || this.#isStopped) return
    this.#judgements.replan(node)
    this.#lookout.welcome(this.#judgements, node)
    this.#retargetSoon()
    this.#judge([node])
  }

  /** Judges a pool anew, or all: an override or a lease has changed. */
  rejudge(pool?: string): void {
    const node = pool === undefined ? undefined : this.#judgements.nodeNamed(pool)
    this.#judge(node ? [node] : this.#judgements.nodes())
  }

  /** Tells a failover pool that keeps its standby to go back. False where it is none that does. */
  failBack(pool: string): boolean {
    const node = this.#judgements.nodeNamed(pool)
    if (node?.pool.config.failBack !== false) return false
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

  /** How the answers of a binding stand, by what was decided last. */
  bindingOverview(binding: number): BindingOverview | undefined {
    const planned = this.#bindings()[binding]
    return planned && bindingOverview(binding, planned, this.#rosters.decision(binding)!)
  }

  /** All that is observed now, and whom it concerns. */
  concerns(): Iterable<Concern> {
    return this.#lookout.concerns()
  }

  /** Each address of each member. */
  status(): MemberStatus[] {
    const pools = [...this.#judgements.nodes()].map(({ pool }) => pool)
    return pools.flatMap((pool) => memberStatuses(pool, (key) => this.prober.state(key)))
  }

  /** How one pool stands, by what is known at this moment; undefined where there is none. */
  poolOverview(pool: string): PoolOverview | undefined {
    const node = this.#judgements.nodeNamed(pool)
    return node && this.#overviewOf(this.#judgements.afresh()(node.pool.config))
  }

  /** How pools stand in numbers, by what was judged last: what is answered, at little cost. */
  poolFigures(): PoolFigures[] {
    return [...this.#judgements.nodes()].map(({ pool: { config } }) =>
      poolFigures(this.#judgements.of(config), this.#turnsIn(config.name)),
    )
  }

  /** Of all pools, and of names without one. */
  poolNames(): string[] {
    return [...this.#judgements.nodes()].map(({ pool }) => pool.config.name)
  }

  /** How each binding is answered. */
  decisions(): readonly RosterDecision[] {
    return this.#rosters.decisions()
  }

  /** Whether the prober doubts itself. */
  doubt(): Doubt {
    return this.#lookout.doubt()
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
      pools: [...this.#judgements.nodes()].map(({ pool }) => this.#overviewOf(judged(pool.config))),
      flips: this.#flips.records(),
    }
  }

  stop(): void {
    this.#isStopped = true
    this.#wake.cancel()
    this.#cancelRetarget?.()
    this.#lookout.stop()
  }

  #overviewOf(judgement: PoolJudgement): PoolOverview {
    return poolOverview(judgement, this.#turnsIn(judgement.pool.config.name))
  }

  #turnsIn(pool: string): (member: string, family: Family) => number {
    return (member, family) => this.#cells.turnsOf(cellLabel(pool, member, family))
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
      readings: (key) => this.prober.reading(key),
      burdens: (key) => this.#lookout.burden(key),
      overrideOf,
      leaseOf,
    }
  }

  #take(loaded: Loaded): void {
    const recollection = this.#loaded ? {} : (this.#options.recall?.(loaded.settings) ?? {})
    this.#loaded = loaded
    this.#generation++
    this.#rosters.clear(this.#options.clock.wall())
    if (recollection.pools) this.#judgements.recall(recollection.pools)
    this.#judgements.take(loaded.bindings, loaded.pools, loaded.nearnessOf)
    this.#retarget(recollection.verdicts)
    this.#judgements.judge(this.#judgements.nodes())
    this.#rosters.take(loaded.bindings, this.#judgements, this.#options.clock.wall())
    this.#options.ledger?.takeWorld(loaded.bindings, loaded.pools)
    this.#options.publish(this.briefing())
    this.#wake.set()
  }

  /** Looks out for those whom the pools now have. */
  #retarget(remembered?: Recollection['verdicts']): void {
    this.#cancelRetarget?.()
    this.#cancelRetarget = undefined
    if (this.#loaded) this.#lookout.retarget(this.#judgements, this.#loaded.settings, remembered)
    const labels = this.#judgements.cellLabels()
    this.#cells.keep(labels)
    this.#options.ledger?.keep(labels)
  }

  /** The same for many at once: it takes a while, and thousands may register. */
  #retargetSoon(): void {
    const { clock } = this.#options
    this.#cancelRetarget ??= clock.after(RETARGET_EVERY_MS, () => this.#retarget())
  }

  /** Judges pools anew and publishes the rosters that differ. */
  #judge(nodes: Iterable<PoolNode>, alsoDue: readonly number[] = []): void {
    if (this.#isStopped) return // The prober has forgotten whom it knew to be down.
    const concerned = this.#judgements.judge(nodes)
    const numbers = new Set([...concerned, ...alsoDue])
    const nowWall = this.#options.clock.wall()
    const { news, publication } = this.#rosters.update(numbers, this.#judgements, nowWall)
    this.#publication = publication
    if (news.length > 0) this.#options.publish(news)
    this.#wake.set()
  }

  #tellFlip(
    target: Target,
    state: VerdictState,
    previous: VerdictState,
    concern: Concern | undefined,
  ): void {
    const flip = { target, members: [...(concern?.members ?? [])], state, previous }
    const { nowWall, wallAheadMs } = this.#facts()
    const lastSuccessMs = this.prober.reading(target.key)?.lastSuccessMs
    const lastSuccessWall = lastSuccessMs === undefined ? undefined : lastSuccessMs + wallAheadMs
    // A verdict that flips has been judged just now, where it concerns anybody.
    const publication = concern && this.#publication
    const isDown = state.verdict === 'down'
    const isAnswered = isDown && concern !== undefined && this.#doAnswer(concern)
    const record = flipRecord(flip, nowWall, lastSuccessWall, publication, isAnswered)
    this.#flips.note(record)
    this.#options.onFlip?.(flip, record)
  }

  /** Whether rosters of these pools, or of any above them, still offer those concerned. */
  #doAnswer({ pools, addresses }: Concern): boolean {
    const above = [...this.#judgements.upwards(pools)]
    const numbers = above.flatMap(({ bindings }) => bindings)
    return this.#rosters.doAnswer(addresses, numbers)
  }
}

/** So long a member that has left may still be probed. */
const RETARGET_EVERY_MS = 1_000
