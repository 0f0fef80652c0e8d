/** From a request to a response: the token, the body, the route; errors as problem details. */

import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context as HonoContext } from 'hono'

import type { Clock } from '../base/clock.ts'

import { mediaProblem, readBody } from './body.ts'
import type { EventStreams } from './events.ts'
import { tokenProblem } from './guard.ts'
import type { Exposer } from './metrics/exposition.ts'
import type { Operations } from './operations.ts'
import { API } from './paths.ts'
import { etagOf, isKnown, PAGE_PATHS, type Pages, pageHeaders, pageResponse } from './pages.ts'
import { type Problem, problemResponse, type Refusals } from './problem.ts'
import { eventsHeaders, eventsQuery } from './queries.ts'
import { type Asked, type Copy, type Route, shapeProblem } from './route.ts'
import { routesOf } from './routes.ts'
import { Snapshot } from './snapshot.ts'

export interface ApiOptions {
  readonly operations: Operations
  readonly clock: Clock
  /** What writers must bring; undefined: nobody may write. */
  readonly token: string | undefined
  /** What browsers are shown; absent: nothing. */
  readonly pages?: Pages | undefined
  /** Origins that the pages may ask besides this server. */
  readonly pageOrigins?: readonly string[] | undefined
  /** What this server can do besides. */
  readonly extraRoutes?: readonly Route[] | undefined
  /** What scrapers are told; absent: nothing. */
  readonly exposer?: Exposer | undefined
  /** Hears of faults of the program. */
  readonly onFault: (error: unknown) => void
}

/** What the server keeps of the API's doings. */
export interface Keepings {
  readonly refusals: Refusals
  readonly streams: EventStreams
}

export type Environment = { Bindings: HttpBindings; Variables: { isPage?: boolean } }
export type Context = HonoContext<Environment>

/** Nothing of this is for a cache unless it says so, or to be run or framed by a page. */
export const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export function createApi(options: ApiOptions, { refusals, streams }: Keepings): Hono<Environment> {
  const { operations, clock, token, onFault, pages, exposer } = options
  const { pageOrigins = [], extraRoutes = [] } = options
  const ofPages = pageHeaders(pageOrigins)
  const refuse = (problem: Problem): Response => {
    if (problem.reason) refusals[problem.reason]++
    return problemResponse(problem)
  }
  const app = new Hono<Environment>()
  app.onError((error, { env }) => {
    // Whoever goes away in the middle of a request is no fault of ours, and hears no answer.
    const { complete, destroyed } = env.incoming
    if (complete || !destroyed) onFault(error)
    return problemResponse({ status: 500, detail: 'a fault of the program; the log has more' })
  })
  app.notFound(({ req }) => {
    const detail = `there is nothing at ${req.path}`
    return refuse({ status: 404, reason: 'path', detail, remedy: `the API is under ${API}/` })
  })
  app.use(async (context, next) => {
    await next()
    const { headers } = context.res
    const ours = context.get('isPage') ? ofPages : HEADERS
    for (const [name, value] of Object.entries(ours)) headers.set(name, value)
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  })
  for (const path of pages ? PAGE_PATHS : []) {
    app.get(path, (context) => {
      const { req } = context
      const response = pageResponse(pages!, {
        path: req.path,
        ifNoneMatch: req.header('if-none-match'),
        acceptEncoding: req.header('accept-encoding'),
      })
      context.set('isPage', response !== undefined)
      return response ?? context.notFound()
    })
    app.all(path, (context) => refuse(methodProblem(context, ['GET'])))
  }

  app.get(`${API}/events`, (context) => {
    const problem = streamEvents(context, streams)
    return problem ? refuse(problem) : new Response(null, ALREADY_SENT)
  })
  app.all(`${API}/events`, (context) => refuse(methodProblem(context, ['GET'])))

  if (exposer) {
    app.get('/metrics', async ({ req }) => {
      const { text, contentType } = await exposer.expose(req.header('accept'))
      return new Response(text, { headers: { 'content-type': contentType } })
    })
    app.all('/metrics', (context) => refuse(methodProblem(context, ['GET'])))
  }

  const copies = new Snapshot({
    clock,
    make() {
      const status = operations.status()
      return { status, copy: copyOf(status) }
    },
    revision: () => operations.revision(),
  })
  const answer = async (context: Context, one: Route, raw: unknown): Promise<Response> => {
    const asked = askedOf(context)
    const reply = 'status' in asked ? { problem: asked } : await one.answer(asked, raw)
    // What is acknowledged is in the history, whatever happens next.
    if (one.method !== 'GET') await operations.history.told()
    if ('problem' in reply) return refuse(reply.problem)
    const { status, value, copy } = reply
    // Whoever has changed something looks for it at once; beats and renewals come by the thousand.
    const isSteady = one.isSteady && status !== 201
    if (one.method !== 'GET' && !isSteady) copies.forget()
    if (one.method === 'GET') return copied(context, copy ?? copyOf(value), status)
    return new Response(octetsOf(value), { status, headers: JSON_TYPE })
  }
  const write = async (context: Context, one: Route): Promise<Response> => {
    const problem =
      // Before the body is read: who may not write has nothing of it looked at.
      tokenProblem(context.req.header('authorization'), token) ??
      mediaProblem(context.req.raw.headers)
    if (problem) return refuse(problem)
    const body = await readBody(context.req.raw)
    return 'problem' in body ? refuse(body.problem) : answer(context, one, body.raw)
  }
  const routes = [...routesOf(operations, copies), ...extraRoutes]
  for (const one of routes) {
    const path = one.path.replace(/\{(\w+)\}/g, ':$1')
    if (one.method === 'GET') app.get(path, (context) => answer(context, one, undefined))
    else app.on(one.method, path, (context) => write(context, one))
  }
  let document: Copy | undefined
  app.get('/openapi.json', async (context) => {
    // Made when it is first wanted: most servers are never asked, and start sooner without.
    const { documentOf } = await import('./openapi.ts')
    document ??= copyOf(documentOf(routes, copies.get().status.version))
    return copied(context, document, 200)
  })
  app.all('/openapi.json', (context) => refuse(methodProblem(context, ['GET'])))
  for (const path of new Set(routes.map((one) => one.path))) {
    const methods = routes.filter((one) => one.path === path).map(({ method }) => method)
    const taken = path.replace(/\{(\w+)\}/g, ':$1')
    app.all(taken, (context) => refuse(methodProblem(context, methods)))
  }
  return app
}

