/**
 * What the operator wants, complete: defaults filled in, references resolved by name, units in the
 * names. Every part remembers its place, so that a later fault can still be shown in the file.
 */

import type { Endpoint } from '../base/address.ts'
import type { Diagnostic, Place } from '../base/diagnostic.ts'
import type { Prefix } from '../base/prefix.ts'
import type { PolicyName } from '../balance/policy.ts'
import type { Check, Condition } from '../health/check.ts'
import type { Location, MapSource } from '../place/location.ts'
import type { EventKind } from './values/webhook-values.ts'

export type { Location } from '../place/location.ts'

export interface Config extends Settings {
  /** The file it was read from, or what stands for it (`command line`). */
  readonly file: string
  readonly zones: readonly ZoneConfig[]
  readonly checks: ReadonlyMap<string, Check>
  readonly pools: ReadonlyMap<string, PoolConfig>
  readonly maps?: ReadonlyMap<string, MapConfig>
  readonly names: readonly NameConfig[]
}

/** What concerns the server as a whole, and so stays of use once the world has been made. */
export interface Settings {
  readonly listen: {
    readonly dns: readonly Endpoint[]
    /** Where the API is served; absent: nowhere. */
    readonly http?: Endpoint
    /** Names by which that may be asked, besides addresses; lower case, without final dots. */
    readonly hosts?: readonly string[]
    /** Where DNS over TLS is served (RFC 7858); absent: nowhere. */
    readonly tls?: readonly Endpoint[]
    /** Where DNS over HTTPS is served (RFC 8484); absent: nowhere. */
    readonly https?: readonly Endpoint[]
  }
  /** What both of them show of who they are; there where one of them is. */
  readonly tls?: TlsConfig
  /** UDP workers for each address in `listen.dns`. */
  readonly workers: number | 'auto'
  /** Absolute path of the folder for what must survive a restart. */
  readonly state?: string
  /** Answered to those who ask for NSID (RFC 5001), and as `id.server`. */
  readonly serverId?: string
  /** When the prober doubts itself; absent, what `defaults.ts` says. */
  readonly selfDoubt?: SelfDoubtConfig
  /** Who may ask for NAME.explain.ZONE; absent, this machine alone. */
  readonly explainTo?: readonly Prefix[]
  /** Who is told of events as they happen; absent: nobody. */
  readonly webhooks?: readonly WebhookConfig[]
}

/** An address to which events are posted. */
export interface WebhookConfig {
  readonly place: Place
  /** `http` or `https`. Its path may be a secret. */
  readonly url: string
  readonly events: readonly EventKind[]
  /** Holds what deliveries are signed by; absent: they are not signed. */
  readonly secretFile?: PlacedFile
}

/** PEM files, by their absolute paths. */
export interface TlsConfig {
  readonly certificate: PlacedFile
  readonly key: PlacedFile
}

export interface PlacedFile {
  readonly path: string
  readonly place: Place
}

/** When so much fails at once that the prober is the likelier culprit. */
export interface SelfDoubtConfig {
  /** Addresses that must answer `check` for this machine to trust what it sees. */
  readonly anchors?: { readonly addresses: readonly string[]; readonly check: Check }
  /** Share of unrelated targets that must fail within one interval. */
  readonly suspectPercent: number
  /** How long verdicts are frozen at most. */
  readonly freezeMs: number
}

/** Where clients are, for the policy `nearest`: subnets with a label each, or an mmdb file. */
export interface MapConfig {
  readonly place: Place
  readonly name: string
  readonly source: MapSource
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
  /** What must hold of each member; without it they are never probed and always up. */
  readonly condition?: Condition
  readonly policy: PolicyName
  readonly members: readonly MemberConfig[]
  readonly minHealthy: MinHealthy
  readonly whenAllDown: readonly LadderStep[]
  /** Policy `sticky` alone. */
  readonly sticky?: StickyConfig
  /** Policy `nearest` alone: the map that says where a client is. */
  readonly map?: string
  /** Policy `failover`: whether a tier that is well again takes over at once. Absent: it does. */
  readonly failBack?: boolean
  /** How long a member that has come back takes to earn its whole weight; absent: no time. */
  readonly slowStartMs?: number
  /** An override that would leave fewer members in service is refused; absent: 0. */
  readonly minServing?: number
  /** Who may register members of its own; absent: nobody. */
  readonly registration?: RegistrationConfig
}

