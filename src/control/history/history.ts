/** How the flight recorder is asked, by the API, its stream, the metrics and the webhooks. */

import type { Event, EventKind } from './event.ts'

export interface History {
  /** Of the latest event that was told; 0 where there is none. */
  readonly lastId: number
  /** The events after this one that were told, as far as they are still in memory. */
  since(id: number): Since
  /** Those that match, the latest first; reads files where memory does not go back far enough. */
  find(wanted: Wanted): Promise<readonly Event[]>
  /** Calls `listener` with each event that is told; returns what takes it back. */
  subscribe(listener: (event: Event) => void): () => void
  /** Resolves when all that has happened was told. */
  told(): Promise<void>
}

export interface Since {
  /** The oldest first. */
  readonly events: readonly Event[]
  /** False where some that came after it are no longer there. */
  readonly isComplete: boolean
}

export interface Wanted {
  readonly kinds?: readonly EventKind[] | undefined
  /** As `pool` or `pool/member`. */
  readonly about?: string | undefined
  /** Milliseconds since 1970. */
  readonly fromWall?: number | undefined
  readonly toWall?: number | undefined
  /** Only those before this one, for the next page. */
  readonly beforeId?: number | undefined
  readonly limit: number
}