function octetsOf(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(`${JSON.stringify(value)}\n`))
}

function copyOf(value: unknown): Copy {
  const octets = octetsOf(value)
  return { octets, etag: etagOf(octets) }
}

/** Who has it already is told so; no cache keeps it without asking. */
function copied({ req }: Context, { octets, etag }: Copy, status: number): Response {
  const headers = { etag, 'cache-control': 'private, no-cache' }
  const isHere = isKnown(req.header('if-none-match'), etag)
  if (isHere) return new Response(null, { status: 304, headers })
  return new Response(octets, { status, headers: { ...headers, ...JSON_TYPE } })
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** A parameter that stands twice is one of which everybody reads another. */
function askedOf({ req }: Context): Asked | Problem {
  const queries = Object.entries(req.queries())
  const repeated = queries.find(([, values]) => values.length > 1)?.[0]
  if (repeated === undefined) return { path: req.param(), query: req.query() }
  return { status: 422, reason: 'shape', detail: `${repeated} stands more than once` }
}

function methodProblem({ req }: Context, methods: readonly string[]): Problem {
  const allow = methods.join(', ')
  const detail = `${req.path} takes ${allow}, not ${req.method}`
  return { status: 405, reason: 'method', detail, headers: { allow } }
}

/** Tells the adapter that the response is none of its business any more. */
const ALREADY_SENT: ResponseInit = { headers: { 'x-hono-already-sent': 'true' } }

/** Begins a stream of events, or says why not. */
function streamEvents(context: Context, streams: EventStreams): Problem | undefined {
  const asked = askedOf(context)
  if ('status' in asked) return asked
  const { req, env } = context
  const query = eventsQuery.safeParse(asked.query)
  if (!query.success) return shapeProblem('?', query.error.issues)
  const fields = eventsHeaders.safeParse({ 'Last-Event-ID': req.header('last-event-id') })
  if (!fields.success) return shapeProblem('', fields.error.issues)
  const headers = {
    ...HEADERS,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Proxies gather what comes in small pieces, unless they are told.
    'x-accel-buffering': 'no',
  }
  if (req.method === 'HEAD') {
    env.outgoing.writeHead(200, headers).end()
    return
  }
  if (!env.outgoing.socket) {
    // It would take a place and never begin: the answer before it may be a stream, without an end.
    const detail = 'a stream of events is not to be asked for before the last answer is over'
    return { status: 503, reason: 'streams', detail, headers: { connection: 'close' } }
  }
  if (streams.isFull) {
    const detail = 'there are as many streams of events as this server keeps'
    return { status: 503, reason: 'streams', detail, headers: { 'retry-after': '5' } }
  }
  env.outgoing.writeHead(200, headers)
  streams.open(env.outgoing, fields.data['Last-Event-ID'] ?? query.data.after)
  return
}
