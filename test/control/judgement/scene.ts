/**
 * A stage for judgement: pools as an operator writes them, and facts that a test sets by name. Who
 * is answered is printed as `a=5 b=1`, with weights; a pool as `dc1=1(a=5 b=1)`.
 */

import type { Decision, Facts } from '../../../src/control/judgement/standing.ts'
import { Judgements } from '../../../src/control/judgement/judgements.ts'
import { planOf, type PlannedBinding } from '../../../src/control/loading/plan.ts'
import { Rosters } from '../../../src/control/judgement/rosters.ts'
import { FAMILIES, type Family } from '../../../src/control/judgement/targets.ts'
import type { FamilyJudgement } from '../../../src/control/judgement/judgement.ts'
import type { MemberConfig } from '../../../src/config/config.ts'
import type { PolicyName } from '../../../src/balance/policy.ts'
import type { Lineup } from '../../../src/balance/roster.ts'
import type { Condition, Report } from '../../../src/health/check.ts'
import type { Reading } from '../../../src/health/reading.ts'
import { configOf } from '../configs.ts'

/** In doubt: the last observation spoke against the verdict. Unseen: there is no reading at all. */
export type Belief = 'up' | 'up in doubt' | 'down' | 'down in doubt' | 'unknown' | 'unseen'

export interface SceneOptions {
  /** What must hold of the members of the pools, by name, instead of what is written. */
  readonly conditions?: Readonly<Record<string, Condition>>
  /** The inside of the name's map besides its pool: `ttl: 30/5`. */
  readonly name?: string
}

/** `pools` is the inside of a YAML flow map; the name draws from the first of them. */
export function scene(pools: string, { conditions = {}, name = '' }: SceneOptions = {}) {
  const config = configOf(`
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 80 } } }
pools: { ${pools} }
names: { www.example.test: { pool: ${/^\s*([\w-]+):/.exec(pools)![1]}, ${name} } }
`)
  const known = [...config.pools].map(([pool, written]) => {
    const condition = conditions[pool]
    return [pool, condition ? { ...written, condition } : written] as const
  })
  const plan = planOf({ ...config, pools: new Map(known) })
  return new Scene(plan.bindings, plan.pools)
}

/** The moment at which scenes begin; any would do. */
const START_WALL = Date.UTC(2026, 0, 1)

export class Scene {
  readonly judgements: Judgements
  readonly rosters = new Rosters()
  readonly #bindings: readonly PlannedBinding[]
  readonly #readings = new Map<string, Reading>()
  readonly #overrides = new Map<string, Decision>()
  readonly #leases = new Map<string, number>()
  readonly #rates = new Map<string, number>()
  readonly #registered = new Map<string, MemberConfig[]>()
  #nowWall = START_WALL

  constructor(bindings: readonly PlannedBinding[], pools: Parameters<Judgements['take']>[1]) {
    this.#bindings = bindings
    this.judgements = new Judgements({
      facts: () => this.facts(),
      cellOf: () => 0,
      registeredIn: (pool) => this.#registered.get(pool) ?? [],
    })
    this.judgements.take(bindings, pools)
    this.believe('*', 'up')
    this.judge()
  }

  facts(): Facts {
    return {
      nowWall: this.#nowWall,
      wallAheadMs: START_WALL,
      readings: (key) => this.#readings.get(key),
      burdens: (key) => {
        const rate = this.#rates.get(key)
        return rate === undefined
          ? undefined
          : { report: {}, atMs: 0, requests: 0, errors: 0, rate }
      },
      overrideOf: (pool, member) => this.#overrides.get(`${pool}/${member}`),
      leaseOf: (pool, member) => this.#leases.get(`${pool}/${member}`),
    }
  }

  /**
   * Of members by name, in any pool, and all their checks: `a`, `dc1/a`, `a v6`, `a web` for one
   * check, or `*` for everybody. What follows is judged at once.
   */
  believe(who: string, belief: Belief): this {
    return this.#observe(who, (before) => (belief === 'unseen' ? undefined : state(before, belief)))
  }

  /** What a member says of itself. */
  report(who: string, report: Report): this {
    return this.#observe(who, (before) => ({ ...(before ?? state(undefined, 'up')), report }))
  }

