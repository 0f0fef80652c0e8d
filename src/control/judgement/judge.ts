/**
 * Facts to judgements: who of a pool may be answered now, and why. Every decision about health is
 * made here, once, when something changes; a worker never asks whether somebody is up.
 *
 * Always true: the same facts and the same memory give the same judgement; and nobody who is not
 * eligible is admitted unless the ladder says so.
 */

import type { LadderStep, PoolConfig } from '../../config/config.ts'

import {
  type Admission,
  type FamilyJudgement,
  type Judged,
  leastHealthy,
  type PlannedPool,
  type PoolJudgement,
} from './judgement.ts'
import { walkLadder } from './ladder.ts'
import { childOf, lineUp } from './line-up.ts'
import type { FamilyMemory, PoolMemory } from './memory.ts'
import { outlookOf } from './outlook.ts'
import { noteRises } from './slow-start.ts'
import { type Facts, isTakenOut, type Standing, standingOf } from './standing.ts'
import { FAMILIES, type Family, type PlannedMember } from './targets.ts'

export function judgePool(
  pool: PlannedPool,
  memory: PoolMemory,
  facts: Facts,
  judged: Judged,
): PoolJudgement {
  const v4 = judgeFamily(pool, 'v4', memory.v4 ?? {}, facts, judged)
  const v6 = judgeFamily(pool, 'v6', memory.v6 ?? {}, facts, judged)
  const admitted = { v4: admissionOf(v4.judgement), v6: admissionOf(v6.judgement) }
  const drawn = pool.policies.map((policy) => lineUp(pool, policy, admitted, memory, judged))
  const lineups = new Map(pool.policies.map((policy, index) => [policy, drawn[index]!.lineup]))
  const tookPart = (family: Family) => {
    const told = pool.policies.flatMap((policy, index) => {
      const names = drawn[index]!.tookPart[family]
      return names ? [[policy, names] as const] : []
    })
    return told.length > 0 ? { tookPart: Object.fromEntries(told) } : {}
  }
  return {
    pool,
    v4: v4.judgement,
    v6: v6.judgement,
    lineups,
    memory: remembered({
      v4: { ...v4.memory, ...tookPart('v4') },
      v6: { ...v6.memory, ...tookPart('v6') },
    }),
    outlook: outlookOf(pool, [v4.judgement, v6.judgement], facts.nowWall, judged),
  }
}

function admissionOf({ admitted, ladder }: FamilyJudgement): Admission {
  const step = ladder?.inForce
  return step?.kind === 'pool' ? { members: [], pool: step.pool } : { members: admitted }
}

function judgeFamily(
  pool: PlannedPool,
  family: Family,
  memory: FamilyMemory,
  facts: Facts,
  judged: Judged,
): { readonly judgement: FamilyJudgement; readonly memory: FamilyMemory } {
  const { config } = pool
  if (!mayServe(pool, family)) return UNSERVED
  const standings = pool.members.flatMap((member) => {
    const seat = member[family] ?? childOf(member, family, facts, judged)
    return seat ? [standingOf(config, member, seat, memory, facts)] : []
  })
  if (standings.length === 0 && !awaitsMembers(pool)) return UNSERVED
  const eligible = standings.filter(({ isEligible }) => isEligible)
  const memberCount = countMembers(standings)
  const counts = {
    memberCount,
    healthyCount: eligible.length,
    neededCount: leastHealthy(config.minHealthy, memberCount),
  }
  const rises = noteRises(standings, config.slowStartMs, memory, facts.nowWall)
  if (counts.healthyCount >= counts.neededCount) {
    const judgement = { isServed: true, standings, ...counts, admitted: eligible }
    return { judgement, memory: { ...rises, ...noteGood(config, eligible, memory) } }
  }
  // Where the wall clock is put back, the times of steps begin anew: they never grow by the jump.
  const failedSinceWall = Math.min(memory.failedSinceWall ?? facts.nowWall, facts.nowWall)
  const offered = (step: LadderStep) => membersOfStep(step, standings, memory)
  const ladder = walkLadder(config.whenAllDown, failedSinceWall, facts.nowWall, (step) =>
    hindranceOf(step, family, offered(step), judged),
  )
  const admitted = offered(ladder.inForce)
  const { lastGood } = memory
  return {
    judgement: { isServed: true, standings, ...counts, failedSinceWall, ladder, admitted },
    memory: { ...rises, ...(lastGood && { lastGood }), failedSinceWall },
  }
}

/** Of a family that nobody of the pool has. */
const UNSERVED = {
  judgement: {
    isServed: false,
    standings: [],
    ...{ memberCount: 0, healthyCount: 0, neededCount: 1 },
    admitted: [],
  },
  memory: {},
}

/** Whose lease is over counts no more; who has registered counts, beside others, once probed. */
function countMembers(standings: readonly Standing[]): number {
  const present = standings.filter(({ exclusion }) => exclusion !== 'lease expired')
  const known = present.filter(({ exclusion }) => exclusion !== 'not probed yet')
  return known.length || present.length
}

/** Whether anybody may have this family: who has no address there may be a pool that has. */
function mayServe(pool: PlannedPool, family: Family): boolean {
  const mayHave = (member: PlannedMember) => member[family] ?? member.config.pool
  return awaitsMembers(pool) || pool.members.some((member) => mayHave(member) !== undefined)
}

/** Where members register and nobody has, the pool has failed: it is not without a family. */
function awaitsMembers({ config, members }: PlannedPool): boolean {
  return config.registration !== undefined && members.length === 0
}

/** Nobody has been seen to be good of whom nothing is known yet. */
function noteGood(
  { whenAllDown }: PoolConfig,
  eligible: readonly Standing[],
  { lastGood }: FamilyMemory,
): Pick<FamilyMemory, 'lastGood'> {
  if (!whenAllDown.some(({ kind }) => kind === 'last-good')) return {}
  const seen = eligible.filter(({ verdict, override }) => verdict !== 'unknown' || override)
  if (seen.length > 0) return { lastGood: seen.map(({ name }) => name) }
  return lastGood ? { lastGood } : {}
}

function membersOfStep(
  step: LadderStep,
  standings: readonly Standing[],
  { lastGood = [] }: FamilyMemory,
): readonly Standing[] {
  const left = standings.filter((standing) => !isTakenOut(standing) && !standing.isVoid)
  switch (step.kind) {
    case 'all':
      return left
    case 'last-good':
      return left.filter(({ name }) => lastGood.includes(name))
    case 'pool':
    case 'nodata':
      return []
  }
}

function hindranceOf(
  step: LadderStep,
  family: Family,
  offered: readonly Standing[],
  judged: Judged,
): string | undefined {
  switch (step.kind) {
    case 'pool': {
      const { isServed, failedSinceWall } = judged(step.pool)[family]
      if (!isServed) return `pool "${step.pool}" has nobody in this family`
      return failedSinceWall === undefined ? undefined : `pool "${step.pool}" has failed too`
    }
    case 'last-good':
      return offered.length > 0 ? undefined : 'nobody is left who was good'
    case 'all':
      return offered.length > 0 ? undefined : 'everybody was taken out'
    case 'nodata':
      return
  }
}

function remembered(memory: { readonly v4: FamilyMemory; readonly v6: FamilyMemory }): PoolMemory {
  return Object.fromEntries(
    FAMILIES.flatMap((family) =>
      Object.keys(memory[family]).length > 0 ? [[family, memory[family]]] : [],
    ),
  )
}
