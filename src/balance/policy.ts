/**
 * A policy is a rule in two halves: who of the eligible takes part (decided when a roster is built)
 * and how their turns follow each other (worked out when a ring is built). One file each in
 * `policies/`; this is the list that configuration, help and tests read.
 */

import { failover } from './policies/failover.ts'
import { random } from './policies/random.ts'
import { rotate } from './policies/rotate.ts'
import { weighted } from './policies/weighted.ts'
import type { Candidate } from './roster.ts'
import type { Schedule } from './schedule.ts'

export interface Policy {
  readonly summary: string
  /** Whether the members' weights mean anything to it. */
  readonly usesWeights: boolean
  /** Who of the eligible, in configured order, takes part now. */
  lineUp(eligible: readonly Candidate[]): readonly Candidate[]
  /** The turns of those who take part; `weights` are whole numbers from 1, at least one of them. */
  schedule(weights: readonly number[], answers: number): Schedule
}

export const POLICIES = ['rotate', 'weighted', 'random', 'failover'] as const

export type PolicyName = (typeof POLICIES)[number]

const TABLE: Record<PolicyName, Policy> = { rotate, weighted, random, failover }

export function policyNamed(name: PolicyName): Policy {
  return TABLE[name]
}
