/**
 * Goal: the API is what its document says: every operation takes what it says, answers what it
 * says, and there is nothing else.
 * Method: requests made from the document of a running server, the examples first, then whatever
 * its schemas admit and whatever they do not; every answer is held to the schema of its status.
 */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openStream } from '../admin/event-reader.ts'
import { type Answer, askApi, type Question } from '../admin/support.ts'
import { written, zoneText } from '../control/configs.ts'
import { type Document, faultsOf, type Schema, valuesOf } from '../support/json-schema.ts'
import { serve } from './rota.ts'

const TOKEN = 'a-token-that-nobody-would-guess'
const CONFIG = `
listen: { dns: ["127.0.0.1:0"], http: "127.0.0.1:0" }
state: ./state
zones: { example.test: example.test.zone }
checks: { beats: { heartbeat: {}, interval: 1m } }
pools:
  web:
    check: beats
    policy: failover
    fail_back: false
    register: { networks: [192.0.2.0/24], lease: 30s, members: 3 }
    members: { a: 192.0.2.1, b: { v4: 192.0.2.2, v6: "2001:db8::2" } }
names:
  www.example.test: { pool: web }
  own.example.test: {}
`
/** Of each operation: there are dozens, and a write is on disk before it is answered. */
const RUNS = 8
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']

interface Operation {
  readonly line: string
  readonly method: string
  readonly path: string
  readonly operationId: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly unknown[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Record<string, { schema: Schema; example: unknown }> }
  readonly responses: Record<string, { readonly content?: Record<string, { schema: Schema }> }>
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

const endings: (() => Promise<void>)[] = []
let port: number
let document: Document
let operations: Operation[]

beforeAll(async () => {
  const until = (ending: () => Promise<void>) => void endings.unshift(ending)
  const zone = zoneText('example.test', 'own A 192.0.2.4')
  const files = written({ 'rota.yaml': CONFIG, 'example.test.zone': zone }, until)
  const rota = await serve(['-c', files.file], { env: { ROTA_TOKEN: TOKEN }, until })
  port = Number(/:(\d+)$/.exec(rota.logged('answering')[0]!['http'] as string)![1])
  document = (await askApi(port, 'GET /openapi.json')).value as Document
  const paths = document['paths'] as Record<string, Record<string, Operation>>
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({
      ...one,
      ...{ method: method.toUpperCase(), path, line: `${method.toUpperCase()} ${path}` },
    })),
  )
})
afterAll(async () => {
  for (const ending of endings) await ending()
})

describe('the document', () => {
  it('is OpenAPI 3.1, with all that a reader or a generator wants to know', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Rota' } })
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { line, method, summary, tags, security, responses, ...one } of operations) {
      expect(summary, line).toMatch(/\.$/)
      expect(tags, line).toHaveLength(1)
      expect(security, line).toEqual(method === 'GET' ? [] : [{ token: [] }])
      expect(Object.keys(responses), line).toEqual(expect.arrayContaining(['400', '403', '421']))
      const named = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const described = (one.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect(
        described.map(({ name }) => name),
        line,
      ).toEqual(named)
      for (const { example } of Object.values(one.requestBody?.content ?? {})) {
        expect(example, line).toBeDefined()
      }
    }
  })
})

