/** Whether the process runs, and whether it may be sent queries: for supervisors. */

import type { Operations } from '../operations.ts'
import { ok, type Route, route } from '../route.ts'
import { alive, ready } from '../schemas/replies.ts'

export function healthRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'GET',
      path: '/livez',
      summary: 'Whether the process runs at all.',
      docs: { id: 'live', tag: 'health', replies: { 200: { schema: alive, what: 'It does.' } } },
      answer: () => ok({ status: 'alive' }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      summary: 'Whether every listener answers.',
      docs: {
        ...{ id: 'ready', tag: 'health', refuses: [503] },
        replies: { 200: { schema: ready, what: 'All do.' } },
      },
      answer() {
        const waiting = operations.unready()
        if (waiting === undefined) return ok({ status: 'ready' })
        return { problem: { status: 503, detail: `not ready: ${waiting}` } }
      },
    }),
  ]
}
