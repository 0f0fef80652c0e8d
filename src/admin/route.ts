/** One thing that the API can do, as a value: how it is asked, what it takes, and who answers. */

import type { z } from 'zod'

import { isRefusal, type Refusal } from '../control/books/refusal.ts'

import { type Problem, problemOf } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Route {
  readonly method: Method
  /** With parameters as `{pool}`. */
  readonly path: string
  readonly summary: string
  /** What its body must be; absent where it takes none. */
  readonly body?: z.ZodType
  /** `raw` is the body as JSON, undefined where there is none. */
  answer(asked: Asked, raw: unknown): Promise<Reply>
}

/** The parameters of the path and of the query, decoded. */
export interface Asked {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}

export type Reply = { readonly status: number; readonly value: unknown } | { problem: Problem }

export function ok(value: unknown, status = 200): Reply {
  return { status, value }
}

/** The answer to who asked, or the refusal as a problem. */
export function replyOf<T>(outcome: T | Refusal, toValue: (value: T) => unknown): Reply {
  return isRefusal(outcome) ? { problem: problemOf(outcome) } : ok(toValue(outcome))
}

interface Asking<Body> {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly body?: z.ZodType<Body>
  readonly answer: (asked: Asked & { readonly body: Body }) => Reply | Promise<Reply>
}

/** Makes a route whose body has been judged before it answers. */
export function route<Body = undefined>(asking: Asking<Body>): Route {
  const { method, path, summary, body, answer } = asking
  return {
    ...{ method, path, summary, ...(body && { body }) },
    async answer(asked, raw) {
      if (!body) return answer({ ...asked, body: undefined as Body })
      const read = body.safeParse(raw)
      if (!read.success) return { problem: bodyProblem(read.error.issues, raw) }
      return answer({ ...asked, body: read.data })
    },
  }
}

/** As many as a person corrects at once. */
const FAULTS_MAX = 20

function bodyProblem(issues: readonly z.core.$ZodIssue[], raw: unknown): Problem {
  const faults = issues.slice(0, FAULTS_MAX).map(({ path, message }) => {
    const key = path.join('.')
    return { pointer: `/${path.join('/')}`, detail: key === '' ? message : `${key}: ${message}` }
  })
  const told = faults.map(({ detail }) => detail).join('; ')
  const detail = raw === undefined ? `a JSON body is needed: ${told}` : told
  return { status: 422, detail, extra: { errors: faults } }
}
