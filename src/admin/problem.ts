/** Errors of the API as problem details (RFC 9457): what is wrong, and what to do about it. */

import { STATUS_CODES } from 'node:http'

import type { Refusal, RefusalKind } from '../control/books/refusal.ts'

export interface Problem {
  readonly status: number
  readonly detail: string
  readonly remedy?: string | undefined
  /** More members of the problem's object. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

const STATUS_OF: Readonly<Record<RefusalKind, number>> = {
  invalid: 422,
  unknown: 404,
  forbidden: 403,
  conflict: 409,
  unavailable: 503,
}

export function problemOf({ refused, detail, remedy }: Refusal): Problem {
  return { status: STATUS_OF[refused], detail, remedy }
}

export function problemResponse({ status, detail, remedy, extra, headers }: Problem): Response {
  const title = STATUS_CODES[status] ?? 'Error'
  const body = { type: 'about:blank', title, status, detail, remedy, ...extra }
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  })
}
