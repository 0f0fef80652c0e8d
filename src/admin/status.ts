/**
 * How things stand, as the API tells it and `rota status` prints it: the types of what the schemas
 * describe, and how it is made from what the books hold.
 */

import type { Override, OverrideBook } from '../control/books/overrides.ts'
import type { Registration } from '../control/books/registrations.ts'

import type { Told } from './schemas/fields.ts'
import type * as schemas from './schemas/status.ts'

export type Status = Told<typeof schemas.status>
export type SecureStatus = Told<typeof schemas.secureStatus>
export type BindingStatus = Told<typeof schemas.bindingStatus>
export type PoolStatus = Told<typeof schemas.poolStatus>
export type FamilyStatus = Told<typeof schemas.familyStatus>
export type MemberStatus = Told<typeof schemas.memberStatus>
export type AddressStatus = Told<typeof schemas.addressStatus>
export type LedgerStatus = Told<typeof schemas.ledgerStatus>
export type FlipStatus = Told<typeof schemas.flipStatus>
export type OverrideStatus = Told<typeof schemas.overrideStatus>
export type OverridesStatus = Told<typeof schemas.overridesStatus>
export type RegistrationStatus = Told<typeof schemas.registrationStatus>

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
