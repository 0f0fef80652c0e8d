/**
 * How things stand, as the API tells it and `rota status` prints it: plain values, moments in
 * ISO 8601 (UTC), spans in the unit of their name. What is not known yet, or does not apply, is
 * absent.
 */

import type { Override, OverrideBook } from '../control/books/overrides.ts'
import type { Registration } from '../control/books/registrations.ts'

export interface Status {
  readonly version: string
  readonly now: string
  readonly startedAt: string
  /** Of the world that is answered from; each reload makes the next. */
  readonly generation: number
  readonly listen: readonly string[]
  readonly transport?: { readonly path: string; readonly workers: number }
  /** Counted since the start. */
  readonly queries: number
  readonly answers: number
  readonly bindings: readonly BindingStatus[]
  readonly pools: readonly PoolStatus[]
  /** The latest first. */
  readonly flips: readonly FlipStatus[]
  /** Who asks most, the loudest first, with the part of the balanced answers that is theirs. */
  readonly resolvers?: readonly { readonly address: string; readonly percent: number }[]
  /** What works and should be looked at all the same. */
  readonly warnings: readonly string[]
}

/** What names share that draw from a pool in the same way. */
export interface BindingStatus {
  /** The pool's name, or the name that is its own pool. */
  readonly label: string
  readonly policy: string
  readonly answers: number
  readonly ttlSeconds: number
  readonly ttlReason?: string
}

export interface PoolStatus {
  readonly name: string
  readonly policy: string
  readonly minServing: number
  readonly families: readonly FamilyStatus[]
  readonly members: readonly MemberStatus[]
}

/** One family of a pool, as a whole. */
export interface FamilyStatus {
  readonly family: 'v4' | 'v6'
  readonly members: number
  readonly healthy: number
  /** Fewer healthy than these, and the pool has failed. */
  readonly needed: number
  readonly failedSince?: string
  /** The step of `when_all_down` that holds, as it is written; absent while it has not failed. */
  readonly step?: string
  readonly stepUntil?: string
  /** Pools that answer in its place. */
  readonly standIns?: readonly string[]
}

export interface MemberStatus {
  readonly name: string
  readonly weight: number
  /** Whether it may be answered now, in one family at least. */
  readonly isServing: boolean
  readonly override?: OverrideStatus
  /** For a member that has registered. */
  readonly lease?: { readonly until: string }
  readonly addresses: readonly AddressStatus[]
}

/** A member in one family. */
export interface AddressStatus {
  readonly family: 'v4' | 'v6'
  /** The address, or what it stands for: a pool, an alias. */
  readonly address: string
  readonly isServing: boolean
  /** Why it is not. */
  readonly why?: string
  /** Absent where there is no check. */
  readonly verdict?: 'up' | 'down' | 'unknown'
  readonly since?: string
  readonly evidence?: string
  readonly warning?: string
  /** What its probes take, smoothed. */
  readonly probeMs?: number
  /** By which it takes part now, among those of its family. */
  readonly effectiveWeight?: number
  /** Its part of the turns of its family by that weight, in percent. */
  readonly share?: number
  /** Answers that it led. */
  readonly turns: number
}

export interface FlipStatus {
  readonly at: string
  readonly members: readonly string[]
  readonly address: string
  readonly from: string
  readonly to: string
  readonly evidence: string
  /** From the last success to the answers that told of the failure. */
  readonly failoverMs?: number
  /** When the last cache lets go of what was answered before. */
  readonly lastCacheAt?: string
}

export interface OverrideStatus {
  readonly pool: string
  readonly member: string
  readonly word: string
  readonly reason: string
  readonly author: string
  readonly since: string
  readonly until?: string
}

export interface PastOverrideStatus extends OverrideStatus {
  readonly ended: string
  readonly endedAt: string
  readonly endedBy?: string
}

export interface OverridesStatus {
  readonly current: readonly OverrideStatus[]
  /** Those of the last week, the latest first. */
  readonly past: readonly PastOverrideStatus[]
}

export interface RegistrationStatus {
  readonly pool: string
  readonly member: string
  readonly v4?: string
  readonly v6?: string
  readonly weight: number
  readonly leaseSeconds: number
  readonly since: string
  readonly until: string
}

export function statusOfOverride(override: Override): OverrideStatus {
  const { pool, member, word, reason, author, sinceWall, untilWall } = override
  return {
    ...{ pool, member, word, reason, author, since: moment(sinceWall) },
    ...(untilWall !== undefined && { until: moment(untilWall) }),
  }
}

export function statusOfOverrides({ current, past }: OverrideBook): OverridesStatus {
  return {
    current: current.map(statusOfOverride),
    past: past.map(({ ended, endedWall, endedBy, ...override }) => ({
      ...statusOfOverride(override),
      ended,
      endedAt: moment(endedWall),
      ...(endedBy !== undefined && { endedBy }),
    })),
  }
}

export function statusOfRegistration(registration: Registration): RegistrationStatus {
  const { leaseMs, sinceWall, untilWall, v4, v6, pool, member, weight } = registration
  return {
    ...{ pool, member, ...(v4 !== undefined && { v4 }), ...(v6 !== undefined && { v6 }), weight },
    leaseSeconds: leaseMs / 1_000,
    ...{ since: moment(sinceWall), until: moment(untilWall) },
  }
}

/** Milliseconds since 1970 as people and programs read them. */
export function moment(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
