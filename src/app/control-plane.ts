/**
 * The control plane put together: the keeper, the books of what operators and backends asked for,
 * and the state that outlives them. Whatever changes in the books is in the answers at once.
 */

import type { Clock } from '../base/clock.ts'
import { momentOf } from '../base/moment.ts'
import type { Random } from '../base/random.ts'

import type { Target } from '../health/check.ts'
import { createHeartbeats, type Heartbeats } from '../health/heartbeats.ts'
import { createAttempt } from '../health/probes/attempt.ts'
import type { Doubt } from '../health/self-doubt.ts'

import type { PoolConfig, Settings } from '../config/config.ts'

import type { News } from '../transport/news.ts'

import { Books, type Pages } from '../control/books/books.ts'
import type { TurnsOf } from '../control/cells.ts'
import type { Flip, FlipRecord } from '../control/flips.ts'
import { type Change, changesOf } from '../control/history/happenings.ts'
import type { Recorder } from '../control/history/recorder.ts'
import { Webhooks } from '../control/history/webhooks/webhooks.ts'
import { Keeper } from '../control/keeper.ts'
import type { Recollection } from '../control/keeper-options.ts'
import type { ConfigSource, Loaded, LoadResult } from '../control/loading/load.ts'
import { loadAside } from '../control/loading/loader.ts'
import { NO_OVERRIDES, type Override } from '../control/books/overrides.ts'
import { memberOf, type Registration, registrationOf } from '../control/books/registrations.ts'
import { Ledger, type LedgerOptions } from '../control/ledger/ledger.ts'
import { PageIndex } from '../control/books/page-index.ts'
import { saveVerdicts } from '../control/state/remembered-verdicts.ts'
import type { StateWritten } from '../control/state/state-file.ts'

import type { Log } from './log.ts'
import { type Judged, State } from './state.ts'
import { version } from './version.ts'

export interface ControlPlaneOptions {
  readonly source: ConfigSource
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Opened and closed with the state; what is written in the books and judged goes there. */
  readonly history: Recorder
  /** Called once, with what was loaded first; the state folder has not been looked at yet. */
  readonly takeAddresses: (settings: Settings) => Promise<void>
  readonly turnsOf: TurnsOf
  /** What threads note, and what they have heard. */
  readonly threads: Pick<LedgerOptions, 'rows' | 'told' | 'heard'>
  /** Tells every thread that answers. */
  readonly publish: (news: readonly News[]) => void
  readonly onFlip: (flip: Flip, record: FlipRecord) => void
  readonly onOwnFault: (target: Target, reason: string) => void
  readonly onDoubt: (doubt: Doubt) => void
}

export class ControlPlane {
  readonly keeper: Keeper
  readonly books: Books
  readonly heartbeats: Heartbeats = createHeartbeats()
  readonly webhooks: Webhooks
  readonly ledger: Ledger
  readonly #options: ControlPlaneOptions
  readonly #state: State
  #pools: ReadonlyMap<string, PoolConfig> = new Map()
  #zones: Loaded['zones'] = []
  #recollection: Recollection = {}
  #isFirstLoad = true
  /** As things stood when the prober was stopped, which then forgets. */
  #lastJudged: Judged | undefined

