/**
 * What the flight recorder writes down: everything that changed who is answered, with its evidence.
 * Events are plain JSON, one a line in the file, the same in the API, the stream and the webhooks;
 * moments are ISO 8601 (UTC), spans are in the unit of their name. What does not apply is absent.
 */

export { EVENT_KINDS, type EventKind } from '../../config/values/webhook-values.ts'

export type Event = Recorded & Happening

export interface Recorded {
  /** Grows by one with each event, over restarts too. */
  readonly id: number
  readonly at: string
}

export type Happening =
  | Flipped
  | Overridden
  | Enrolled
  | LadderMoved
  | Reloaded
  | Doubted
  | Respawned
  | ServerBegan
  | ServerEnded

/** The verdict of a target changed. */
export interface Flipped {
  readonly kind: 'flip'
  /** As `pool/member`; the first of them, where an address is that of very many. */
  readonly members: readonly string[]
  /** How many more there are. */
  readonly moreMembers?: number
  readonly address: string
  readonly check: string
  readonly from: string
  readonly to: string
  readonly evidence: string
  /** When it was last seen to be well, for one that went down. */
  readonly lastSuccessAt?: string
  /** From the last success to the answers that told of the failure. */
  readonly failoverMs?: number
  /** When the last cache lets go of what was answered before. */
  readonly lastCacheAt?: string
}

/** An operator's override began, was ended, or came to its own end. */
export interface Overridden {
  readonly kind: 'override'
  /** One that is set takes the place of the one before it. */
  readonly action: 'set' | 'ended' | 'expired'
  readonly pool: string
  readonly member: string
  readonly word: string
  readonly reason: string
  readonly author: string
  readonly until?: string
  readonly endedBy?: string
}

/** A member registered itself, left, or let its lease run out. */
export interface Enrolled {
  readonly kind: 'registration'
  readonly action: 'joined' | 'left' | 'expired'
  readonly pool: string
  readonly member: string
  readonly addresses: readonly string[]
}

/** A family of a pool failed, went on to another step of its ladder, or has recovered. */
export interface LadderMoved {
  readonly kind: 'ladder'
  readonly pool: string
  readonly family: 'v4' | 'v6'
  /** As the operator wrote it, without its time; absent once the family has recovered. */
  readonly step?: string
  readonly until?: string
  readonly healthy: number
  readonly needed: number
}

export interface Reloaded {
  readonly kind: 'reload'
  /** False where there were errors: nothing changed. */
  readonly isTaken: boolean
  readonly generation: number
  readonly errors: number
  readonly warnings: number
  /** The first of the errors. */
  readonly problem?: string
  readonly tookMs: number
}

/** The prober began or ceased to doubt itself. */
export interface Doubted {
  readonly kind: 'doubt'
  readonly isSuspect: boolean
  readonly why: string
}

/** A worker died and was replaced. */
export interface Respawned {
  readonly kind: 'respawn'
  readonly endpoint: string
  readonly reason: string
}

export interface ServerBegan {
  readonly kind: 'start'
  readonly version: string
  readonly generation: number
  readonly listen: readonly string[]
}

export interface ServerEnded {
  readonly kind: 'stop'
}
