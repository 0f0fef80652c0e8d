/**
 * The clients that a run stands for: one, or as many networks as are wanted, each with what it has
 * cached. Networks are data within a DNS message alone: nothing is ever sent to them.
 */

import { parseSubnet, type Subnet } from '../../wire/edns-options.ts'

import { type Cache, createCache } from './cache.ts'

export type FleetKind = 'one' | 'v4' | 'v6'

export interface Client {
  /** From 1, for people. */
  readonly number: number
  /** What its resolver says of it; absent: nothing, so that the resolver counts. */
  readonly subnet?: Subnet | undefined
  readonly cache: Cache
}

export const CLIENTS_MAX = 10_000

/** `count` clients, in an order that is always the same. */
export function createFleet(kind: FleetKind, count: number): Client[] {
  const size = kind === 'one' ? 1 : Math.max(1, Math.min(CLIENTS_MAX, Math.floor(count)))
  return Array.from({ length: size }, (_, index) => ({
    number: index + 1,
    cache: createCache(),
    ...(kind !== 'one' && { subnet: parseSubnet(networkOf(kind, index)) }),
  }))
}

/** Of the documentation first (RFC 5737, RFC 3849), then of what is private to everybody. */
export function networkOf(kind: 'v4' | 'v6', index: number): string {
  if (kind === 'v6') return `2001:db8:${hex(index >> 8)}:${hex((index & 0xff) << 8)}::/56`
  if (index === 0) return '198.51.100.0/24'
  if (index === 1) return '203.0.113.0/24'
  const rest = index - 2
  return `10.${(rest >> 8) & 0xff}.${rest & 0xff}.0/24`
}

function hex(value: number): string {
  return (value & 0xffff).toString(16)
}
