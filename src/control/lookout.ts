/**
 * Everything by which the control plane knows of its members: the prober, what brings its probes
 * forward, its doubts of itself, and whom each observation concerns.
 */

import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'

import type { Observation, Target } from '../health/check.ts'
import { createFileWatch, type FileWatch } from '../health/file-watch.ts'
import { createProber } from '../health/prober.ts'
import type { Prober } from '../health/prober-face.ts'
import type { Probe } from '../health/probes/probe.ts'
import type { Doubt } from '../health/self-doubt.ts'
import type { VerdictState } from '../health/verdict.ts'

import type { Settings } from '../config/config.ts'

import type { TurnsOf } from './cells.ts'
import { addConcerns, type Concern, moodOf, turnsWatchedOf } from './concerns.ts'
import { type Burden, burdenAfter } from './judgement/burden.ts'
import type { Judgements, PoolNode } from './judgement/judgements.ts'
import { anchorsOf, Doubts } from './self-doubt.ts'
import { TurnWatch } from './turn-watch.ts'

export interface LookoutOptions {
  readonly clock: Clock
  readonly random: Random
  readonly attempt: Probe
  readonly turnsOf?: TurnsOf | undefined
  /** Called when something was observed that bears on the rosters of these pools. */
  readonly onChange: (pools: Iterable<PoolNode>) => void
  /** Called after that; `concern` is undefined for a target that no pool has, as an anchor. */
  readonly onFlip: (
    target: Target,
    state: VerdictState,
    previous: VerdictState,
    concern: Concern | undefined,
  ) => void
  readonly onOwnFault?: ((target: Target, reason: string) => void) | undefined
  readonly onDoubt?: ((doubt: Doubt) => void) | undefined
}

export class Lookout {
  readonly prober: Prober
  readonly #options: LookoutOptions
  readonly #doubts: Doubts
  readonly #fileWatch: FileWatch
  readonly #turnWatch: TurnWatch
  /** By the target's key, as the concerns. */
  readonly #burdens = new Map<string, Burden>()
  #concerns = new Map<string, Concern>()

  constructor(options: LookoutOptions) {
    this.#options = options
    const { clock, random, attempt } = options
    const hasten = (key: string) => this.prober.hasten(key)
    this.#doubts = new Doubts({
      onChange: (doubt) => options.onDoubt?.(doubt),
      onCurious: (keys) => keys.forEach(hasten),
    })
    this.prober = createProber({
      clock,
      random,
      attempt,
      onObservation: (target, _, observation) => this.#observe(target, observation),
      onFlip: (target, state, previous) =>
        options.onFlip(target, state, previous, this.#concerns.get(target.key)),
      onOwnFault: (target, reason) => options.onOwnFault?.(target, reason),
      isCredible: (target, observation) => this.#doubts.isCredible(target, observation),
    })
    this.#fileWatch = createFileWatch(clock, hasten)
    this.#turnWatch = new TurnWatch({
      clock,
      observedMs: (key) => this.prober.reading(key)?.observedMs,
      hasten,
    })
  }

  /** Observes those whom the pools now have, and lets go of what was kept of others. */
  retarget(
    judgements: Judgements,
    settings: Settings,
    remembered?: (targetKey: string) => VerdictState | undefined,
  ): void {
    const concerns = new Map<string, Concern>()
    const above = (nodes: Iterable<PoolNode>) => judgements.upwards(nodes)
    const all = addConcerns(concerns, judgements.nodes(), above)
    const anchors = anchorsOf(settings)
    const targets = [...all.map(({ target }) => target), ...anchors]
    this.#doubts.take(settings)
    this.prober.retarget(targets, remembered)
    this.#fileWatch.retarget(targets)
    this.#doubts.track(all, anchors, (key) => this.prober.state(key)?.verdict === 'up')
    for (const concern of all) concern.mood = this.#moodOf(concern)
    this.#concerns = concerns
    for (const key of this.#burdens.keys()) if (!concerns.has(key)) this.#burdens.delete(key)
    const { turnsOf } = this.#options
    if (turnsOf) this.#turnWatch.watch(turnsWatchedOf(all, turnsOf))
  }

  /**
   * Observes at once whom a pool has besides. All else that follows from whom pools have waits for
   * `retarget`, which takes a while where there are many.
   */
  welcome(judgements: Judgements, node: PoolNode): void {
    const above = (nodes: Iterable<PoolNode>) => judgements.upwards(nodes)
    const newcomers = addConcerns(this.#concerns, [node], above)
    this.prober.welcome(newcomers.map(({ target }) => target))
    for (const concern of newcomers) concern.mood = this.#moodOf(concern)
  }

  /** The keys of all targets of pools. */
  targetKeys(): Iterable<string> {
    return this.#concerns.keys()
  }

  /** All targets of pools, with whom they concern. */
  concerns(): Iterable<Concern> {
    return this.#concerns.values()
  }

  burden(targetKey: string): Burden | undefined {
    return this.#burdens.get(targetKey)
  }

  doubt(): Doubt {
    return this.#doubts.state(this.#options.clock.now())
  }

  stop(): void {
    this.#turnWatch.stop()
    this.#fileWatch.stop()
    this.prober.stop()
  }

  #moodOf({ target: { key }, watches }: Concern): string {
    return moodOf(this.prober.reading(key), this.#burdens.get(key), watches)
  }

  #observe({ key }: Target, { report, atMs }: Observation): void {
    const concern = this.#concerns.get(key)
    if (!concern) return
    const burden = report && burdenAfter(report, atMs, this.#burdens.get(key))
    if (burden) this.#burdens.set(key, burden)
    const mood = this.#moodOf(concern)
    if (concern.mood === mood) return
    concern.mood = mood
    this.#options.onChange(concern.pools)
  }
}
