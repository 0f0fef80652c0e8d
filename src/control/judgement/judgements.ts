/**
 * Keeps the judgement of every pool current, each judged once however many names and pools draw
 * from it. What concerns a pool concerns all pools above it, which it is a member of or stands in
 * for.
 */

import { assert } from '../../base/assert.ts'

import type { PolicyName } from '../../balance/policy.ts'

import type { MemberConfig, PoolConfig, TtlMode } from '../../config/config.ts'

import type { LadderMoved } from '../history/event.ts'
import { LadderMoves } from '../history/ladder-moves.ts'
import { judgePool } from './judge.ts'
import type { Judged, PlannedPool, PoolJudgement } from './judgement.ts'
import { isEmptyMemory, type Memory, NO_MEMORY, type PoolMemory, withoutTier } from './memory.ts'
import type { PlannedBinding } from '../loading/plan.ts'
import type { Facts } from './standing.ts'
import { cellLabel, type CellOf, FAMILIES, membersOfPool } from './targets.ts'

/** A pool among those that lead to it. */
export interface PoolNode {
  pool: PlannedPool
  /** By which it is remembered. */
  readonly key: string
  readonly parents: Set<PoolNode>
  /** Numbers of the bindings that draw from it directly. */
  readonly bindings: number[]
  readonly ttlModes: Set<TtlMode>
}

export interface JudgementsOptions {
  readonly facts: () => Facts
  readonly cellOf: CellOf
  /** Members that a pool has besides those of the configuration. */
  readonly registeredIn: (pool: string) => readonly MemberConfig[]
  /** Called when a pool has failed, gone on along its ladder or recovered. */
  readonly onLadderMove?: ((move: LadderMoved) => void) | undefined
}

export class Judgements {
  readonly #options: JudgementsOptions
  #nodes = new Map<PoolConfig, PoolNode>()
  #named = new Map<string, PoolNode>()
  /** Those of names without a pool, by what they are called. */
  #unnamed = new Map<string, PoolNode>()
  /** Which of the world's `nearness` ranks the members of a pool, by the pool's name. */
  #nearnessOf: ReadonlyMap<string, number> = new Map()
  readonly #judged = new Map<PoolNode, PoolJudgement>()
  /** When pools are to be judged again though nothing happens (wall). */
  readonly #wakes = new Map<PoolNode, number>()
  #memory = new Map<string, PoolMemory>()
  readonly #ladderMoves: LadderMoves

  constructor(options: JudgementsOptions) {
    this.#options = options
    this.#ladderMoves = new LadderMoves((move) => options.onLadderMove?.(move))
  }

