/**
 * Who may ask: no page of a stranger in an operator's browser (Host, Origin, Sec-Fetch-Site), and
 * for what changes anything only who has the token. Each guard returns the problem, or nothing.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

import { parseV4, parseV6 } from '../base/address.ts'

import type { Problem } from './problem.ts'

/** What all who ask are held to. `hosts`: names by which this server may be asked. */
export function strangerProblem(
  incoming: Pick<IncomingMessage, 'url' | 'headers' | 'headersDistinct'>,
  hosts: readonly string[],
  isPage: boolean,
): Problem | undefined {
  const { host, origin } = incoming.headers
  return (
    targetProblem(incoming.url ?? '') ??
    repeatProblem(incoming.headersDistinct) ??
    hostProblem(host, hosts) ??
    originProblem(origin, host!, hosts) ??
    siteProblem(incoming.headers, isPage)
  )
}

/**
 * Node and Hono each tidy up what they are asked for, in ways of their own; what needs it is not
 * let in, so that all see the same path. By the target as it came (RFC 9112 §3.2.1).
 */
function targetProblem(target: string): Problem | undefined {
  const [path = ''] = target.split('?', 1)
  const fault = faultOf(path, target)
  if (fault === undefined) return
  const detail = `the path of a request ${fault}`
  return { status: 400, reason: 'target', detail, remedy: 'ask for a path such as /api/v1/status' }
}

function faultOf(path: string, target: string): string | undefined {
  if (!path.startsWith('/')) return 'begins with /'
  if (/[^\x21-\x7e]|[#\\]/.test(target)) return 'is of printable ASCII, without # and \\'
  if (path.includes('//')) return 'has no empty segments'
  const segments = path.split('/')
  let decoded: string[]
  try {
    decoded = segments.map(decodeURIComponent)
  } catch {
    return 'has percent signs before two hexadecimal digits of UTF-8 alone'
  }
  if (decoded.some((segment) => segment === '.' || segment === '..')) return 'has no dot segments'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
  return decoded.some((text) => /[\x00-\x1f\x7f]/.test(text))
    ? 'has no control characters'
    : undefined
}

/** Those by which requests are told apart. Where one stands twice, each reader picks its own. */
const ONCE = ['host', 'origin', 'authorization', 'content-type', 'content-length', 'sec-fetch-site']

function repeatProblem(headers: IncomingMessage['headersDistinct']): Problem | undefined {
  const repeated = ONCE.find((name) => (headers[name]?.length ?? 0) > 1)
  if (repeated === undefined) return
  return { status: 400, reason: 'headers', detail: `the header ${repeated} stands more than once` }
}

/**
 * A name in the Host header is one that the server never had, but for those it was told of: some
 * page resolved its own name to our address (DNS rebinding). An address cannot be resolved to
 * another.
 */
function hostProblem(host: string | undefined, hosts: readonly string[]): Problem | undefined {
  if (host !== undefined && isOwnHost(host, hosts)) return
  const said = host === undefined ? 'there is no Host header' : `host "${host}" is not this server`
  return {
    status: 421,
    reason: 'host',
    detail: said,
    remedy: 'ask by IP address, by localhost on the same machine, or by a name in listen.hosts',
  }
}

function isOwnHost(host: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(`http://${host}`)) return false // As with a port that there is not.
  const [, v6, name] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host) ?? []
  if (v6 !== undefined) return parseV6(v6) !== undefined
  if (name === undefined) return false
  return parseV4(name) !== undefined || /^localhost\.?$/i.test(name) || isNamed(name, hosts)
}

function isNamed(name: string, hosts: readonly string[]): boolean {
  return hosts.includes(name.toLowerCase().replace(/\.$/, ''))
}

/**
 * Browsers say whose page asks; programs say nothing. `host` has passed its guard. Before a name
 * that was told of there may be a proxy that speaks TLS.
 */
function originProblem(
  origin: string | undefined,
  host: string,
  hosts: readonly string[],
): Problem | undefined {
  if (origin === undefined || originOf(origin) === originOf(`http://${host}`)) return
  const isBehindTls = isNamed(host.replace(/:\d+$/, ''), hosts)
  if (isBehindTls && originOf(origin) === originOf(`https://${host}`)) return
  return strange(`a page of ${origin} may not ask this server`)
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}

/**
 * A page elsewhere may have a browser send a simple GET without an Origin, as for an image; that it
 * does is told by Fetch Metadata. Links from elsewhere lead to pages, and to nothing else.
 */
function siteProblem(headers: IncomingMessage['headers'], isPage: boolean): Problem | undefined {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  const isLink =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return isPage && isLink ? undefined : strange('a page of another site may not ask this server')
}

function strange(detail: string): Problem {
  const remedy = 'ask without a browser, or from a page of this server'
  return { status: 403, reason: 'origin', detail, remedy }
}

/** `token` is undefined where the server has none: then nobody may write. */
export function tokenProblem(
  authorization: string | undefined,
  token: string | undefined,
): Problem | undefined {
  if (token === undefined) {
    return {
      status: 403,
      reason: 'token',
      detail: 'this server takes no changes, since it has no token to know its operators by',
      remedy: 'set state in the YAML, or ROTA_TOKEN in its environment, and start it again',
    }
  }
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined && isSame(given, token)) return
  return {
    status: 401,
    reason: 'token',
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
