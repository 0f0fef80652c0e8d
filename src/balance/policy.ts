/**
 * A policy is a rule in two halves: who of the eligible takes part (decided when a roster is built)
 * and how a turn is drawn among them (decided when a query comes). One file each in `policies/`;
 * this is the list that configuration, help and tests read.
 */

import type { Contender, LineUpOptions } from './contender.ts'
import { failover } from './policies/failover.ts'
import { random } from './policies/random.ts'
import { rotate } from './policies/rotate.ts'
import { weighted } from './policies/weighted.ts'

export interface Policy {
  readonly summary: string
  /** Whether the members' weights mean anything to it; if not, they are to be equal. */
  readonly usesWeights: boolean
  readonly draw: Draw
  /**
   * Who of the eligible of one family, in configured order, takes part now: a part of them in the
   * same order, and somebody where there is anybody. `previous` names those who took part until
   * now, so that small differences do not send everybody to and fro.
   */
  lineUp(
    eligible: readonly Contender[],
    previous: readonly string[],
    options?: LineUpOptions,
  ): readonly Contender[]
}

/** `in-order` steps through a schedule; `by-dice` rolls for its turns. */
export type Draw = 'in-order' | 'by-dice'

export const POLICIES = ['rotate', 'weighted', 'random', 'failover'] as const

export type PolicyName = (typeof POLICIES)[number]

const TABLE: Record<PolicyName, Policy> = { rotate, weighted, random, failover }

export function policyNamed(name: PolicyName): Policy {
  return TABLE[name]
}
