/** What is balanced, what is believed of it, and what it stands in. */

import { refusal } from '../../control/books/refusal.ts'

import { API } from '../paths.ts'
import type { Operations } from '../operations.ts'
import { ledgerQuery, namesQuery, verdictsQuery } from '../queries.ts'
import { ok, replyOf, type Route, route } from '../route.ts'
import { ledgerPage, namesPage, nameStatus, verdictsPage, zonesList } from '../schemas/listings.ts'

export function nameRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'GET',
      path: `${API}/names`,
      summary: 'The balanced names, in order.',
      docs: {
        ...{ id: 'listNames', tag: 'names' },
        replies: { 200: { schema: namesPage, what: 'A page of them.' } },
      },
      query: namesQuery,
      answer({ query: { q, ...wanted } }) {
        const { items, ...page } = operations.names(wanted, q)
        return ok({ names: items, ...page })
      },
    }),
    route({
      method: 'GET',
      path: `${API}/names/{name}`,
      summary: 'How a balanced name is answered.',
      docs: {
        ...{ id: 'getName', tag: 'names', refuses: [404] },
        replies: { 200: { schema: nameStatus, what: 'As it stands.' } },
      },
      answer({ path: { name } }) {
        const found = operations.name(name!)
        const absent = () =>
          refusal('unknown', `"${name}" is not balanced here`, `see ${API}/names?q=`)
        return replyOf(found ?? absent(), (value) => value)
      },
    }),
    route({
      method: 'GET',
      path: `${API}/verdicts`,
      summary: 'What is believed of all that is probed, and what its latest probes saw.',
      docs: {
        ...{ id: 'listVerdicts', tag: 'status', refuses: [404, 409] },
        replies: { 200: { schema: verdictsPage, what: 'A page of them.' } },
      },
      query: verdictsQuery,
      answer({ query: { pool, ...wanted } }) {
        const found = operations.verdicts(wanted, pool)
        return replyOf(found, ({ items, ...page }) => ({ verdicts: items, ...page }))
      },
    }),
    route({
      method: 'GET',
      path: `${API}/zones`,
      summary: 'The zones that are answered for.',
      docs: {
        ...{ id: 'listZones', tag: 'names' },
        replies: { 200: { schema: zonesList, what: 'All of them.' } },
      },
      answer: () => ok({ zones: operations.zones() }),
    }),
    route({
      method: 'GET',
      path: `${API}/ledger`,
      summary: 'When each address was answered, and who may hold it still.',
      docs: {
        ...{ id: 'getLedger', tag: 'status', refuses: [404, 409] },
        replies: { 200: { schema: ledgerPage, what: 'A page of them.' } },
      },
      query: ledgerQuery,
      answer: ({ query }) => replyOf(operations.ledger(query), (page) => page),
    }),
  ]
}
