/** What has happened, as the flight recorder has it. */

import type { EventKind } from '../../control/history/event.ts'

import type { Operations } from '../operations.ts'
import { API } from '../paths.ts'
import { historyQuery } from '../queries.ts'
import { ok, type Route, route } from '../route.ts'
import { eventsPage } from '../schemas/event.ts'

export function historyRoutes({ history }: Operations): Route[] {
  return [
    route({
      method: 'GET',
      path: `${API}/history`,
      summary: 'What changed who is answered, with its evidence, the latest first.',
      docs: {
        ...{ id: 'listEvents', tag: 'history' },
        replies: { 200: { schema: eventsPage, what: 'A page of events.' } },
      },
      query: historyQuery,
      async answer({ query: { limit, kind, about, from, to, before } }) {
        const events = await history.find({
          ...{ limit, about, beforeId: before },
          kinds: kind?.split(',') as EventKind[] | undefined,
          fromWall: from === undefined ? undefined : Date.parse(from),
          toWall: to === undefined ? undefined : Date.parse(to),
        })
        const last = events.length === limit ? events.at(-1)!.id : undefined
        return ok({ events, ...(last !== undefined && { next: last }) })
      },
    }),
  ]
}
