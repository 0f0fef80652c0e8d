/**
 * What the operator wants, complete: defaults filled in, references resolved by name, units in the
 * names. Every part remembers its place, so that a later fault can still be shown in the file.
 */

import type { Endpoint } from '../base/address.ts'
import type { Diagnostic, Place } from '../base/diagnostic.ts'
import type { PolicyName } from '../balance/policy.ts'
import type { Check } from '../health/check.ts'

export interface Config extends Settings {
  /** The file it was read from, or what stands for it (`command line`). */
  readonly file: string
  readonly zones: readonly ZoneConfig[]
  readonly checks: ReadonlyMap<string, Check>
  readonly pools: ReadonlyMap<string, PoolConfig>
  readonly names: readonly NameConfig[]
}

/** What concerns the server as a whole, and so stays of use once the world has been made. */
export interface Settings {
  readonly listen: {
    readonly dns: readonly Endpoint[]
    /** Kept for the HTTP API; nothing is served there yet. */
    readonly http?: Endpoint
  }
  /** UDP workers for each address in `listen.dns`. */
  readonly workers: number | 'auto'
  /** Absolute path of the folder for what must survive a restart; nothing is kept yet. */
  readonly state?: string
  /** Answered to those who ask for NSID (RFC 5001), and as `id.server`. */
  readonly serverId?: string
}

export interface ZoneConfig {
  readonly place: Place
  /** Lower-case octets. */
  readonly apex: Uint8Array
  readonly source: ZoneSource
}

/** Where a zone's records stand: a master file by its absolute path, or the text of one. */
export type ZoneSource = { readonly file: string } | { readonly text: string }

export interface PoolConfig {
  readonly place: Place
  readonly name: string
  /** Without a check the members are never probed and always up. */
  readonly check?: Check
  readonly policy: PolicyName
  readonly members: readonly MemberConfig[]
  readonly minHealthy: MinHealthy
  readonly whenAllDown: readonly LadderStep[]
}

export interface MemberConfig {
  readonly place: Place
  readonly name: string
  readonly v4?: Uint8Array
  readonly v6?: Uint8Array
  /** 0 is standby: answered only when every other member is out. */
  readonly weight: number
}

/** Fewer healthy members than this, and the pool walks its ladder. */
export type MinHealthy = { readonly count: number } | { readonly percent: number }

/** What to answer when a pool has failed: every member whatever its health, or nobody. */
export type LadderStep = 'all' | 'nodata'

export interface NameConfig {
  readonly place: Place
  /** Lower-case octets; the first label may be `*`. */
  readonly name: Uint8Array
  /** The pool's name; without one, the zone file's own A and AAAA are the members. */
  readonly pool?: string
  /** For a name without a pool: how its members are checked and drawn. */
  readonly own?: Pick<PoolConfig, 'check' | 'policy' | 'minHealthy' | 'whenAllDown'>
  /** At most this many records in an answer. */
  readonly answers: number
  readonly ttl: TtlRange
}

/** Seconds. `max` while nobody is in transition, `min` while somebody is; equal means fixed. */
export interface TtlRange {
  readonly max: number
  readonly min: number
}

export type Reading =
  | { readonly config: Config; readonly warnings: readonly Diagnostic[] }
  | { readonly config?: undefined; readonly diagnostics: readonly Diagnostic[] }
