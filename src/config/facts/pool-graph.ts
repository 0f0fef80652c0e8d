/** Which pools lead to which, through members and ladders, and where each of these words stands. */

import type { Facts } from './facts.ts'
import { ladderOf } from '../values/ladder.ts'
import type { Path } from './origin.ts'

/** One word in the file that names a pool. */
export interface PoolReference {
  /** Of the word itself. */
  readonly path: Path
  /** The pool that it names, which may be none. */
  readonly pool: string
}

/** Every word that names a pool, in names, their clients, members and ladders. */
export function* poolReferences(facts: Facts): Iterable<PoolReference> {
  for (const { path, draft } of facts.nameDrafts) {
    if (draft.pool !== undefined) yield { path: [...path, 'pool'], pool: draft.pool }
    for (const [index, { pool }] of (draft.clients ?? []).entries()) {
      if (pool !== undefined) yield { path: [...path, 'clients', index, 'pool'], pool }
    }
  }
  for (const { members } of facts.pools) yield* ofMembers(members)
  for (const one of facts.drawn) yield* ofLadder(one.path, one.draft.when_all_down)
  yield* ofLadder(['defaults'], facts.draft.defaults?.when_all_down)
}

/** What each pool leads to, by its name; ladders of the defaults included. */
export function poolGraph(facts: Facts): ReadonlyMap<string, readonly PoolReference[]> {
  return new Map(
    facts.pools.map((pool) => {
      const holder = pool.draft.when_all_down ? pool.path : ['defaults']
      return [pool.name, [...ofMembers(pool.members), ...ofLadder(holder, ladderOf(pool, facts))]]
    }),
  )
}

function* ofMembers(members: Facts['pools'][number]['members']): Iterable<PoolReference> {
  for (const { path, pool } of members) {
    if (pool !== undefined) yield { path: [...path, 'pool'], pool }
  }
}

function* ofLadder(
  holder: Path,
  ladder: ReturnType<typeof ladderOf> = [],
): Iterable<PoolReference> {
  for (const [index, step] of ladder.entries()) {
    if (step.kind !== 'pool') continue
    yield { path: [...holder, 'when_all_down', index, 'pool'], pool: step.pool }
  }
}
