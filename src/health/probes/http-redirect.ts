/**
 * Where a redirect leads. A probe is about one address, so it follows a redirect that stays with
 * the scheme, host and port that were asked; any other is a failure that says where it leads.
 */

import { failure, type Outcome, quote } from './probe.ts'
import type { HttpMethod } from './spec.ts'

/** What is asked of the address. */
export interface Asked {
  readonly method: HttpMethod
  readonly path: string
}

/** Those that lead to an answer (RFC 9110 §15.4); 300 and 304 do not. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** What to ask next, or why nothing is. `left` redirects may still be followed. */
export function nextAsked(
  { kind, host, method, path }: Asked & { readonly kind: 'http' | 'https'; readonly host: string },
  status: number,
  location: string,
  left: number,
): Asked | Outcome {
  const here = parseUrl(`${kind}://${host}${path}`)
  const there = parseUrl(location, here)
  if (!here || !there)
    return failure(`status ${status} leads to ${quote(location)}, which is no URL`)
  if (there.origin !== here.origin) {
    return failure(`status ${status} leads elsewhere, to ${quote(there.origin)}`)
  }
  if (left === 0) return failure(`status ${status} after as many redirects as are allowed`)
  return { method: methodAfter(status, method), path: `${there.pathname}${there.search}` }
}

/** A form that was sent is answered by a page (RFC 9110 §15.4.2 to 4), 307 and 308 repeat it. */
function methodAfter(status: number, method: HttpMethod): HttpMethod {
  if (method === 'HEAD' || status >= 307) return method
  return status === 303 || method === 'POST' ? 'GET' : method
}

function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined
}
