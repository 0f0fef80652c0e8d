/** Everything that the API can do, in one table. */

import { isRefusal } from '../control/books/refusal.ts'

import { beatBody, failBackBody, failureBody, overrideBody } from './bodies.ts'
import { registerBody, renewBody } from './bodies.ts'
import type { Operations, Reloaded } from './operations.ts'
import { problemOf } from './problem.ts'
import { type Asked, ok, type Reply, replyOf, type Route, route } from './route.ts'
import { statusOfOverride, statusOfOverrides, statusOfRegistration } from './status.ts'

const API = '/api/v1'
const MEMBER = `${API}/pools/{pool}/members/{member}`

export function routesOf(operations: Operations): Route[] {
  return [
    ...healthRoutes(operations),
    ...statusRoutes(operations),
    ...overrideRoutes(operations),
    ...memberRoutes(operations),
    ...actionRoutes(operations),
  ]
}

function healthRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'GET',
      path: '/livez',
      summary: 'Whether the process runs at all.',
      answer: () => ok({ status: 'alive' }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      summary: 'Whether every listener answers.',
      answer() {
        const waiting = operations.unready()
        if (waiting === undefined) return ok({ status: 'ready' })
        return { problem: { status: 503, detail: `not ready: ${waiting}` } }
      },
    }),
  ]
}

function statusRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'GET',
      path: `${API}/status`,
      summary: 'How everything stands.',
      answer: () => ok(operations.status()),
    }),
    route({
      method: 'GET',
      path: `${API}/pools`,
      summary: 'How the pools stand.',
      answer: () => ok(operations.status().pools),
    }),
    route({
      method: 'GET',
      path: `${API}/pools/{pool}`,
      summary: 'How a pool stands.',
      answer({ path }) {
        const pool = operations.status().pools.find(({ name }) => name === path['pool'])
        if (pool) return ok(pool)
        const detail = `there is no pool "${path['pool']}"`
        return { problem: { status: 404, detail, remedy: `see ${API}/pools for what there is` } }
      },
    }),
    route({
      method: 'GET',
      path: `${API}/explain`,
      summary: 'How a name would be answered, and why.',
      answer: async ({ query: { name, client } }) => {
        if (name === undefined) return { problem: { status: 422, detail: 'name is needed' } }
        return replyOf(await operations.explain(name, client), (value) => value)
      },
    }),
  ]
}

function overrideRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'GET',
      path: `${API}/overrides`,
      summary: 'The overrides that hold, and those of the last week.',
      answer: () => ok(statusOfOverrides(operations.overrides())),
    }),
    route({
      method: 'POST',
      path: `${API}/overrides`,
      summary: 'Overrides what the checks say of a member.',
      body: overrideBody,
      answer: async ({ body }) => replyOf(await operations.override(body), statusOfOverride),
    }),
    route({
      method: 'DELETE',
      path: `${API}/overrides/{pool}/{member}`,
      summary: 'Ends the override of a member; `by` says who does.',
      answer: async ({ path, query }) =>
        replyOf(
          await operations.endOverride({ ...memberOf(path), author: query['by'] ?? 'api' }),
          statusOfOverride,
        ),
    }),
  ]
}

function memberRoutes(operations: Operations): Route[] {
  const register = async (wish: Parameters<Operations['register']>[0]) => {
    const outcome = await operations.register(wish)
    if (isRefusal(outcome)) return { problem: problemOf(outcome) }
    const { registration, isNew } = outcome
    return ok(statusOfRegistration(registration), isNew ? 201 : 200)
  }
  return [
    route({
      method: 'POST',
      path: `${API}/pools/{pool}/members`,
      summary: 'Registers a member for the time of a lease, or renews it.',
      body: registerBody,
      answer: ({ path, body }) => register({ pool: path['pool']!, ...body }),
    }),
    route({
      method: 'PUT',
      path: MEMBER,
      summary: 'The same, for a member that is named by the path.',
      body: renewBody,
      answer({ path, body }) {
        const { pool, member: name } = memberOf(path)
        return register({ pool, name, ...body })
      },
    }),
    route({
      method: 'DELETE',
      path: MEMBER,
      summary: 'Takes out a member that has registered.',
      answer: async ({ path }) => {
        const { pool, member } = memberOf(path)
        return replyOf(await operations.leave(pool, member), () => ({ pool, member, left: true }))
      },
    }),
    route({
      method: 'POST',
      path: `${MEMBER}/heartbeat`,
      summary: 'A sign of life: renews the lease, and is a beat for checks of heartbeats.',
      body: beatBody.optional(),
      answer: async ({ path, body }) =>
        replyOf(
          await operations.beat({ ...memberOf(path), ...body }),
          ({ registration, targets }) => ({
            ...memberOf(path),
            targets,
            ...(registration && { lease: statusOfRegistration(registration) }),
          }),
        ),
    }),
    route({
      method: 'POST',
      path: `${MEMBER}/failures`,
      summary: 'A failure that somebody saw: counts as one failed probe.',
      body: failureBody,
      answer: ({ path, body }) =>
        replyOf(operations.reportFailure({ ...memberOf(path), ...body }), (taken) => taken),
    }),
  ]
}

function actionRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'POST',
      path: `${API}/reload`,
      summary: 'Reads the configuration and the zones again: all is taken over, or nothing.',
      answer: async () => reloadReply(await operations.reload()),
    }),
    route({
      method: 'POST',
      path: `${API}/fail-back`,
      summary: 'Lets a failover pool return to the members that it prefers.',
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

function memberOf(path: Asked['path']): { pool: string; member: string } {
  return { pool: path['pool']!, member: path['member']! }
}
