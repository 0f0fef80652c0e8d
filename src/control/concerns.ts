/**
 * Whom observations concern, and whether they matter. Of all that an observation may say, a few
 * things bear on rosters: while a target's mood is the same, nobody need be judged again. Most
 * observations change nothing, and cost nothing.
 */

import type { Target } from '../health/check.ts'
import type { Reading } from '../health/reading.ts'
import { isInTransition } from '../health/verdict.ts'

import { NO_CELL } from '../engine/tally.ts'

import type { Burden } from './judgement/burden.ts'
import type { TurnsOf } from './cells.ts'
import type { PoolNode } from './judgement/judgements.ts'
import { FAMILIES } from './judgement/targets.ts'
import type { Watched } from './turn-watch.ts'

/** Whom a target's verdict concerns. */
export interface Concern {
  readonly target: Target
  readonly pools: Set<PoolNode>
  /** As `pool/member`. */
  readonly members: Set<string>
  /** What those members answer: addresses, or the names of aliases. */
  readonly addresses: Set<string>
  /** Where the turns of those members are counted. */
  readonly cells: Set<number>
  /** What those pools and all above them look at. */
  readonly watches: Watches
  /** As it was when they were judged last. */
  mood: string
}

/** What pools look at besides verdicts. */
export interface Watches {
  time: boolean
  load: boolean
  /** Each observation against the verdict, and not just the first. */
  streak: boolean
}

/**
 * Adds whom the targets of these pools concern to what is known by the target's key, and returns
 * those that were not known. `upwards` gives pools with all above them.
 */
export function addConcerns(
  concerns: Map<string, Concern>,
  nodes: Iterable<PoolNode>,
  upwards: (nodes: Iterable<PoolNode>) => Iterable<PoolNode>,
): Concern[] {
  const added: Concern[] = []
  for (const node of nodes) {
    const { config, members } = node.pool
    const watches = watchesOf([...upwards([node])])
    for (const member of members) {
      for (const { address, inquiry, cell } of FAMILIES.flatMap((family) => member[family] ?? [])) {
        for (const target of inquiry?.targets.values() ?? []) {
          const known = concerns.get(target.key)
          const concern = known ?? unconcerned(target)
          if (!known) {
            concerns.set(target.key, concern)
            added.push(concern)
          }
          concern.pools.add(node)
          concern.members.add(`${config.name}/${member.config.name}`)
          concern.addresses.add(address)
          if (cell !== NO_CELL) concern.cells.add(cell)
          concern.watches.time ||= watches.time
          concern.watches.load ||= watches.load
          concern.watches.streak ||= watches.streak
        }
      }
    }
  }
  return added
}

function unconcerned(target: Target): Concern {
  const watches = { time: false, load: false, streak: false }
  return {
    ...{ target, pools: new Set(), members: new Set(), addresses: new Set(), cells: new Set() },
    ...{ watches, mood: '' },
  }
}

function watchesOf(nodes: readonly PoolNode[]): Watches {
  const policies = new Set(nodes.flatMap(({ pool }) => pool.policies))
  return {
    time: policies.has('fastest'),
    load: policies.has('least-load'),
    streak: nodes.some(({ ttlModes }) => ttlModes.has('health')),
  }
}

/** Times are told apart in bands of a twentieth: a probe never takes as long as the one before. */
const BANDS = 20

/** All that rosters depend on of a target that is looked at in these ways. */
export function moodOf(
  reading: Reading | undefined,
  burden: Burden | undefined,
  watches: Watches,
): string {
  if (!reading) return 'not observed'
  const { state, smoothedMs, report } = reading
  return JSON.stringify([
    state.verdict,
    watches.streak ? state.streak : isInTransition(state),
    report && [report.word, report.share],
    watches.time && smoothedMs !== undefined && Math.round(BANDS * Math.log(1 + smoothedMs)),
    watches.load && [report?.load, report?.connections, burden?.rate],
  ])
}

/** Those that are due after so many answers, with the sum of their members' turns. */
export function turnsWatchedOf(concerns: readonly Concern[], turnsOf: TurnsOf): Watched[] {
  return concerns
    .filter(({ target }) => target.check.everyAnswers !== undefined)
    .map(({ target, cells }) => ({
      target,
      turns: () => [...cells].reduce((sum, cell) => sum + turnsOf(cell), 0),
    }))
}