describe('every operation', () => {
  it('does as documented what its examples ask for, and is then seen to have', async () => {
    const rank = ({ method }: Operation) => METHODS.indexOf(method)
    const inOrder = asked().sort((a, b) => rank(a) - rank(b))
    const reads = inOrder.filter(({ method }) => method === 'GET')
    for (const one of [...inOrder, ...reads]) {
      const answer = await ask(one, exampleOf, exampleBody(one))
      expect(answer.status, `${one.line}: ${answer.text}`).toBeLessThan(300)
      expect(Object.keys(answer.headers)).not.toContain('access-control-allow-origin')
      hold(one, answer)
    }
  })

  it('answers as documented whatever its schemas admit', async () => {
    for (const one of asked()) {
      const values = (one.parameters ?? []).map((parameter) => {
        const { name, required = false, schema } = parameter
        const likely = fc.constant(exampleOf(parameter, one))
        const any = valuesOf(parameter.in === 'path' ? SEGMENT : schema, document).map(String)
        const value = fc.oneof(likely, any)
        return [name, required ? value : fc.option(value, { nil: undefined })] as const
      })
      const wanted = fc.record({
        parameters: fc.record(Object.fromEntries(values)),
        body: one.requestBody ? valuesOf(bodyOf(one).schema, document) : fc.constant(undefined),
      })
      await fc.assert(
        fc.asyncProperty(wanted, async ({ parameters, body }) => {
          const answer = await ask(one, ({ name }) => parameters[name], { body })
          hold(one, answer)
          expect(answer.status).not.toBe(500)
        }),
        { numRuns: one.operationId === 'reload' ? 2 : RUNS },
      )
    }
  })

  it('refuses as documented what they do not', async () => {
    for (const one of asked().filter(({ method }) => method !== 'GET')) {
      const refused = async (question: Question, status: number) => {
        const answer = await ask(one, exampleOf, question)
        expect(answer.status, one.line).toBe(status)
        hold(one, answer)
      }
      await refused({ ...exampleBody(one), token: null }, 401)
      await refused({ ...exampleBody(one), headers: { host: 'rebound.example.org' } }, 421)
      await refused({ ...exampleBody(one), headers: { origin: 'http://example.org' } }, 403)
      await refused({ body: 'a=b', headers: { 'content-type': 'text/plain' } }, 415)
      await refused({ body: '{' }, 400)
      await refused({ body: JSON.stringify('x'.repeat(70_000)) }, 413)
      if (!one.requestBody) continue
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (body) => {
          const answer = await ask(one, exampleOf, { body: JSON.stringify(body) })
          hold(one, answer)
          expect(answer.status).not.toBe(500)
        }),
        { numRuns: RUNS },
      )
    }
  })

  it('takes a whole number in digits alone, and tells whoever says it otherwise the range', async () => {
    const numbers = operations.flatMap((one) =>
      (one.parameters ?? [])
        .filter(({ schema }) => schema['type'] === 'integer')
        .map((parameter) => ({ one, parameter })),
    )
    expect(new Set(numbers.map(({ parameter }) => parameter.name))).toEqual(
      new Set(['limit', 'before', 'after', 'Last-Event-ID']),
    )
    for (const { one, parameter } of numbers) {
      const { name, schema } = parameter
      const { minimum, maximum } = schema
      const beyond = [Number(minimum) - 1, BigInt(Number(maximum)) + 1n, '9'.repeat(2_000)]
      for (const text of ['', '1e1', '0x10', '+1', '1 0', '1_0', '1.0', 'x', ...beyond].map(
        String,
      )) {
        const isHeader = parameter.in === 'header'
        const query = isHeader ? '' : `?${new URLSearchParams({ [name]: text })}`
        const headers = isHeader ? { [name]: text } : {}
        const path = one.path.replace('{pool}', 'web')
        const answer = await askApi(port, `${one.method} ${path}${query}`, { headers })
        expect(answer, `${one.line} ${name} ${text}`).toMatchObject({
          status: 422,
          value: { detail: `${name}: a whole number from ${minimum} to ${maximum} is needed` },
        })
        hold(one, answer)
      }
    }
  })

  it('is told once to who has it already', async () => {
    const { headers } = await askApi(port, 'GET /api/v1/zones')
    const known = { 'if-none-match': String(headers['etag']) }
    expect(await askApi(port, 'GET /api/v1/zones', { headers: known })).toMatchObject({
      ...{ status: 304, text: '' },
    })
  })

  it('streams events and ticks as documented', async () => {
    const reader = openStream(port, { path: '/api/v1/events?after=0' })
    await reader.until(() => reader.told().length > 3 && reader.ticks() > 0, 'events')
    for (const { kind, data } of reader.told()) {
      expect(faultsOf(schemaNamed('Event'), data, document), kind).toEqual([])
    }
    const [, tick] = /event: tick\ndata: (.+)\n/.exec(reader.text())!
    expect(faultsOf(schemaNamed('Tick'), JSON.parse(tick!), document)).toEqual([])
    reader.socket.destroy()
  })
})

