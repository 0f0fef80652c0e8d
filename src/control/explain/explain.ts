/**
 * Why a name is answered as it is: what would be answered next by the code that answers, and how
 * the roster that it draws from came to be. One explanation serves the command, the API and DNS.
 */

import { printPrefix, type Prefix } from '../../base/prefix.ts'

import { printName } from '../../wire/name.ts'
import { rcodeName, TYPE } from '../../wire/registry.ts'

import type { Engine } from '../../engine/engine.ts'
import { createPreview, type Preview } from '../../engine/preview.ts'

import type { PoolJudgement } from '../judgement/judgement.ts'
import type { BindingJudgement } from '../judgement/judgement.ts'
import type { Keeper } from '../keeper.ts'
import { poolOverview } from '../status.ts'
import { FAMILIES, type Family } from '../judgement/targets.ts'
import { type ExplainedPool, explainedPool } from './explained.ts'

/** Plain data, for JSON as it is. */
export interface Explanation {
  readonly name: string
  /** Whom it is explained for. */
  readonly client: string
  readonly answers: readonly ExplainedAnswer[]
  /** Absent where the name is not balanced: then its zone answers, if it has one here. */
  readonly balanced?: Balanced
}

export interface ExplainedAnswer {
  readonly type: 'A' | 'AAAA'
  readonly rcode: string
  /** Data of the records that would be answered next, in order. */
  readonly data: readonly string[]
  /** Bits of the client's address that the answer depended on. */
  readonly scope: number
}

export interface Balanced {
  /** The pool that answers this client, or the name that is its own pool. */
  readonly pool: string
  readonly policy: string
  readonly answersMax: number
  readonly ttl: { readonly seconds: number; readonly reason: string }
  /** The pool first, then those that it leads to. */
  readonly pools: readonly ExplainedPool[]
}

/** What the explanation is drawn from: the thread's engine, and who keeps its rosters. */
export interface Source {
  readonly engine: Engine
  readonly keeper: Pick<Keeper, 'judgement'>
}

/** Explains a name (octets) to a client. */
export function explain({ engine, keeper }: Source, name: Uint8Array, client: Prefix): Explanation {
  const preview = createPreview(engine, client)
  const previews = FAMILIES.map((family) => preview(name, TYPE_OF[family].number))
  const binding = previews.find((one) => one.binding !== undefined)?.binding
  const judgement = binding === undefined ? undefined : keeper.judgement(binding)
  return {
    name: printName(name),
    client: printPrefix(client),
    answers: previews.map((one, index) => answerOf(one, TYPE_OF[FAMILIES[index]!].word)),
    ...(judgement && { balanced: balancedOf(judgement) }),
  }
}

const TYPE_OF: Record<Family, { readonly number: number; readonly word: 'A' | 'AAAA' }> = {
  v4: { number: TYPE.A, word: 'A' },
  v6: { number: TYPE.AAAA, word: 'AAAA' },
}

function answerOf({ message }: Preview, type: 'A' | 'AAAA'): ExplainedAnswer {
  const subnets = message.edns?.options.filter((option) => option.kind === 'subnet') ?? []
  return {
    type,
    rcode: rcodeName(message.rcode),
    data: message.answer.map(({ text }) => text),
    scope: subnets[0]?.subnet.scope ?? 0,
  }
}

function balancedOf({ planned, roster, ttlReason, pool, poolNamed }: BindingJudgement): Balanced {
  return {
    pool: planned.label,
    policy: planned.policy ?? pool.pool.config.policy,
    answersMax: planned.answers,
    ttl: { seconds: roster.ttl, reason: ttlReason },
    pools: treeOf(pool, poolNamed).map((judgement) =>
      explainedPool(poolOverview(judgement, () => 0)),
    ),
  }
}

/** A pool and those that it leads to by members and by the step of its ladder that is in force. */
function treeOf(
  root: PoolJudgement,
  poolNamed: (name: string) => PoolJudgement | undefined,
): PoolJudgement[] {
  const tree = new Map([[root.pool.config.name, root]])
  // A map that grows is walked to its new end.
  for (const { pool, v4, v6 } of tree.values()) {
    const children = pool.members.flatMap(({ config }) => config.pool ?? [])
    const standIns = [v4, v6].flatMap(({ ladder }) =>
      ladder?.inForce.kind === 'pool' ? [ladder.inForce.pool] : [],
    )
    for (const name of [...children, ...standIns]) {
      const judgement = tree.has(name) ? undefined : poolNamed(name)
      if (judgement) tree.set(name, judgement)
    }
  }
  return [...tree.values()]
}
