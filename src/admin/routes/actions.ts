/** What an operator has the server do. */

import { failBackBody } from '../bodies.ts'
import type { Operations, Reloaded } from '../operations.ts'
import { API } from '../paths.ts'
import { ok, type Reply, replyOf, type Route, route } from '../route.ts'
import { reloaded, returned } from '../schemas/replies.ts'

export function actionRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'POST',
      path: `${API}/reload`,
      summary: 'Reads the configuration and the zones again: all is taken over, or nothing.',
      docs: {
        ...{ id: 'reload', tag: 'actions' },
        replies: { 200: { schema: reloaded, what: 'It is in every answer.' } },
      },
      answer: async () => reloadReply(await operations.reload()),
    }),
    route({
      method: 'POST',
      path: `${API}/fail-back`,
      summary: 'Lets a failover pool return to the members that it prefers.',
      docs: {
        ...{ id: 'failBack', tag: 'actions', refuses: [404, 409] },
        replies: { 200: { schema: returned, what: 'It has.' } },
        example: { pool: 'web' },
      },
      body: failBackBody,
      answer: ({ body }) => replyOf(operations.failBack(body.pool), (value) => value),
    }),
  ]
}

function reloadReply({ isTaken, generation, diagnostics }: Reloaded): Reply {
  if (isTaken) return ok({ generation, diagnostics })
  const detail = 'the configuration has errors; nothing has changed'
  const remedy = 'correct what the diagnostics show, then reload'
  return { problem: { status: 422, detail, remedy, extra: { generation, diagnostics } } }
}