describe('what is not documented', () => {
  it('is done by no other method', async () => {
    for (const path of new Set(operations.map((one) => one.path))) {
      const there = operations.filter((one) => one.path === path).map(({ method }) => method)
      for (const method of METHODS.filter((one) => !there.includes(one))) {
        const answer = await askApi(port, `${method} ${path.replace(/\{\w+\}/g, 'x')}`)
        expect(answer.status, `${method} ${path}`).toBe(405)
        expect(faultsOf(schemaNamed('Problem'), answer.value, document)).toEqual([])
        expect(new Set(String(answer.headers['allow']).split(', '))).toEqual(new Set(there))
      }
    }
  })

  it('is at no other path', async () => {
    const near = ['/api', '/api/v1', '/api/v1/', '/api/v2/status', '/api/v1/statuses', '/STATUS']
    const below = operations.map(({ path }) => `${path.replace(/\{\w+\}/g, 'x')}/and/further/down`)
    for (const path of [...near, ...below]) {
      for (const method of ['GET', 'POST']) {
        const answer = await askApi(port, `${method} ${path}`)
        expect(answer.status, `${method} ${path}`).toBe(404)
        expect(faultsOf(schemaNamed('Problem'), answer.value, document)).toEqual([])
      }
    }
  })
})

/** What a segment of a path may hold; an empty one makes another path. */
const SEGMENT: Schema = { type: 'string', minLength: 1 }

/** All but the stream, which has no end. */
function asked(): Operation[] {
  return operations.filter(({ operationId }) => operationId !== 'streamEvents')
}

function schemaNamed(name: string): Schema {
  return (document['components'] as { schemas: Record<string, Schema> }).schemas[name]!
}

function bodyOf({ requestBody }: Operation) {
  return requestBody!.content['application/json']!
}

function exampleBody(one: Operation): Question {
  return one.requestBody ? { body: bodyOf(one).example } : {}
}

/** The example of a parameter; who registers is not one of the YAML. */
function exampleOf({ name, schema }: Parameter, { tags }: Operation): string | undefined {
  if (name === 'member' && tags?.includes('members')) return 'x'
  if (name === 'before') return undefined
  const [example] = (schema['examples'] as unknown[] | undefined) ?? []
  return example === undefined ? undefined : String(example)
}

async function ask(
  one: Operation,
  value: (parameter: Parameter, one: Operation) => string | undefined,
  question: Question = {},
): Promise<Answer> {
  const parameters = one.parameters ?? []
  let { path } = one
  const query = new URLSearchParams()
  for (const parameter of parameters) {
    const text = value(parameter, one)
    if (parameter.in === 'path') {
      path = path.replace(`{${parameter.name}}`, encodeURIComponent(text!))
    } else if (parameter.in === 'query' && text !== undefined) query.set(parameter.name, text)
  }
  const search = query.size > 0 ? `?${query}` : ''
  return askApi(port, `${one.method} ${path}${search}`, question)
}

/** Holds an answer to what the document says of its status. */
function hold({ line, responses }: Operation, { status, headers, value, text }: Answer): void {
  const told = `${line} ${status}: ${text.slice(0, 500)}`
  const response = responses[status]
  expect(response, told).toBeDefined()
  const type = String(headers['content-type']).split(';')[0]!
  const content = response!.content?.[type]
  expect(content, `${told} as ${type}`).toBeDefined()
  if (/json/.test(type)) expect(faultsOf(content!.schema, value, document), told).toEqual([])
}
