/**
 * Who may ask: no page of a stranger in an operator's browser (Host, Origin), and for what changes
 * anything only who has the token. Each guard returns the problem, or nothing.
 */

import { createHash, timingSafeEqual } from 'node:crypto'

import { parseV4, parseV6 } from '../base/address.ts'

import type { Problem } from './problem.ts'

/**
 * A name in the Host header is one that the server never had: some page resolved its own name to
 * our address (DNS rebinding). An address cannot be resolved to another.
 */
export function hostProblem(host: string | undefined): Problem | undefined {
  if (host !== undefined && isOwnHost(host)) return
  const said = host === undefined ? 'there is no Host header' : `host "${host}" is not this server`
  return {
    status: 421,
    detail: said,
    remedy: 'ask by IP address, or by localhost on the same machine',
  }
}

function isOwnHost(host: string): boolean {
  const [, v6, name] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host) ?? []
  if (v6 !== undefined) return parseV6(v6) !== undefined
  if (name === undefined) return false
  return parseV4(name) !== undefined || /^localhost\.?$/i.test(name)
}

/** Browsers say whose page asks; programs say nothing. `host` has passed its guard. */
export function originProblem(origin: string | undefined, host: string): Problem | undefined {
  if (origin === undefined || originOf(origin) === originOf(`http://${host}`)) return
  return {
    status: 403,
    detail: `a page of ${origin} may not ask this server`,
    remedy: 'ask without a browser, or from a page of this server',
  }
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}

/** `token` is undefined where the server has none: then nobody may write. */
export function tokenProblem(
  authorization: string | undefined,
  token: string | undefined,
): Problem | undefined {
  if (token === undefined) {
    return {
      status: 403,
      detail: 'this server takes no changes, since it has no token to know its operators by',
      remedy: 'set state in the YAML, or ROTA_TOKEN in its environment, and start it again',
    }
  }
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined && isSame(given, token)) return
  return {
    status: 401,
    detail: given === undefined ? 'a change needs the bearer token' : 'the bearer token is wrong',
    remedy: 'send "Authorization: Bearer TOKEN"; it stands in the file "token" of the state folder',
    headers: { 'www-authenticate': 'Bearer realm="rota"' },
  }
}

/** In a time that tells neither where two differ nor how long they are. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
