/** From a request to a response: the guards, the body, the route; errors as problem details. */

import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context as HonoContext } from 'hono'

import { mediaProblem, readBody } from './body.ts'
import { hostProblem, originProblem, tokenProblem } from './guard.ts'
import type { Operations } from './operations.ts'
import { PAGE_PATHS, type Pages, pageHeaders, pageResponse } from './pages.ts'
import { type Problem, problemResponse } from './problem.ts'
import type { Route } from './route.ts'
import { routesOf } from './routes.ts'

export interface ApiOptions {
  readonly operations: Operations
  /** What writers must bring; undefined: nobody may write. */
  readonly token: string | undefined
  /** What browsers are shown; absent: nothing. */
  readonly pages?: Pages | undefined
  /** Origins that the pages may ask besides this server. */
  readonly pageOrigins?: readonly string[] | undefined
  /** What this server can do besides. */
  readonly extraRoutes?: readonly Route[] | undefined
  /** Hears of faults of the program. */
  readonly onFault: (error: unknown) => void
}

type Environment = { Bindings: HttpBindings; Variables: { isPage?: boolean } }
type Context = HonoContext<Environment>

/** Nothing of this is for a cache, or to be run or framed by a page. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

export function createApi(options: ApiOptions): Hono<Environment> {
  const { operations, token, onFault, pages, pageOrigins = [], extraRoutes = [] } = options
  const ofPages = pageHeaders(pageOrigins)
  const app = new Hono<Environment>()
  app.onError((error, { env }) => {
    // Whoever goes away in the middle of a request is no fault of ours, and hears no answer.
    const { complete, destroyed } = env.incoming
    if (complete || !destroyed) onFault(error)
    return problemResponse({ status: 500, detail: 'a fault of the program; the log has more' })
  })
  app.notFound((context) => {
    const detail = `there is nothing at ${context.req.path}`
    return problemResponse({ status: 404, detail, remedy: 'the API is under /api/v1/' })
  })
  app.use(async (context, next) => {
    const problem = strangerProblem(context)
    if (problem) context.res = problemResponse(problem)
    else await next()
    const headers = context.get('isPage') ? ofPages : HEADERS
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
  })
  for (const path of pages ? PAGE_PATHS : []) {
    app.get(path, (context) => {
      const known = context.req.header('if-none-match')
      const response = pageResponse(pages!, context.req.path, known)
      context.set('isPage', response !== undefined)
      return response ?? context.notFound()
    })
    app.all(path, (context) => methodProblem(context, ['GET']))
  }
  const routes = [...routesOf(operations), ...extraRoutes]
  for (const one of routes) {
    const path = one.path.replace(/\{(\w+)\}/g, ':$1')
    if (one.method === 'GET') app.get(path, (context) => answer(context, one, undefined))
    else app.on(one.method, path, writerGuard(token), (context) => write(context, one))
  }
  for (const path of new Set(routes.map((one) => one.path))) {
    const methods = routes.filter((one) => one.path === path).map(({ method }) => method)
    app.all(path.replace(/\{(\w+)\}/g, ':$1'), (context) => methodProblem(context, methods))
  }
  return app
}

/** By the headers as they came: what is made of them further in has a host in any case. */
function strangerProblem({ env }: Context): Problem | undefined {
  const { host, origin } = env.incoming.headers
  return hostProblem(host) ?? originProblem(origin, host!)
}

/** Before the body is read: who may not write has nothing of it looked at. */
function writerGuard(token: string | undefined) {
  return async (context: Context, next: () => Promise<void>) => {
    const problem =
      tokenProblem(context.req.header('authorization'), token) ??
      mediaProblem(context.req.raw.headers)
    if (problem) return problemResponse(problem)
    await next()
    return
  }
}

async function write(context: Context, one: Route): Promise<Response> {
  const body = await readBody(context.req.raw)
  return 'problem' in body ? problemResponse(body.problem) : answer(context, one, body.raw)
}

async function answer({ req }: Context, one: Route, raw: unknown): Promise<Response> {
  const reply = await one.answer({ path: req.param(), query: req.query() }, raw)
  if ('problem' in reply) return problemResponse(reply.problem)
  const headers = { 'content-type': 'application/json' }
  return new Response(`${JSON.stringify(reply.value)}\n`, { status: reply.status, headers })
}

function methodProblem({ req }: Context, methods: readonly string[]): Response {
  const allow = methods.join(', ')
  const detail = `${req.path} takes ${allow}, not ${req.method}`
  return problemResponse({ status: 405, detail, headers: { allow } })
}