  constructor(options: ControlPlaneOptions) {
    this.#options = options
    const { clock, log, source, random, turnsOf, publish } = options
    const { heartbeats } = this
    this.ledger = new Ledger({
      clock,
      ...options.threads,
      decisions: () => this.keeper.decisions(),
    })
    this.#state = new State({
      clock,
      log,
      judged: () => this.#lastJudged ?? this.#judged(),
      pages: () => this.books.pages,
      positions: () => this.webhooks.positions,
      ledger: () => this.ledger.save(),
    })
    this.webhooks = new Webhooks({
      ...{ history: options.history, clock, random, version: version() },
      onWord: ({ isTrouble, host, message }) =>
        log[isTrouble ? 'warn' : 'info']({ webhook: host }, message),
      onDone: () => this.#state.touch(),
    })
    this.books = new Books({
      clock,
      desk: this.#state,
      onChange: (before, now) => {
        for (const change of this.#changes(before, now)) {
          options.history.record(change)
          this.#log(change)
        }
        this.#follow(before, now)
      },
    })
    const overrides = new PageIndex<Override>()
    const registrations = new PageIndex<Registration>()
    this.keeper = new Keeper({
      ...{ source, clock, random, turnsOf, ledger: this.ledger },
      ...{ onFlip: options.onFlip, onOwnFault: options.onOwnFault, onDoubt: options.onDoubt },
      onLadderMove: (move) => options.history.record(move),
      load: (from) => this.#load(from),
      attempt: createAttempt({ clock, heartbeats }),
      publish: (news) => {
        publish(news)
        this.ledger.noteTold(news)
        this.#state.touch()
      },
      overrideOf: (pool, member) =>
        overrides.find(this.books.pages.overrides.current, pool, member),
      leaseOf: (pool, member) => {
        const found = registrations.find(this.books.pages.registrations, pool, member)
        return found && found.untilMs - clock.now() + clock.wall()
      },
      recall: () => this.#recollection,
    })
  }

  /** The pools that are answered from, by name. */
  get pools(): ReadonlyMap<string, PoolConfig> {
    return this.#pools
  }

  /** How far what is on disk can be believed; undefined where there is no state folder. */
  get written(): StateWritten | undefined {
    return this.#state.written
  }

  /** The zones that are answered from. */
  get zones(): Loaded['zones'] {
    return this.#zones
  }

  /** Probes no more, and what is on its way changes nothing more. */
  halt(): void {
    this.#lastJudged ??= this.#judged()
    this.keeper.stop()
  }

  /** To be called before the first answer: it says in the file that answers may follow. */
  async noteStart(): Promise<void> {
    await this.#state.noteStart()
  }

  /** Tells receivers what they have yet to hear; the slow ones get the rest after a restart. */
  async tellRest(): Promise<void> {
    await this.webhooks.stop(WEBHOOK_GRACE_MS)
  }

  /** Writes down how things stood, for the next process. Nobody may be answered any more. */
  async close(): Promise<void> {
    this.halt()
    this.books.stop()
    await this.#options.history.close() // Before others may have the folder.
    this.ledger.finish()
    await this.#state.close()
  }

  /** Before the keeper takes what was loaded, the books and the past are as they then must be. */
  async #load(source: ConfigSource): Promise<LoadResult> {
    const result = await loadAside(source)
    const { loaded } = result
    if (!loaded || this.#lastJudged) return result
    const { state } = loaded.settings
    const isFirst = this.#isFirstLoad
    this.#isFirstLoad = false
    if (isFirst) await this.#options.takeAddresses(loaded.settings)
    if (this.#lastJudged) return result // The end has come meanwhile.
    if (isFirst && state !== undefined) await this.#open(state)
    this.#pools = loaded.pools
    this.#zones = loaded.zones
    const gone = await this.books.refit((name) => loaded.pools.get(name))
    if (isFirst) {
      for (const change of this.#changes(NO_PAGES, this.books.pages)) this.#log(change)
      this.#follow(NO_PAGES, this.books.pages)
    }
    this.webhooks.take(loaded.settings.webhooks ?? [])
    for (const { pool, member } of gone) {
      this.#options.log.warn({ member: `${pool}/${member}` }, 'its pool takes it no more')
    }
    return result
  }

  async #open(folder: string): Promise<void> {
    const { recollection, positions, ledger, ...pages } = await this.#state.open(folder)
    this.#recollection = recollection
    await this.#options.history.open(folder, Math.max(0, ...Object.values(positions)))
    this.webhooks.recall(positions)
    this.ledger.recall(ledger)
    this.books.restore(pages)
    // What has ended while nobody was there.
    for (const change of this.#changes(pages, this.books.pages)) {
      this.#options.history.record(change)
    }
  }

  #changes(before: Pages, now: Pages): readonly Change[] {
    return changesOf(before, now, momentOf(this.#options.clock))
  }

  #follow(before: Pages, now: Pages): void {
    const { keeper } = this
    for (const pool of poolsThatDiffer(before.registrations, now.registrations, shapeOf)) {
      const config = this.#pools.get(pool)
      const registered = now.registrations.filter((one) => one.pool === pool)
      keeper.setRegistered(pool, config ? registered.map((one) => memberOf(one, config)) : [])
    }
    // Whose lease was over was taken out, and is back where it has been renewed since.
    const nowMs = this.#options.clock.now()
    for (const { pool, member } of before.registrations.filter(({ untilMs }) => untilMs <= nowMs)) {
      if (registrationOf(now.registrations, pool, member)) keeper.rejudge(pool)
    }
    const { overrides } = now
    for (const pool of poolsThatDiffer(before.overrides.current, overrides.current, printed)) {
      keeper.rejudge(pool)
    }
  }

  /** What takes somebody in or out is told, as flips are; a lease that is renewed is not. */
  #log(change: Change): void {
    const { log } = this.#options
    const member = labelOf(change)
    if (change.kind === 'registration') {
      log.info({ member }, change.action === 'joined' ? 'registered' : 'left')
    } else if (change.action === 'set') {
      const { word, reason, author } = change
      log.info({ member, word, reason, author }, 'overridden')
    } else log.info({ member, word: change.word }, 'override ended')
  }

  #judged(): Judged {
    const { keeper } = this
    const { prober } = keeper
    const { clock } = this.#options
    const verdicts = saveVerdicts(keeper.targetKeys(), (key) => prober.state(key), clock)
    return { verdicts, pools: keeper.memory() }
  }
}

/** So long an end waits for receivers that answer; the others get the rest after a restart. */
const WEBHOOK_GRACE_MS = 2_000
const NO_PAGES: Pages = { overrides: NO_OVERRIDES, registrations: [] }

function labelOf({ pool, member }: { readonly pool: string; readonly member: string }): string {
  return `${pool}/${member}`
}

/** What of a registration bears on answers; its lease is asked for when it matters. */
function shapeOf({ member, v4, v6, weight }: Registration): string {
  return JSON.stringify([member, v4, v6, weight])
}

function printed(override: Override): string {
  return JSON.stringify(override)
}

/** The pools of which two lists do not say the same. */
function poolsThatDiffer<T extends { readonly pool: string }>(
  before: readonly T[],
  now: readonly T[],
  print: (one: T) => string,
): string[] {
  const pagesOf = (list: readonly T[]) => {
    const pages = new Map<string, string>()
    for (const one of list) pages.set(one.pool, `${pages.get(one.pool) ?? ''}${print(one)}`)
    return pages
  }
  const [old, present] = [pagesOf(before), pagesOf(now)]
  return [...new Set([...old.keys(), ...present.keys()])].filter(
    (pool) => old.get(pool) !== present.get(pool),
  )
}
