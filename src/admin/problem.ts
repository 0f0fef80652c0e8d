/** Errors of the API as problem details (RFC 9457): what is wrong, and what to do about it. */

import { STATUS_CODES } from 'node:http'

import type { Refusal, RefusalKind } from '../control/books/refusal.ts'

/** Why a request was refused before anybody thought about what it asks for. */
export const REFUSAL_REASONS = [
  'host',
  'origin',
  'target',
  'headers',
  'token',
  'media type',
  'size',
  'syntax',
  'shape',
  'method',
  'path',
  'streams',
  'connections',
] as const

export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** How often each was the reason. */
export type Refusals = Record<RefusalReason, number>

export function noRefusals(): Refusals {
  return Object.fromEntries(REFUSAL_REASONS.map((reason) => [reason, 0])) as Refusals
}

export interface Problem {
  readonly status: number
  /** Absent where the request was sound, and what it asks for cannot be. */
  readonly reason?: RefusalReason
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

/** `lead`: what a pointer to a part of the wish begins with, as in `shapeProblem`. */
export function problemOf({ refused, detail, remedy, at }: Refusal, lead = '/'): Problem {
  const errors = at === undefined ? undefined : [{ pointer: `${lead}${at}`, detail }]
  return { status: STATUS_OF[refused], detail, remedy, ...(errors && { extra: { errors } }) }
}

export function problemResponse(problem: Problem): Response {
  const { status, headers } = problem
  return new Response(problemText(problem), { status, headers: { ...headers, ...PROBLEM_TYPE } })
}

export const PROBLEM_TYPE = { 'content-type': 'application/problem+json' } as const

export function problemText({ status, detail, remedy, extra }: Problem): string {
  const title = STATUS_CODES[status] ?? 'Error'
  return `${JSON.stringify({ type: 'about:blank', title, status, detail, remedy, ...extra })}\n`
}