  /** How long the checks of a member take. */
  takes(who: string, smoothedMs: number): this {
    return this.#observe(who, (before) => ({ ...(before ?? state(undefined, 'up')), smoothedMs }))
  }

  decide(who: string, word: Decision['word'] | 'nothing', forSeconds?: number): this {
    if (word === 'nothing') this.#overrides.delete(who)
    else {
      const until = forSeconds && { untilWall: this.#nowWall + forSeconds * 1_000 }
      this.#overrides.set(who, { word, reason: 'a test', author: 'ana', ...until })
    }
    return this.judge()
  }

  lease(who: string, seconds: number): this {
    this.#leases.set(who, this.#nowWall + seconds * 1_000)
    return this.judge()
  }

  /** Lets time pass; what is due by plan is judged, and nothing else. */
  after(seconds: number): this {
    const endWall = this.#nowWall + seconds * 1_000
    for (;;) {
      const wall = Math.min(this.judgements.wakeAtWall(), this.rosters.wakeAtWall())
      if (wall > endWall) break
      this.#nowWall = Math.max(this.#nowWall, wall)
      const numbers = this.judgements.judge(this.judgements.due(this.#nowWall))
      const due = this.rosters.due(this.#nowWall)
      this.rosters.update([...numbers, ...due], this.judgements, this.#nowWall)
    }
    this.#nowWall = endWall
    return this
  }

  judge(): this {
    this.judgements.judge(this.judgements.nodes())
    this.rosters.take(this.#bindings, this.judgements, this.#nowWall)
    return this
  }

  failBack(pool: string): this {
    this.judgements.forgetTier(this.judgements.nodeNamed(pool)!)
    return this.judge()
  }

  /** Who is answered in a family now. */
  shows(family: Family = 'v4', binding = this.#bindings.length - 1): string {
    return print(this.rosters.decision(binding)!.roster.lineup, family)
  }

  get v4(): string {
    return this.shows('v4')
  }

  get v6(): string {
    return this.shows('v6')
  }

  get ttl(): number {
    return this.decision.roster.ttl
  }

  get decision() {
    return this.rosters.decision(this.#bindings.length - 1)!
  }

  /** What was judged of a pool in a family. */
  family(pool: string, family: Family = 'v4'): FamilyJudgement {
    return this.judgements.named(pool)[family]
  }

  /** Why a member is not eligible; undefined if it is. */
  why(who: string, family: Family = 'v4'): string | undefined {
    const [pool, member] = who.split('/')
    return this.family(pool!, family).standings.find(({ name }) => name === member)!.exclusion
  }

  lineup(pool: string, policy?: PolicyName): Lineup {
    const { lineups, pool: planned } = this.judgements.named(pool)
    return lineups.get(policy ?? planned.config.policy)!
  }

  #observe(who: string, change: (before: Reading | undefined) => Reading | undefined): this {
    const [name, detail] = who.split(' ')
    for (const { pool } of this.judgements.nodes()) {
      for (const member of pool.members) {
        const names = ['*', member.config.name, `${pool.config.name}/${member.config.name}`]
        if (!names.includes(name!)) continue
        for (const family of FAMILIES) {
          const targets = member[family]?.inquiry?.targets.values() ?? []
          for (const { key, check } of targets) {
            if (detail && detail !== family && detail !== check.name) continue
            const reading = change(this.#readings.get(key))
            if (reading) this.#readings.set(key, reading)
            else this.#readings.delete(key)
          }
        }
      }
    }
    return this.judge()
  }
}

export function print({ candidates }: Lineup, family: Family): string {
  return candidates
    .flatMap(({ name, weight, [family]: offer }) => {
      if (!offer) return []
      const inside = offer.kind === 'pool' ? `(${print(offer.lineup, family)})` : ''
      return [`${name}=${weight}${inside}`]
    })
    .join(' ')
}

function state(before: Reading | undefined, belief: Exclude<Belief, 'unseen'>): Reading {
  const verdict = belief.startsWith('up') ? 'up' : belief.startsWith('down') ? 'down' : 'unknown'
  const streak = belief.endsWith('in doubt') ? 1 : 0
  return { ...before, state: { verdict, sinceMs: 0, streak, evidence: `it is ${belief}` } }
}
