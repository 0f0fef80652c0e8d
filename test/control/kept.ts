/**
 * A keeper over real files, with a manual clock, told backends, an engine that hears it, and the
 * ledger of both.
 */

import { onTestFinished } from 'vitest'

import { parseV4 } from '../../src/base/address.ts'
import { headline } from '../../src/base/diagnostic.ts'
import type { Roster } from '../../src/balance/roster.ts'
import { createDice, roll } from '../../src/base/random.ts'
import type { MemberConfig } from '../../src/config/config.ts'
import { Keeper } from '../../src/control/keeper.ts'
import type { KeeperOptions } from '../../src/control/keeper-options.ts'
import { Ledger } from '../../src/control/ledger/ledger.ts'
import type { SavedLedger } from '../../src/control/ledger/past.ts'
import { load } from '../../src/control/loading/load.ts'
import { FAMILIES } from '../../src/control/judgement/targets.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createLedger } from '../../src/engine/ledger.ts'
import { createTalkers } from '../../src/engine/talkers.ts'
import { createTally } from '../../src/engine/tally.ts'
import { failure, success } from '../../src/health/probes/probe.ts'
import { createListener, hear } from '../../src/transport/news.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { written, zoneText } from './configs.ts'
import { print } from './judgement/scene.ts'

export type Given = Partial<KeeperOptions> & {
  readonly zone?: readonly string[]
  /** What the ledger of a process before has left. */
  readonly past?: SavedLedger
}

/** Starts a keeper of this configuration; `down` are the addresses that refuse. */
export async function keeperOf(yaml: string, { zone = [], past, ...rest }: Given = {}) {
  const text = zoneText('example.test', ...zone)
  const files = written({ 'rota.yaml': yaml, 'example.test.zone': text })
  const clock = new ManualClock()
  const down = new Set<string>()
  const row = createLedger(1_024)
  const engine = createEngine(createCursors(), createDice(1), createTally(), createTalkers(), row)
  /** Whether a thread that is not here has heard; it may lag behind. */
  const threads = { told: 0, lag: 0 }
  const ledger = new Ledger({
    clock,
    rows: () => [row],
    told: () => threads.told,
    heard: () => threads.told - threads.lag,
    decisions: () => keeper.decisions(),
  })
  if (past) ledger.recall(past)
  const listener = createListener(engine)
  const dice = createDice(7)
  const batches: string[][] = []
  const keeper: Keeper = new Keeper({
    ledger,
    source: { file: files.file },
    load: async (source) => load(source),
    clock,
    random: () => roll(dice, 1_000) / 1_000,
    attempt: async ({ address }) =>
      down.has(address) ? failure('connection refused') : success('connected'),
    publish: (news) => {
      for (const piece of news) hear(listener, piece)
      threads.told++
      ledger.noteTold(news)
      batches.push(
        news.flatMap((piece) =>
          piece.kind === 'roster' ? [`${piece.binding}: ${printRoster(piece.roster)}`] : [],
        ),
      )
    },
    ...rest,
  })
  onTestFinished(() => keeper.stop())
  const faults = (await keeper.load()).filter(({ severity }) => severity === 'error')
  if (faults.length > 0) throw new Error(faults.map(headline).join('\n'))
  const round = keeper.firstRound(5_000)
  await clock.advance(0)
  await round
  batches.length = 0
  return {
    ...{ keeper, engine, clock, down, files, ledger, threads, row },
    /** Rosters that were published since this was last called, a list for each time. */
    told: () => batches.splice(0),
    rosters: () => engine.rosters.map(printRoster),
  }
}

/** A member as a pool has it that registered by this name. */
export function registered(name: string, address: string): MemberConfig {
  return {
    place: { file: 'rota.yaml', line: 1, column: 1 },
    ...{ name, v4: parseV4(address)!, weight: 1 },
  }
}

/** Families side by side, where there are two: `a=1 b=1 / a=1, ttl 30`. */
function printRoster({ lineup, ttl }: Roster): string {
  const families = FAMILIES.map((family) => print(lineup, family)).filter((text) => text !== '')
  return `${families.join(' / ')}, ttl ${ttl}`
}
