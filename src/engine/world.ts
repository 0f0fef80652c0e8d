/**
 * A world is everything that answering needs and nothing else: plain, immutable data that crosses
 * to a worker as it is, numbered by its generation. What changes with health is not in it: rosters
 * follow on the same channel.
 */

import type { PrefixMap } from '../base/prefix-map.ts'

import type { ZoneImage } from '../zone/image.ts'

import type { Nearness } from '../place/nearness.ts'

export type { Nearness } from '../place/nearness.ts'

export interface World {
  readonly generation: number
  readonly zones: readonly ZoneImage[]
  /** What balances a node, by the number that the zone images hold. */
  readonly bindings: readonly Binding[]
  /** Who is near to whom, by the numbers that lineups of policy `nearest` hold. */
  readonly nearness?: readonly Nearness[]
  /** Answered to NSID and `id.server`; empty where the operator gave none. */
  readonly serverId: Uint8Array
  /** Who may ask why: MAY_ASK or MAY_NOT_ASK; absent, nobody. */
  readonly explainTo?: PrefixMap
}

/** What a name asks of its roster. Names that share pool, answers and TTL share a binding. */
export interface Binding {
  /** At most this many records in an answer. */
  readonly answers: number
  /** The binding that answers a client instead, by number; most clients have this one itself. */
  readonly clients?: PrefixMap
  /** Whether a turn of it, or of one that answers a client instead, may be an alias. */
  readonly mayAlias?: boolean
}

/** Who asks: made once per socket and written into for each query. */
export interface Client {
  /** The source address: 4 octets of IPv4 or 16 of IPv6, from the start. */
  readonly address: Uint8Array
  isV6: boolean
  /** TCP and its kin carry messages of any size; over UDP size is bounded and TC may be set. */
  readonly isStream: boolean
}

export function createClient(isStream: boolean): Client {
  return { address: new Uint8Array(16), isV6: false, isStream }
}
