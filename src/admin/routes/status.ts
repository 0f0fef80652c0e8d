/** How everything stands, as a whole and in parts. */

import { isRefusal, type Refusal, refusal } from '../../control/books/refusal.ts'

import { pageOf } from '../listings.ts'
import type { Operations } from '../operations.ts'
import { problemOf } from '../problem.ts'
import { explainQuery, pageQuery } from '../queries.ts'
import { API, MEMBER, memberOf } from '../paths.ts'
import { type Asked, type Copy, replyOf, type Route, route } from '../route.ts'
import { explanation } from '../schemas/explanation.ts'
import { membersPage, poolsPage } from '../schemas/listings.ts'
import { memberStatus, poolStatus, status } from '../schemas/status.ts'
import type { Snapshot } from '../snapshot.ts'
import type { MemberStatus, PoolStatus, Status } from '../status.ts'

/** A status, with the copy that all are sent. */
export interface CopiedStatus {
  readonly status: Status
  readonly copy: Copy
}

export function statusRoutes(operations: Operations, copies: Snapshot<CopiedStatus>): Route[] {
  const pools = () => copies.get().status.pools
  return [
    route({
      method: 'GET',
      path: `${API}/status`,
      summary: 'How everything stands.',
      docs: {
        ...{ id: 'getStatus', tag: 'status' },
        replies: { 200: { schema: status, what: 'As things stand, or stood a second ago.' } },
      },
      answer() {
        const { status: value, copy } = copies.get()
        return { status: 200, value, copy }
      },
    }),
    route({
      method: 'GET',
      path: `${API}/pools`,
      summary: 'How the pools stand.',
      docs: {
        ...{ id: 'listPools', tag: 'status', refuses: [409] },
        replies: { 200: { schema: poolsPage, what: 'A page of them.' } },
      },
      query: pageQuery,
      answer({ query }) {
        const found = pageOf(pools(), ({ name }) => name, query)
        return replyOf(found, ({ items, ...page }) => ({ pools: items, ...page }))
      },
    }),
    route({
      method: 'GET',
      path: `${API}/pools/{pool}`,
      summary: 'How a pool stands.',
      docs: {
        ...{ id: 'getPool', tag: 'status', refuses: [404] },
        replies: { 200: { schema: poolStatus, what: 'As it stands.' } },
      },
      answer: ({ path }) => replyOf(poolNamed(pools(), path), (pool) => pool),
    }),
    route({
      method: 'GET',
      path: `${API}/pools/{pool}/members`,
      summary: 'How the members of a pool stand.',
      docs: {
        ...{ id: 'listMembers', tag: 'status', refuses: [404, 409] },
        replies: { 200: { schema: membersPage, what: 'A page of them.' } },
      },
      query: pageQuery,
      answer({ path, query }) {
        const pool = poolNamed(pools(), path)
        if (isRefusal(pool)) return { problem: problemOf(pool) }
        const found = pageOf(pool.members, ({ name }) => name, query)
        return replyOf(found, ({ items, ...page }) => ({ members: items, ...page }))
      },
    }),
    route({
      method: 'GET',
      path: MEMBER,
      summary: 'How a member stands.',
      docs: {
        ...{ id: 'getMember', tag: 'status', refuses: [404] },
        replies: { 200: { schema: memberStatus, what: 'As it stands.' } },
      },
      answer: ({ path }) => replyOf(memberNamed(pools(), path), (member) => member),
    }),
    route({
      method: 'GET',
      path: `${API}/explain`,
      summary: 'How a name would be answered, and why.',
      docs: {
        ...{ id: 'explain', tag: 'names' },
        replies: { 200: { schema: explanation, what: 'What would be answered next, and why.' } },
      },
      query: explainQuery,
      answer: async ({ query: { name, client } }) =>
        replyOf(await operations.explain(name, client), (value) => value, '?'),
    }),
  ]
}

function poolNamed(pools: readonly PoolStatus[], { pool: wanted }: Asked['path']) {
  const pool = pools.find(({ name }) => name === wanted)
  return pool ?? refusal('unknown', `there is no pool "${wanted}"`, `see ${API}/pools`)
}

function memberNamed(pools: readonly PoolStatus[], path: Asked['path']): MemberStatus | Refusal {
  const pool = poolNamed(pools, path)
  if (isRefusal(pool)) return pool
  const { member: wanted } = memberOf(path)
  const member = pool.members.find(({ name }) => name === wanted)
  const advice = `see ${API}/pools/${encodeURIComponent(pool.name)}/members`
  return member ?? refusal('unknown', `pool "${pool.name}" has no member "${wanted}"`, advice)
}