export interface StickyConfig {
  /** How much of a client's address tells it from others. */
  readonly v4Prefix: number
  readonly v6Prefix: number
  /** How far above its fair share a member may be filled, above 1; absent: without bound. */
  readonly loadBound?: number
}

export interface RegistrationConfig {
  readonly networks: readonly Prefix[]
  /** How long a registration holds unless it is renewed. */
  readonly leaseMs: number
  readonly membersMax: number
}

/** A host (`v4`, `v6` or both), an alias (`cname`), or another pool. */
export interface MemberConfig {
  readonly place: Place
  readonly name: string
  readonly v4?: Uint8Array
  readonly v6?: Uint8Array
  /** The name that it stands for, lower-case octets. */
  readonly cname?: Uint8Array
  /** The name of the pool that it is. */
  readonly pool?: string
  /** For a pool: what this parent asks of it, instead of the pool's own. */
  readonly minHealthy?: MinHealthy
  /** 0 is standby: answered only when every other member is out. */
  readonly weight: number
  /** Policy `failover`: lower tiers first. Absent: a tier of its own, in the order of the file. */
  readonly tier?: number
  /** Percent of its weight that is given to the others. */
  readonly shed?: number
  /** Instead of the pool's. */
  readonly condition?: Condition
  /** The address that is probed instead of those that are answered. */
  readonly probeAddress?: string
  /** Policy `nearest`: where it is. */
  readonly location?: Location
}

/** Fewer healthy members than this, and the pool walks its ladder. */
export type MinHealthy = { readonly count: number } | { readonly percent: number }

/**
 * What to answer when a pool has failed, at most for `forMs`: the members that were last good,
 * another pool, every member whatever its health, or nobody.
 */
export type LadderStep =
  | { readonly kind: 'last-good' | 'all' | 'nodata'; readonly forMs?: number }
  | { readonly kind: 'pool'; readonly pool: string; readonly forMs?: number }

export interface NameConfig {
  readonly place: Place
  /** Lower-case octets; the first label may be `*`. */
  readonly name: Uint8Array
  /** The pool's name; without one, the zone file's own A and AAAA are the members. */
  readonly pool?: string
  /** For a name without a pool: how its members are checked and drawn. */
  readonly own?: Omit<PoolConfig, 'place' | 'name' | 'members'>
  /** At most this many records in an answer. */
  readonly answers: number
  readonly ttl: TtlRange
  /** Absent: `step`. */
  readonly ttlMode?: TtlMode
  /** The operator's budget; what follows from it stands in checks and TTL already. */
  readonly failoverWithinMs?: number
  /** The first that matches a client decides who answers it. */
  readonly clients?: readonly ClientRule[]
}

/** Clients of some subnets get another pool, or the same pool by another policy. */
export interface ClientRule {
  readonly place: Place
  readonly subnets: readonly Prefix[]
  readonly pool?: string
  readonly policy?: PolicyName
}

/**
 * Which TTL of the range holds: `step`, the most while nobody is in transition and else the least;
 * `health`, the seconds until the answer could change at the earliest; `fixed`, the most.
 */
export type TtlMode = 'step' | 'health' | 'fixed'

/** Seconds; see TtlMode. */
export interface TtlRange {
  readonly max: number
  readonly min: number
}

export type Reading =
  | { readonly config: Config; readonly warnings: readonly Diagnostic[] }
  | { readonly config?: undefined; readonly diagnostics: readonly Diagnostic[] }
