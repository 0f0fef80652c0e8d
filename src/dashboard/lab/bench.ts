/**
 * The lab at work: what the reader chose becomes visits, visits become a run, and clicks on
 * backends become outages that the run measures. The page draws what stands in `picture`.
 */

import { typeNumber } from '../../wire/registry.ts'

import type { Api, Problem } from '../shared/api.ts'
import { createStore, type Store } from '../shared/store.ts'
import type { Clock } from './clock.ts'
import { switchBackend } from './demo-api.ts'
import { ask, type LabQuestion, type Outcome } from './dns.ts'
import { type Client, createFleet } from './fleet.ts'
import { burst, stream } from './load.ts'
import { modelOf } from './models.ts'
import { type Outage, outageText } from './outage.ts'
import { createOutages } from './outages.ts'
import { reacher } from './reacher.ts'
import { createRun, mark, note, type Run, type Shares } from './run.ts'
import type { ServerWatch } from './server-view.ts'
import { readBalanced } from './server-view.ts'
import { DEFAULTS, isAddressType, type LabSettings, settingsProblem } from './settings.ts'
import { type Balanced, sharesOf, type Target, targetOf } from './target.ts'
import { visit, type World } from './visitor.ts'

export type Mode = 'idle' | 'burst' | 'stream'

export interface LatestAnswer {
  readonly outcome: Outcome
  readonly question: LabQuestion
  readonly atMs: number
}

export interface Picture {
  readonly run: Run
  readonly mode: Mode
  readonly target: Target
  readonly outages: readonly Outage[]
  readonly latest?: LatestAnswer
  readonly problem?: Problem
}

export interface Bench {
  readonly settings: Store<LabSettings>
  readonly picture: Store<Picture>
  change(settings: Partial<LabSettings>): void
  /** Makes so many visits, as fast as they go. */
  fire(): Promise<void>
  /** Begins a stream of visits, or ends whatever goes on. */
  toggle(): void
  clear(): void
  /** Stops a backend that runs, and starts one that does not. */
  switch(name: string): Promise<void>
}

export interface BenchParts {
  readonly api: Api
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly random: () => number
  readonly server: ServerWatch
}

/** A page drawn more often than this only costs time that the visits need. */
const DRAW_EVERY_MS = 100

export function createBench({ api, fetch, clock, random, server }: BenchParts): Bench {
  const settings = createStore<LabSettings>(DEFAULTS)
  let fleet: Client[] = createFleet('one', 1)
  let run = newRun()
  let mode: Mode = 'idle'
  let end = () => {}
  let latest: LatestAnswer | undefined
  let problem: Problem | undefined
  let balanced: Balanced | undefined
  let turn = 0
  const outages = createOutages(clock)
  const picture = createStore<Picture>(drawn())

  function drawn(): Picture {
    return {
      ...{ run, mode, target: target(), outages: outages.all() },
      ...(latest && { latest }),
      ...(problem && { problem }),
    }
  }

  let isDue = false
  const draw = () => {
    if (isDue) return
    isDue = true
    clock.after(DRAW_EVERY_MS, () => {
      isDue = false
      picture.set(drawn())
    })
  }

  function newRun(): Run {
    const { name, type, model, networks } = settings.get()
    return createRun({ name, type, model, networks, clients: fleet.length }, clock.wall())
  }

  function target(): Target {
    return targetOf(settings.get().name, balanced, server.view.get().status)
  }

  /** Whom DNS should send clients to now; who asks for both prefers IPv6 where there is some. */
  function shares(): Shares {
    const { type, model } = settings.get()
    if (!isAddressType(type)) return undefined
    const of = (family: 'v4' | 'v6') => sharesOf(target(), family, fleet.length)
    if (modelOf(model).isDual) return of('v6') ?? of('v4')
    return of(type === 'AAAA' ? 'v6' : 'v4')
  }

  const world: World = {
    clock,
    ask: (question) => {
      const { method } = settings.get()
      return ask(question, { fetch, url: '/dns-query', method, now: () => clock.now() })
    },
    reach: reacher(fetch, () => ({
      backends: settings.get().isConnecting ? server.view.get().backends : undefined,
      target: target(),
    })),
    onAnswer(outcome, question) {
      latest = { outcome, question, atMs: clock.wall() }
    },
  }

  async function one(): Promise<void> {
    const { name, type, model } = settings.get()
    const client = fleet[turn++ % fleet.length]!
    const mine = run
    const draws = { client, model: modelOf(model), name, type: typeNumber(type)!, draw: random() }
    const record = await visit(draws, world)
    // Somebody cleared the table meanwhile: it is not of this run.
    if (mine !== run) return
    note(run, record, shares())
    for (const outage of outages.follow(record)) noteSettled(outage)
    draw()
  }

  function noteSettled(outage: Outage): void {
    mark(run, { atMs: clock.wall(), words: outageText(outage) })
  }

  function begin(next: Mode): boolean {
    const fault = settingsProblem(settings.get())
    problem = fault === undefined ? undefined : { status: 422, detail: fault }
    if (fault === undefined) {
      run = newRun()
      mode = next
    }
    picture.set(drawn())
    return fault === undefined
  }

  function finish(): void {
    end()
    end = () => {}
    mode = 'idle'
    picture.set(drawn())
  }

  async function lookUpName(): Promise<void> {
    const { name } = settings.get()
    const found = await readBalanced(api, name)
    if (settings.get().name !== name) return
    balanced = found
    picture.set(drawn())
  }

  server.view.subscribe(() => {
    const { backends = [], promises = [] } = server.view.get()
    const { name, model } = settings.get()
    const { isCaching } = modelOf(model)
    for (const outage of outages.look(backends, { name, isCaching, promises })) {
      mark(run, { atMs: outage.atMs, words: outageText(outage) })
    }
    draw()
  })
  void lookUpName()

  return {
    ...{ settings, picture },
    change(changed) {
      const before = settings.get()
      settings.set({ ...before, ...changed })
      const { name, networks, clients, model, type } = settings.get()
      const isSame = name === before.name && type === before.type && model === before.model
      if (!isSame || networks !== before.networks || clients !== before.clients) {
        // Other clients, or others whom they meet: what was counted is of another run.
        if (mode !== 'idle') finish()
        this.clear()
      }
      if (name !== before.name) {
        balanced = undefined
        void lookUpName()
      }
    },
    async fire() {
      if (mode !== 'idle') finish()
      await lookUpName()
      if (!begin('burst')) return
      const mine = run
      await burst(settings.get().count, one, () => run !== mine || mode !== 'burst')
      if (run === mine && mode === 'burst') finish()
    },
    toggle() {
      if (mode !== 'idle') return finish()
      if (begin('stream')) end = stream(settings.get().perSecond, one, clock)
    },
    clear() {
      const { networks, clients } = settings.get()
      fleet = createFleet(networks, clients)
      run = newRun()
      problem = undefined
      outages.clear()
      picture.set(drawn())
    },
    async switch(name) {
      const backend = server.view.get().backends?.find((one) => one.name === name)
      if (!backend) return
      const reply = await switchBackend(api, name, backend.isRunning ? 'stop' : 'start')
      // As of now: before, it may have waited for the reader to find the token.
      if ('backend' in reply) outages.noteClick(name)
      problem = 'problem' in reply ? reply.problem : undefined
      picture.set(drawn())
      await server.look()
    },
  }
}
