/** What backends say themselves: that they are there, that they live, what they carry. */

import { isRefusal } from '../../control/books/refusal.ts'

import { beatBody, failureBody, registerBody, renewBody } from '../bodies.ts'
import { pageOf } from '../listings.ts'
import type { Operations } from '../operations.ts'
import { API, MEMBER, memberOf } from '../paths.ts'
import { problemOf } from '../problem.ts'
import { pageQuery } from '../queries.ts'
import { ok, replyOf, type Route, route } from '../route.ts'
import { registrationsPage } from '../schemas/listings.ts'
import { beaten, counted, left } from '../schemas/replies.ts'
import { registrationStatus } from '../schemas/status.ts'
import { statusOfRegistration } from '../status.ts'

const REGISTERED = {
  200: { schema: registrationStatus, what: 'Its lease is renewed.' },
  201: { schema: registrationStatus, what: 'It has registered.' },
}
const REFUSES = [403, 404, 409, 503]

export function memberRoutes(operations: Operations): Route[] {
  const register = async (wish: Parameters<Operations['register']>[0]) => {
    const outcome = await operations.register(wish)
    if (isRefusal(outcome)) return { problem: problemOf(outcome) }
    const { registration, isNew } = outcome
    return ok(statusOfRegistration(registration), isNew ? 201 : 200)
  }
  return [
    route({
      method: 'GET',
      path: `${API}/registrations`,
      summary: 'The members that have registered, in the order of registering.',
      docs: {
        ...{ id: 'listRegistrations', tag: 'members', refuses: [409] },
        replies: { 200: { schema: registrationsPage, what: 'A page of them.' } },
      },
      query: pageQuery,
      answer({ query }) {
        const all = operations.registrations()
        const found = pageOf(all, ({ pool, member }) => `${pool}/${member}`, query)
        return replyOf(found, ({ items, ...page }) => {
          return { registrations: items.map(statusOfRegistration), ...page }
        })
      },
    }),
    route({
      method: 'POST',
      path: `${API}/pools/{pool}/members`,
      summary: 'Registers a member for the time of a lease, or renews it.',
      docs: {
        ...{ id: 'registerMember', tag: 'members', replies: REGISTERED, refuses: REFUSES },
        example: { name: 'x', v4: '192.0.2.9', weight: 2, lease: '30s' },
      },
      body: registerBody,
      isSteady: true,
      answer: ({ path, body }) => register({ pool: path['pool']!, ...body }),
    }),
    route({
      method: 'PUT',
      path: MEMBER,
      summary: 'The same, for a member that is named by the path.',
      docs: {
        ...{ id: 'renewMember', tag: 'members', replies: REGISTERED, refuses: REFUSES },
        example: { v4: '192.0.2.9', lease: '30s' },
      },
      body: renewBody,
      isSteady: true,
      answer({ path, body }) {
        const { pool, member: name } = memberOf(path)
        return register({ pool, name, ...body })
      },
    }),
    route({
      method: 'DELETE',
      path: MEMBER,
      summary: 'Takes out a member that has registered.',
      docs: {
        ...{ id: 'leave', tag: 'members', refuses: REFUSES },
        replies: { 200: { schema: left, what: 'It is out of every answer.' } },
      },
      answer: async ({ path }) => {
        const { pool, member } = memberOf(path)
        return replyOf(await operations.leave(pool, member), () => ({ pool, member, left: true }))
      },
    }),
    route({
      method: 'POST',
      path: `${MEMBER}/heartbeat`,
      summary: 'A sign of life: renews the lease, and is a beat for checks of heartbeats.',
      docs: {
        ...{ id: 'beat', tag: 'members', refuses: REFUSES },
        replies: { 200: { schema: beaten, what: 'It was heard.' } },
        example: { status: 'up', load: 2.5 },
      },
      body: beatBody.optional(),
      isSteady: true,
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
      docs: {
        ...{ id: 'reportFailure', tag: 'members', refuses: [404, 409] },
        replies: { 200: { schema: counted, what: 'It counts.' } },
        example: { evidence: 'timed out after 2s' },
      },
      body: failureBody,
      isSteady: true,
      answer: ({ path, body }) =>
        replyOf(operations.reportFailure({ ...memberOf(path), ...body }), (taken) => taken),
    }),
  ]
}
