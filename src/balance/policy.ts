/**
 * A policy is a rule in two halves: who of the eligible takes part (decided when a roster is built)
 * and how a turn is drawn among them (decided when a query comes). One file each in `policies/`;
 * this is the list that configuration, help and tests read.
 */

import type { Contender, LineUpOptions } from './contender.ts'
import { failover } from './policies/failover.ts'
import { fastest } from './policies/fastest.ts'
import { leastLoad } from './policies/least-load.ts'
import { nearest } from './policies/nearest.ts'
import { random } from './policies/random.ts'
import { rotate } from './policies/rotate.ts'
import { sticky } from './policies/sticky.ts'
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

/**
 * `in-order` steps through a schedule; `by-dice` rolls for its turns; `by-client` and `by-place`
 * ask who the client is, or where.
 */
export type Draw = 'in-order' | 'by-dice' | 'by-client' | 'by-place'

export const POLICIES = [
  'rotate',
  'weighted',
  'random',
  'failover',
  'sticky',
  'nearest',
  'fastest',
  'least-load',
] as const

export type PolicyName = (typeof POLICIES)[number]

const TABLE: Record<PolicyName, Policy> = {
  rotate,
  weighted,
  random,
  failover,
  sticky,
  nearest,
  fastest,
  'least-load': leastLoad,
}

export function policyNamed(name: PolicyName): Policy {
  return TABLE[name]
}
