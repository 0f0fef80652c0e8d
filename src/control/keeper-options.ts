/** What a keeper is given: whom it asks, whom it tells, and what is known from before. */

import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'

import type { Target } from '../health/check.ts'
import type { Probe } from '../health/probes/probe.ts'
import type { Doubt } from '../health/self-doubt.ts'
import type { VerdictState } from '../health/verdict.ts'

import type { Settings } from '../config/config.ts'

import type { News } from '../transport/news.ts'

import type { TurnsOf } from './cells.ts'
import type { Flip, FlipRecord } from './flips.ts'
import type { LadderMoved } from './history/event.ts'
import type { Memory } from './judgement/memory.ts'
import type { Facts } from './judgement/standing.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { ConfigSource, LoadResult } from './loading/load.ts'

export interface KeeperOptions {
  readonly source: ConfigSource
  readonly load: (source: ConfigSource) => Promise<LoadResult>
  readonly clock: Clock
  readonly random: Random
  readonly attempt: Probe
  /** Tells every thread that answers. */
  readonly publish: (news: readonly News[]) => void
  readonly onFlip?: (flip: Flip, record: FlipRecord) => void
  /** Called when a pool fails, goes on along its ladder or recovers, after the flip behind it. */
  readonly onLadderMove?: ((move: LadderMoved) => void) | undefined
  /** Called for every probe that this machine could not make. */
  readonly onOwnFault?: (target: Target, reason: string) => void
  /** Called when the prober begins to doubt itself, and when it ends. */
  readonly onDoubt?: (doubt: Doubt) => void
  /** What operators decided; nothing if unset. See `rejudge`. */
  readonly overrideOf?: Facts['overrideOf']
  /** Until when registered members may be answered (wall); without end if unset. */
  readonly leaseOf?: Facts['leaseOf']
  /** Told whose cell is whose, and for how long answers may be kept. */
  readonly ledger?: Pick<Ledger, 'hold' | 'keep' | 'takeWorld'>
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
