/** An API over operations that a test brings, and requests to it as they stand on the wire. */

import { request } from 'node:http'
import { onTestFinished } from 'vitest'

import type { Operations } from '../../src/admin/operations.ts'
import { AdminServer, type AdminServerOptions } from '../../src/admin/server.ts'
import type { Status } from '../../src/admin/status.ts'
import { systemClock } from '../../src/base/clock.ts'
import { NO_OVERRIDES } from '../../src/control/books/overrides.ts'
import type { History } from '../../src/control/history/history.ts'

export const TOKEN = 'a-token-that-nobody-would-guess'

export const STATUS: Status = {
  ...{ version: '0.1.0', now: '2026-01-01T12:00:00.000Z', startedAt: '2026-01-01T11:00:00.000Z' },
  ...{ generation: 3, listen: ['127.0.0.1:5300'], queries: 12, answers: 11 },
  bindings: [{ label: 'web', policy: 'rotate', answers: 8, ttlSeconds: 30 }],
  pools: [
    {
      ...{ name: 'web', policy: 'rotate', minServing: 0 },
      families: [{ family: 'v4', members: 1, healthy: 1, needed: 1 }],
      members: [
        {
          ...{ name: 'a', weight: 1, isServing: true },
          addresses: [
            { family: 'v4', address: '192.0.2.1', isServing: true, verdict: 'up', turns: 11 },
          ],
        },
      ],
    },
  ],
  ...{ flips: [], warnings: [] },
}

const absent = () => ({ refused: 'unknown', detail: 'there is no such thing' }) as const

/** Nothing has ever happened. */
export const NO_HISTORY: History = {
  lastId: 0,
  since: () => ({ events: [], isComplete: true }),
  find: async () => [],
  subscribe: () => () => {},
  told: async () => {},
}

/** Operations that refuse everything, but for what a test has of its own. */
export function operationsOf(own: Partial<Operations> = {}): Operations {
  return {
    unready: () => undefined,
    status: () => STATUS,
    revision: () => 0,
    pulse: () => ({ now: STATUS.now, generation: 3, queries: 12, answers: 11 }),
    names: () => ({ items: [] }),
    name: () => undefined,
    verdicts: () => ({ items: [] }),
    zones: () => [],
    registrations: () => [],
    ledger: () => ({ now: STATUS.now, entries: [] }),
    history: NO_HISTORY,
    overrides: () => NO_OVERRIDES,
    override: async () => absent(),
    endOverride: async () => absent(),
    register: async () => absent(),
    leave: async () => absent(),
    beat: async () => absent(),
    reportFailure: absent,
    failBack: absent,
    explain: async () => absent(),
    reload: async () => ({ isTaken: true, generation: 4, diagnostics: [] }),
    ...own,
  }
}

export interface Api {
  readonly port: number
  readonly faults: unknown[]
  readonly server: AdminServer
}

/** Starts an API that ends with the test. `token` null: a server without one. */
export async function serving(
  own: Partial<Operations> = {},
  token?: string | null,
  more: Partial<AdminServerOptions> = {},
): Promise<Api> {
  const faults: unknown[] = []
  const server = new AdminServer({
    operations: operationsOf(own),
    token: token === null ? undefined : (token ?? TOKEN),
    onFault: (error) => void faults.push(error),
    endpoint: { address: '127.0.0.1', port: 0 },
    clock: systemClock,
    ...more,
  })
  const { port } = await server.start()
  onTestFinished(() => server.stop())
  return { port, faults, server }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body as JSON. */
  readonly value: unknown
}

export interface Question {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, or as it is if it is text. */
  readonly body?: unknown
  /** TOKEN if unset; null sends none. */
  readonly token?: string | null
}

/** Asks `GET /livez` and the like. */
export function askApi(port: number, line: string, question: Question = {}): Promise<Answer> {
  const [method, path] = line.split(' ')
  const { headers = {}, body, token = TOKEN } = question
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...{ host: '127.0.0.1', port, method, path, agent: false },
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(text !== '' && { 'content-type': 'application/json' }),
          ...(text !== '' && { 'content-length': String(Buffer.byteLength(text)) }),
          ...headers,
        },
      },
      (response) => {
        let read = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          read += chunk
        })
        response.on('error', reject)
        response.on('end', () => {
          const isJson = /json/.test(String(response.headers['content-type']))
          const value: unknown = isJson && read !== '' ? JSON.parse(read) : undefined
          resolve({ status: response.statusCode!, headers: response.headers, text: read, value })
        })
      },
    )
    asking.on('error', reject)
    asking.end(text)
  })
}
