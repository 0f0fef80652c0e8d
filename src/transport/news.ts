/**
 * What the control plane tells a thread that answers. It all travels on one ordered channel, so a
 * roster never meets a world that it is not for.
 *
 * A world with many bindings is told in slices before it is taken: taking in a slice delays a batch
 * of queries by a millisecond at most, where taking a hundred thousand rosters at once would stop
 * the worker for a second.
 */

import type { Roster } from '../balance/roster.ts'

import { type Engine, takeRoster, takeWorld } from '../engine/engine.ts'
import type { World } from '../engine/world.ts'

import { collectGarbage } from './collect.ts'

export type News =
  /** Rosters of a world that is to come, from its first binding on. */
  | { readonly kind: 'rosters-ahead'; readonly rosters: readonly Roster[] }
  /** The world itself: it and its rosters hold from now on. */
  | { readonly kind: 'world'; readonly world: World }
  /** A newer roster for one binding of the present world. */
  | { readonly kind: 'roster'; readonly binding: number; readonly roster: Roster }

/** Enough for any one household; about a millisecond of copying. */
const SLICE = 256

/** A world and its rosters as news, in the order in which they must be told. */
export function newsOfWorld(world: World, rosters: readonly Roster[]): News[] {
  const news: News[] = []
  for (let from = 0; from < rosters.length; from += SLICE) {
    news.push({ kind: 'rosters-ahead', rosters: rosters.slice(from, from + SLICE) })
  }
  return [...news, { kind: 'world', world }]
}

export interface Listener {
  readonly engine: Engine
  readonly ahead: Roster[]
  /** How many worlds have been replaced and not yet collected. */
  staleWorlds: number
}

/** A thread that is never idle collects at the second, so no more than two lie about. */
const STALE_WORLDS_MAX = 1

export function createListener(engine: Engine): Listener {
  return { engine, ahead: [], staleWorlds: 0 }
}

/** What a thread does when nobody asks: it lets go of the worlds that it has left. */
export function rest(listener: Listener): void {
  if (listener.staleWorlds === 0) return
  listener.staleWorlds = 0
  collectGarbage()
}

/** Takes one piece of news. Returns the generation of a world that has been taken, or 0. */
export function hear(listener: Listener, news: News): number {
  const { engine, ahead } = listener
  switch (news.kind) {
    case 'rosters-ahead':
      ahead.push(...news.rosters)
      return 0
    case 'world': {
      if (engine.world.generation > 0) listener.staleWorlds++
      takeWorld(engine, news.world, ahead.splice(0))
      if (listener.staleWorlds > STALE_WORLDS_MAX) rest(listener)
      return news.world.generation
    }
    case 'roster':
      takeRoster(engine, news.binding, news.roster)
      return 0
  }
}
