/** What operators decide about members, against what the checks say. */

import { overrideBody } from '../bodies.ts'
import type { Operations } from '../operations.ts'
import { API, memberOf } from '../paths.ts'
import { endOverrideQuery } from '../queries.ts'
import { ok, replyOf, type Route, route } from '../route.ts'
import { overridesStatus, overrideStatus } from '../schemas/status.ts'
import { statusOfOverride, statusOfOverrides } from '../status.ts'

export function overrideRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'GET',
      path: `${API}/overrides`,
      summary: 'The overrides that hold, and those that have ended.',
      docs: {
        ...{ id: 'listOverrides', tag: 'overrides' },
        replies: { 200: { schema: overridesStatus, what: 'All of them.' } },
      },
      answer: () => ok(statusOfOverrides(operations.overrides())),
    }),
    route({
      method: 'POST',
      path: `${API}/overrides`,
      summary: 'Overrides what the checks say of a member.',
      docs: {
        ...{ id: 'setOverride', tag: 'overrides', refuses: [404, 409, 503] },
        replies: { 200: { schema: overrideStatus, what: 'It is on disk and in every answer.' } },
        example: { pool: 'web', member: 'a', word: 'drain', reason: 'disk swap', author: 'ana' },
      },
      body: overrideBody,
      answer: async ({ body }) => replyOf(await operations.override(body), statusOfOverride),
    }),
    route({
      method: 'DELETE',
      path: `${API}/overrides/{pool}/{member}`,
      summary: 'Ends the override of a member; `by` says who does.',
      docs: {
        ...{ id: 'endOverride', tag: 'overrides', refuses: [404, 409, 503] },
        replies: { 200: { schema: overrideStatus, what: 'What it was; it holds no more.' } },
      },
      query: endOverrideQuery,
      answer: async ({ path, query }) =>
        replyOf(
          await operations.endOverride({ ...memberOf(path), author: query.by ?? 'api' }),
          statusOfOverride,
          '?',
        ),
    }),
  ]
}
