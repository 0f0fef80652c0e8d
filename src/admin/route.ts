/**
 * One thing that the API can do, as a value: how it is asked, what it takes, who answers, and what
 * its answers are. What judges a request and what documents it are the same.
 */

import type { z } from 'zod'

import { isRefusal, type Refusal } from '../control/books/refusal.ts'

import { type Problem, problemOf } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Route {
  readonly method: Method
  /** With parameters as `{pool}`. */
  readonly path: string
  readonly summary: string
  /** Absent: it is of one server alone, as of the demo, and not in the document of the API. */
  readonly docs?: Docs | undefined
  /** What it takes in its query; absent: whatever is there. */
  readonly query?: z.ZodType | undefined
  /** What its body must be; absent where it takes none. */
  readonly body?: z.ZodType | undefined
  /** Programs send it all the time, and none of them waits to see what it has changed. */
  readonly isSteady?: boolean | undefined
  /** `raw` is the body as JSON, undefined where there is none. */
  answer(asked: Asked, raw: unknown): Promise<Reply>
}

/** What a route's document needs besides. */
export interface Docs {
  /** The same as long as the operation is. */
  readonly id: string
  readonly tag: Tag
  /** What it replies where all is well, by status. */
  readonly replies: Readonly<Record<number, { readonly schema: z.ZodType; readonly what: string }>>
  /** The statuses of what it refuses, besides those that any route may have. */
  readonly refuses?: readonly number[]
  /** What a body may look like. */
  readonly example?: unknown
}

export type Tag = 'health' | 'status' | 'names' | 'overrides' | 'members' | 'actions' | 'history'

/** The parameters of the path and of the query, decoded. */
export interface Asked {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

export type Reply = Told | { readonly problem: Problem }

export interface Told {
  readonly status: number
  readonly value: unknown
  /** The value as it is sent, where it was made before. */
  readonly copy?: Copy
}

/** A value as JSON, made once for all who ask. */
export interface Copy {
  readonly octets: Uint8Array<ArrayBuffer>
  readonly etag: string
}

export function ok(value: unknown, status = 200): Reply {
  return { status, value }
}

/** The answer to who asked, or the refusal as a problem; `lead` as in `problemOf`. */
export function replyOf<T>(
  outcome: T | Refusal,
  toValue: (value: T) => unknown,
  lead?: '/' | '?',
): Reply {
  return isRefusal(outcome) ? { problem: problemOf(outcome, lead) } : ok(toValue(outcome))
}

interface Asking<Body, Query> {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly docs?: Docs
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  readonly isSteady?: boolean
  readonly answer: (asked: {
    readonly path: Asked['path']
    readonly query: Query
    readonly body: Body
  }) => Reply | Promise<Reply>
}

/** Makes a route whose query and body have been judged before it answers. */
export function route<Body = undefined, Query = Asked['query']>(
  asking: Asking<Body, Query>,
): Route {
  const { method, path, summary, docs, query, body, isSteady, answer } = asking
  return {
    ...{ method, path, summary, docs, query, body, isSteady },
    async answer(asked, raw) {
      const wanted = query ? query.safeParse(asked.query) : untouched(asked.query as Query)
      if (!wanted.success) return { problem: shapeProblem('?', wanted.error.issues) }
      const read = body ? body.safeParse(raw) : untouched(undefined as Body)
      if (read.success) return answer({ path: asked.path, query: wanted.data, body: read.data })
      const problem = shapeProblem('/', read.error.issues)
      if (raw !== undefined) return { problem }
      return { problem: { ...problem, detail: `a JSON body is needed: ${problem.detail}` } }
    },
  }
}

function untouched<T>(data: T): { success: true; data: T; error?: undefined } {
  return { success: true, data }
}

/** As many as a person corrects at once. */
const FAULTS_MAX = 20

/** `lead`: what a pointer to the place of a fault begins with; nothing for a header. */
export function shapeProblem(lead: '/' | '?' | '', issues: readonly z.core.$ZodIssue[]): Problem {
  const faults = issues.slice(0, FAULTS_MAX).map(({ path, message }) => {
    const key = path.join('.')
    return {
      pointer: `${lead}${path.join('/')}`,
      detail: key === '' ? message : `${key}: ${message}`,
    }
  })
  const detail = faults.map((fault) => fault.detail).join('; ')
  return { status: 422, reason: 'shape', detail, extra: { errors: faults } }
}