  /** Takes the pools that bindings draw from. What is remembered of them stays. */
  take(
    bindings: readonly PlannedBinding[],
    pools: ReadonlyMap<string, PoolConfig>,
    nearnessOf: ReadonlyMap<string, number> = new Map(),
  ): void {
    this.#nearnessOf = nearnessOf
    this.#nodes = new Map()
    this.#named = new Map()
    this.#unnamed = new Map()
    this.#judged.clear()
    this.#wakes.clear()
    bindings.forEach(({ pool, policy = pool.policy, ttlMode = 'step' }, number) => {
      const node = this.#plant(pool, pools)
      node.bindings.push(number)
      node.ttlModes.add(ttlMode)
      this.#draw(node, policy)
    })
    const keys = new Set([...this.#nodes.values()].map(({ key }) => key))
    for (const key of this.#memory.keys()) if (!keys.has(key)) this.#memory.delete(key)
    this.#ladderMoves.keep(keys)
  }

  nodes(): Iterable<PoolNode> {
    return this.#nodes.values()
  }

  /** The pool of that name; or, if there is none, that of a name without a pool. */
  nodeNamed(pool: string): PoolNode | undefined {
    return this.#named.get(pool) ?? this.#unnamed.get(pool)
  }

  /** Gives a pool the members that it has now; its judgement follows by `judge`. */
  replan(node: PoolNode): void {
    const { config } = node.pool
    node.pool = { ...node.pool, members: this.#membersOf(config) }
  }

  /** The labels of all cells, which are of members in either family. */
  cellLabels(): Set<string> {
    const labels = new Set<string>()
    for (const { pool } of this.#nodes.values()) {
      for (const member of pool.members) {
        for (const family of FAMILIES) {
          if (member[family]) labels.add(cellLabel(pool.config.name, member.config.name, family))
        }
      }
    }
    return labels
  }

  /** The pools themselves and all above them. */
  upwards(nodes: Iterable<PoolNode>): Set<PoolNode> {
    const above = new Set(nodes)
    // A set that grows is walked to its new end.
    for (const node of above) for (const parent of node.parents) above.add(parent)
    return above
  }

  /** Judges pools and all above them anew. Returns the bindings that draw from any of them. */
  judge(nodes: Iterable<PoolNode>): number[] {
    const concerned = this.upwards(nodes)
    for (const node of concerned) this.#judged.delete(node)
    const facts = this.#options.facts()
    for (const node of concerned) this.#judgementOf(node, facts)
    return [...concerned].flatMap(({ bindings }) => bindings).sort((a, b) => a - b)
  }

  /** What was judged last. */
  of(pool: PoolConfig): PoolJudgement {
    const node = this.#nodes.get(pool)
    const judgement = node && this.#judged.get(node)
    assert(judgement !== undefined, 'every pool of a binding has been judged')
    return judgement
  }

  /** The same, of a pool that another leads to. */
  readonly named: Judged = (name) => this.of(this.#named.get(name)!.pool.config)

  /** Judgements by what is known at this moment, for people; nothing is remembered of them. */
  afresh(): (pool: PoolConfig) => PoolJudgement {
    const facts = this.#options.facts()
    const fresh = new Map<PoolNode, PoolJudgement>()
    const judgementOf = (node: PoolNode): PoolJudgement => {
      const known = fresh.get(node)
      if (known) return known
      const judged: Judged = (name) => judgementOf(this.#named.get(name)!)
      const judgement = judgePool(node.pool, this.#remembered(node), facts, judged)
      fresh.set(node, judgement)
      return judgement
    }
    return (pool) => judgementOf(this.#nodes.get(pool)!)
  }

  /** When the first pool is to be judged again though nothing happens (wall); else Infinity. */
  wakeAtWall(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const wall of this.#wakes.values()) earliest = Math.min(earliest, wall)
    return earliest
  }

  /** Pools whose time has come. */
  due(nowWall: number): PoolNode[] {
    return [...this.#wakes].flatMap(([node, wall]) => (wall <= nowWall ? [node] : []))
  }

  /** What to keep on disk. */
  memory(): Memory {
    return Object.fromEntries(this.#memory)
  }

  /** What another process, or this one, remembered; for the pools that are to come. */
  recall(memory: Memory): void {
    this.#memory = new Map(Object.entries(memory))
    this.#ladderMoves.recall(memory)
  }

  /** Lets a failover pool that stayed with a later tier go back to the first that is well. */
  forgetTier(node: PoolNode): void {
    this.#memory.set(node.key, withoutTier(this.#remembered(node)))
  }

  #remembered({ key }: PoolNode): PoolMemory {
    return this.#memory.get(key) ?? NO_MEMORY
  }

  #judgementOf(node: PoolNode, facts: Facts): PoolJudgement {
    const known = this.#judged.get(node)
    if (known) return known
    const judged: Judged = (name) => this.#judgementOf(this.#named.get(name)!, facts)
    const judgement = judgePool(node.pool, this.#remembered(node), facts, judged)
    this.#judged.set(node, judgement)
    if (isEmptyMemory(judgement.memory)) this.#memory.delete(node.key)
    else this.#memory.set(node.key, judgement.memory)
    this.#ladderMoves.note(node.key, judgement)
    const { wakeAtWall } = judgement.outlook
    if (wakeAtWall === undefined) this.#wakes.delete(node)
    else this.#wakes.set(node, wakeAtWall)
    return judgement
  }

  /** Takes in a pool and all that it leads to. */
  #plant(config: PoolConfig, pools: ReadonlyMap<string, PoolConfig>): PoolNode {
    const known = this.#nodes.get(config)
    if (known) return known
    const { name, policy, members, whenAllDown } = config
    const isNamed = pools.get(name) === config
    const nearness = this.#nearnessOf.get(name)
    const node: PoolNode = {
      pool: {
        config,
        members: this.#membersOf(config),
        policies: [policy],
        ...(nearness !== undefined && { nearness }),
      },
      key: isNamed ? name : unnamedKey(name),
      parents: new Set(),
      bindings: [],
      ttlModes: new Set(),
    }
    this.#nodes.set(config, node)
    ;(isNamed ? this.#named : this.#unnamed).set(name, node)
    const below = [
      ...members.flatMap((member) => member.pool ?? []),
      ...whenAllDown.flatMap((step) => (step.kind === 'pool' ? [step.pool] : [])),
    ]
    for (const child of below) this.#plant(pools.get(child)!, pools).parents.add(node)
    return node
  }

  #draw(node: PoolNode, policy: PolicyName): void {
    const { policies } = node.pool
    if (!policies.includes(policy)) node.pool = { ...node.pool, policies: [...policies, policy] }
  }

  #membersOf(config: PoolConfig) {
    const { cellOf, registeredIn } = this.#options
    return membersOfPool(config, cellOf, config.registration ? registeredIn(config.name) : [])
  }
}

/** A name without a pool may be called as a pool is. */
function unnamedKey(name: string): string {
  return `name ${name}`
}
