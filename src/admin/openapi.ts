/**
 * The document of the API (OpenAPI 3.1), from the values that judge and answer. The registry is
 * that of `@hono/zod-openapi`; its router is not used, since there a body is read and judged before
 * a handler can ask who sent it, and a refusal would be in words of its own.
 */

import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'

import { assert } from '../base/assert.ts'

import { BODY_OCTETS_MAX } from './body.ts'
import { API, parametersOf, PATH_PARAMETERS } from './paths.ts'
import { eventsHeaders, eventsQuery } from './queries.ts'
import type { Docs, Route, Tag } from './route.ts'
import { event, gap, tick } from './schemas/event.ts'
import { problem } from './schemas/replies.ts'

const TAGS: Readonly<Record<Tag, string>> = {
  health: 'For supervisors and scrapers.',
  status: 'How things stand.',
  names: 'What is balanced, and how it would be answered.',
  overrides: 'What operators decide, whatever the checks say.',
  members: 'What backends say of themselves.',
  actions: 'What an operator has the server do.',
  history: 'What changed who is answered.',
}

const ABOUT =
  'Whatever GET asks for is told to everybody who reaches the server; everything else needs the ' +
  'token. A list that has a `next` goes on: ask again with `after` that. Errors are problem ' +
  'details (RFC 9457): `detail` says what is wrong, `remedy` what to do about it.'

/** What may be refused of any request, and of one that changes anything. */
const OF_ANY: Readonly<Record<number, string>> = {
  400: 'The request can be read in two ways: its path, or a header that stands twice.',
  403: 'A page of another origin asks.',
  421: 'It is asked by a name that is not this server.',
  422: 'A parameter is not what it must be.',
  500: 'A fault of the program; the log has more.',
}
const OF_WRITES: Readonly<Record<number, string>> = {
  400: 'The request can be read in two ways, or its body is not JSON.',
  401: 'The token is missing or wrong.',
  403: 'A page of another origin asks, the server has no token, or the YAML does not allow it.',
  413: `The body is above ${BODY_OCTETS_MAX} octets.`,
  415: 'The body is no JSON by its type.',
  422: 'What is sent is not what it must be; `errors` has every fault.',
}
const REFUSED: Readonly<Record<number, string>> = {
  403: 'The YAML does not allow it.',
  404: 'There is no such thing.',
  409: 'As things stand now, it cannot be.',
  503: 'The server cannot do that now.',
}

type Registry = OpenAPIHono['openAPIRegistry']
type Responses = Parameters<Registry['registerPath']>[0]['responses']

/** The document of these routes; those without docs are not in it. */
export function documentOf(routes: readonly Route[], version: string): object {
  const app = new OpenAPIHono()
  const { openAPIRegistry: registry } = app
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'The content of the file "token" in the state folder, or ROTA_TOKEN.',
  })
  for (const one of routes) if (one.docs) register(registry, one, one.docs)
  registerOthers(registry)
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Rota', version, description: ABOUT, license: { name: 'MIT' } },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  })
}

function register(registry: Registry, one: Route, docs: Docs): void {
  const { method, path, summary, query, body } = one
  const isWrite = method !== 'GET'
  assert(!query || query instanceof z.ZodObject, 'a query is made of parameters')
  const names = parametersOf(path)
  registry.registerPath({
    method: method.toLowerCase() as Lowercase<Route['method']>,
    path,
    operationId: docs.id,
    summary,
    tags: [docs.tag],
    security: isWrite ? [{ token: [] }] : [],
    request: {
      ...(names.length > 0 && { params: parametersSchema(names) }),
      ...(query && { query }),
      ...(body && {
        body: {
          required: !body.safeParse(undefined).success,
          content: { 'application/json': { schema: body, example: docs.example } },
        },
      }),
    },
    responses: { ...repliesOf(docs, isWrite), ...problemsOf(docs, isWrite) },
  })
}

function parametersSchema(names: readonly string[]) {
  const entries = names.map((name) => {
    const { description, example } = PATH_PARAMETERS[name]!
    return [name, z.string().meta({ description, examples: [example] })] as const
  })
  return z.object(Object.fromEntries(entries))
}

function repliesOf({ replies }: Docs, isWrite: boolean): Responses {
  const told = Object.entries(replies).map(([status, { schema, what }]) => [
    status,
    { description: what, content: { 'application/json': { schema } } },
  ])
  return { ...Object.fromEntries(told), ...(!isWrite && { 304: KNOWN }) }
}

const KNOWN = { description: 'As it was when its ETag, sent as If-None-Match, was given out.' }

function problemsOf({ refuses = [] }: Pick<Docs, 'refuses'>, isWrite: boolean): Responses {
  const own = Object.fromEntries(refuses.map((status) => [status, REFUSED[status]!]))
  const all = { ...own, ...OF_ANY, ...(isWrite && OF_WRITES) }
  const told = Object.entries(all).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: problem } } },
  ])
  return Object.fromEntries(told)
}

/** What is no JSON value, or describes itself. */
function registerOthers(registry: Registry): void {
  registry.registerPath({
    ...{ method: 'get', path: `${API}/events`, operationId: 'streamEvents', tags: ['history'] },
    summary: 'What happens, as it happens, and once a second what changes all the time.',
    description:
      'Server-sent events: `id` is that of the event, `event` its kind, `data` the event. ' +
      'Without an id, each second a `tick` (Tick), and a `gap` (Gap) where some are gone.',
    security: [],
    request: {
      query: eventsQuery,
      headers: eventsHeaders,
    },
    responses: {
      200: {
        description: 'The stream; it has no end. What stands in `data` is one of these.',
        content: { 'text/event-stream': { schema: z.union([event, tick, gap]) } },
      },
      ...problemsOf({ refuses: [503] }, false),
    },
  })
  registry.registerPath({
    ...{ method: 'get', path: '/metrics', operationId: 'getMetrics', tags: ['health'] },
    summary: 'What is counted and measured, for Prometheus.',
    security: [],
    responses: {
      200: { description: 'All series.', content: { 'text/plain': { schema: z.string() } } },
      ...problemsOf({}, false),
    },
  })
  registry.registerPath({
    ...{ method: 'get', path: '/openapi.json', operationId: 'getDocument', tags: ['health'] },
    summary: 'This document.',
    security: [],
    responses: {
      200: {
        description: 'OpenAPI 3.1.',
        content: { 'application/json': { schema: z.looseObject({ openapi: z.string() }) } },
      },
      304: KNOWN,
      ...problemsOf({}, false),
    },
  })
}
