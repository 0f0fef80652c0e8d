/** Which targets a pool has: one for each address of each member, made once for each load. */

import { printAddress } from '../base/address.ts'

import { createTarget, type Target } from '../health/check.ts'

import type { MemberConfig, PoolConfig } from '../config/config.ts'

export type Family = 'v4' | 'v6'

/** One address of a member, and the target that tells how it is. */
export interface MemberAddress {
  readonly member: MemberConfig
  readonly family: Family
  readonly octets: Uint8Array
  readonly address: string
  /** Undefined where the pool has no check: then the member is always up. */
  readonly target: Target | undefined
  /** Where the turns that it leads are counted. */
  readonly cell: number
}

/** The tally's cell for a label; the same label has the same cell as long as the server runs. */
export type CellOf = (label: string) => number

/** Every address of a pool, in configured order. */
export function addressesOfPool(
  { name, condition, members }: PoolConfig,
  cellOf: CellOf,
): MemberAddress[] {
  const check = condition?.kind === 'check' ? condition.check : undefined
  return members.flatMap((member) =>
    (['v4', 'v6'] as const).flatMap((family) => {
      const octets = member[family]
      if (octets === undefined) return []
      const address = printAddress(octets)
      const target = check ? createTarget(address, check) : undefined
      const cell = cellOf(`${name}/${member.name} ${family}`)
      return [{ member, family, octets, address, target, cell }]
    }),
  )
}
