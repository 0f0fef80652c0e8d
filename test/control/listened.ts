/** A keeper over real files with a worker's listener, which shows as lines what is published. */

import { expect, onTestFinished } from 'vitest'

import { createDice, roll } from '../../src/base/random.ts'
import { hasErrors } from '../../src/base/diagnostic.ts'
import { Keeper } from '../../src/control/keeper.ts'
import { load } from '../../src/control/loading/load.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { failure, type Probe, success } from '../../src/health/probes/probe.ts'
import type { Roster } from '../../src/balance/roster.ts'
import { createListener, hear, type News } from '../../src/transport/news.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type Written, written, zoneText } from './configs.ts'

export type Backend = 'up' | 'down' | 'hangs'
export const STATES: readonly Backend[] = ['up', 'down', 'hangs']

/** A keeper that has loaded once, with one listener for a worker. */
export async function kept(yaml: string) {
  const files = written({ 'rota.yaml': yaml, 'example.test.zone': zoneText('example.test') })
  const clock = new ManualClock()
  const backends = new Map<string, Backend>()
  const lost = new Map<string, number>()
  const probes: string[] = []
  const attempt: Probe = async ({ address }) => {
    probes.push(address)
    const left = lost.get(address) ?? 0
    lost.set(address, left - 1)
    const backend = left > 0 ? 'down' : (backends.get(address) ?? 'up')
    if (backend === 'hangs') await new Promise(() => {})
    return backend === 'up' ? success('connected') : failure('connection refused')
  }
  const worker = aWorker()
  const batches: string[][] = []
  const flips: string[] = []
  const keeper = new Keeper({
    source: { file: files.file },
    load: async (source) => load(source),
    clock,
    random: seededRandom(),
    attempt,
    publish: (news) => {
      for (const piece of news) hear(worker, piece)
      batches.push(news.flatMap((piece) => lineOf(piece, worker.engine.rosters)))
    },
    onFlip: ({ members, previous, state }) => {
      const change = `${previous.verdict} -> ${state.verdict}`
      flips.push(`${members.join(' ')}: ${change}, after ${batches.at(-1)?.at(-1)}`)
    },
  })
  onTestFinished(() => keeper.stop())
  expect(hasErrors(await keeper.load())).toBe(false)
  return {
    keeper,
    clock,
    backends,
    probes,
    flips,
    files: files as Written,
    /** The next probes of an address fail, so many. */
    losing: (address: string, count: number) => void lost.set(address, count),
    /** What was published since this was last called: a list for each time. */
    batches: () => batches.splice(0),
    /** The same, without saying what came together. */
    told: () => batches.splice(0).flat(),
    rosters: () => worker.engine.rosters.map(print),
  }
}

/** The same after a first round, with nothing left in doubt and nothing left to tell. */
export async function settled(yaml: string, backends: Readonly<Record<string, Backend>> = {}) {
  const all = await kept(yaml)
  for (const [address, backend] of Object.entries(backends)) all.backends.set(address, backend)
  const round = all.keeper.firstRound(5_000)
  await all.clock.advance(0)
  await round
  all.told()
  return all
}

function aWorker() {
  return createListener(createEngine(createCursors(), createDice(1)))
}

export function rostersAfter(news: readonly News[]): string[] {
  const worker = aWorker()
  for (const piece of news) hear(worker, piece)
  return worker.engine.rosters.map(print)
}

function lineOf(news: News, rosters: readonly Roster[]): string[] {
  if (news.kind === 'rosters-ahead') return []
  if (news.kind === 'roster') return [`${news.binding}: ${print(news.roster)}`]
  return [`world ${news.world.generation}: ${rosters.map(print).join(' ')}`]
}

/** Both families: no test here tells them apart. */
function print({ lineup: { candidates }, ttl }: Roster): string {
  const inFamilies = [...candidates.filter(({ v4 }) => v4), ...candidates.filter(({ v6 }) => v6)]
  return `[${inFamilies.map(({ name }) => name).join(' ')}, ttl ${ttl}]`
}

function seededRandom() {
  const dice = createDice(11)
  return () => roll(dice, 2 ** 31) / 2 ** 31
}
