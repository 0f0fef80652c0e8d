/** The kinds of events, for a page: of the server's modules it has types and nothing that runs. */

import type { Event, EventKind } from '../../control/history/event.ts'

export type { Event, EventKind }

const KINDS: Record<EventKind, true> = {
  flip: true,
  override: true,
  registration: true,
  ladder: true,
  reload: true,
  doubt: true,
  respawn: true,
  start: true,
  stop: true,
}

/** A kind that is added to the server's table and not here does not compile. */
export const EVENT_KINDS = Object.keys(KINDS) as EventKind[]
