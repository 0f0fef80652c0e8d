/**
 * DNS over HTTPS (RFC 8484) without its sockets: what a request asks, and what it is told. HTTP/2,
 * HTTP/1.1 and the API's own server differ in how octets come and go, and share this.
 */

import { STATUS_CODES } from 'node:http'

import { freshnessOf } from '../../wire/freshness.ts'

import type { Client } from '../../engine/world.ts'

import type { Answerer } from '../answerer.ts'

/** What stands before its body. */
export interface Head {
  readonly method: string
  /** Path and query, as they came. */
  readonly target: string
  /** What the body is said to be. */
  readonly type: string | undefined
}

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Copied from the answerer: they are the receiver's. Not to be sent to HEAD. */
  readonly octets: Uint8Array
}

/** Where queries are asked, on every host: what clients expect that are given a name alone. */
export const DNS_PATH = '/dns-query'

const MESSAGE_TYPE = 'application/dns-message'
const METHODS = 'GET, HEAD, POST'
/** In base64url; whoever has a longer query posts it. */
const PARAMETER_CHARACTERS_MAX = 8_192

export function isDnsTarget(target: string): boolean {
  return target === DNS_PATH || target.startsWith(`${DNS_PATH}?`)
}

/**
 * What a request asks, before its body is read: a query, `body` where it is in there, or what the
 * client is told instead.
 */
export function judgeHead({ method, target, type }: Head): Uint8Array | 'body' | Told {
  if (!isDnsTarget(target)) return problem(404, `there is nothing here but ${DNS_PATH}`)
  if (method === 'POST') {
    const isMessage = /^application\/dns-message\s*(;|$)/i.test(type ?? '')
    if (isMessage) return 'body'
    return problem(415, `a query is ${MESSAGE_TYPE}, not ${type ?? 'of no type'}`, {
      'accept-post': MESSAGE_TYPE,
    })
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return problem(405, `${DNS_PATH} takes ${METHODS}`, { allow: METHODS })
  }
  return queryOf(target)
}

/** Answers one query of a client. */
export function exchange(answerer: Answerer, query: Uint8Array, client: Client): Told {
  const said = answerer.answer(query, client)
  if (said === 'silence') return problem(400, 'what was sent is no DNS query')
  if (said === 'fault') return problem(500, 'a fault of the program; the log has more')
  // A cache for many clients must not give one of them the answer of another (RFC 8484 §5.1).
  const scope = answerer.wasPersonal ? 'private, ' : ''
  return {
    status: 200,
    headers: {
      'content-type': MESSAGE_TYPE,
      'content-length': String(said.length),
      'cache-control': `${scope}max-age=${freshnessOf(said)}`,
      'x-content-type-options': 'nosniff',
    },
    octets: Uint8Array.from(said),
  }
}

/** A refusal in the form of RFC 9457. `detail` is a sentence without its stop. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Told {
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail }
  const octets = Buffer.from(`${JSON.stringify(body)}\n`)
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'application/problem+json',
      'content-length': String(octets.length),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    octets,
  }
}

export const TOO_LONG = problem(413, 'a query has at most 65535 octets')
export const TOO_SLOW = problem(408, 'the query did not come in time')
export const TOO_MUCH = problem(503, 'so much is under way already that there is no room for more')

function queryOf(target: string): Uint8Array | Told {
  const given = new URLSearchParams(target.slice(DNS_PATH.length + 1)).getAll('dns')
  if (given.length !== 1) return problem(400, 'a query is one parameter "dns", in base64url')
  const [text] = given as [string]
  if (text.length > PARAMETER_CHARACTERS_MAX) return problem(414, 'so long a query must be posted')
  // Unpadded (RFC 8484 §6). One character alone holds no octet.
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) {
    return problem(400, 'parameter "dns" is not base64url, which has no padding')
  }
  return Buffer.from(text, 'base64url')
}
