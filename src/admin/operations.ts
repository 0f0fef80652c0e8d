/**
 * What the API can ask of the server. The composition (`app/`) answers; tests bring their own. A
 * wish that is not granted comes back as a Refusal; what is thrown is a fault of the program.
 */

import type { Diagnostic } from '../base/diagnostic.ts'

import type { Explanation } from '../control/explain/explain.ts'
import type { Override, OverrideBook, OverrideWish } from '../control/books/overrides.ts'
import type { Refusal } from '../control/books/refusal.ts'
import type { Registered, Registration, RegistrationBook } from '../control/books/registrations.ts'
import type { RegistrationWish } from '../control/books/registrations.ts'
import type { History } from '../control/history/history.ts'

import type {
  LedgerPage,
  LedgerWanted,
  NameStatus,
  Page,
  PageWanted,
  Pulse,
  VerdictStatus,
  ZoneStatus,
} from './listings.ts'
import type { Status } from './status.ts'

export interface Operations {
  /** Undefined once every listener answers; before, and while it ends, what is waited for. */
  unready(): string | undefined
  status(): Status
  /** Grows with each change of what is answered. */
  revision(): number
  /** What a status says and nobody need judge. */
  pulse(): Pulse
  /** The balanced names that hold `part`. */
  names(wanted: PageWanted, part: string | undefined): Page<NameStatus>
  name(name: string): NameStatus | undefined
  /** What is believed of all that is probed, or of the members of a pool. */
  verdicts(wanted: PageWanted, pool: string | undefined): Page<VerdictStatus> | Refusal
  zones(): readonly ZoneStatus[]
  registrations(): RegistrationBook
  /** When each address was answered last, and until when somebody may hold it. */
  ledger(wanted: LedgerWanted): LedgerPage | Refusal
  readonly history: History

  overrides(): OverrideBook
  /** Resolves when it is on disk and in every answer. */
  override(wish: OverrideWish): Promise<Override | Refusal>
  endOverride(which: Pick<OverrideWish, MemberKey | 'author'>): Promise<Override | Refusal>

  /** Registers a member or renews its lease. */
  register(wish: RegistrationWish): Promise<Registered | Refusal>
  leave(pool: string, member: string): Promise<Refusal | undefined>
  beat(beat: Beat): Promise<Beaten | Refusal>
  reportFailure(failure: ReportedFailure): Refusal | { readonly targets: number }

  /** Lets a failover pool return to the members that it prefers. */
  failBack(pool: string): Refusal | { readonly pool: string }
  reload(): Promise<Reloaded>
  /** How a name would be answered to a client, and why. */
  explain(name: string, client: string | undefined): Promise<Explanation | Refusal>
}

type MemberKey = 'pool' | 'member'

/** A sign of life from a backend, with what it says of itself. */
export interface Beat {
  readonly pool: string
  readonly member: string
  /** `up` if unset. */
  readonly status?: 'up' | 'drain' | 'down' | undefined
  readonly load?: number | undefined
  readonly share?: number | undefined
  readonly requests?: number | undefined
  readonly errors?: number | undefined
  readonly connections?: number | undefined
}

export interface Beaten {
  /** Of a member that has registered. */
  readonly registration?: Registration | undefined
  /** How many checks took it for a heartbeat. */
  readonly targets: number
}

/** What somebody who uses a backend saw of it: it counts as one failed probe. */
export interface ReportedFailure {
  readonly pool: string
  readonly member: string
  readonly evidence: string
}

export interface Reloaded {
  /** False where there were errors: then nothing has changed. */
  readonly isTaken: boolean
  readonly generation: number
  /** With absolute paths. */
  readonly diagnostics: readonly Diagnostic[]
}
