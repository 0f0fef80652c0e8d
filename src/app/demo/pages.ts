/**
 * What a demo backend serves over HTTP: a page for people, `/healthz` for probes, and `/whoami` for
 * the lab, whose page is of another origin and may read that one path if it is a friend's.
 */

import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http'

import { greetingOf } from './echo.ts'
import { PAGE_HEADERS, renderPage } from './page.ts'

interface Host {
  readonly name: string
  readonly colour: string
  readonly address: string
  readonly isFriend?: (origin: string) => boolean
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }

export function pagesOf({ name, colour, address, isFriend = nobody }: Host): RequestListener {
  const page = renderPage(name, colour, address)
  return ({ method, url = '/', headers }, response) => {
    const [path] = url.split('?', 1)
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end('only GET and HEAD are served here\n')
    } else if (path === '/') {
      response.writeHead(200, PAGE_HEADERS).end(page)
    } else if (path === '/healthz') {
      response.writeHead(200, PLAIN).end(`ok ${name}\n`)
    } else if (path === '/whoami') {
      response.writeHead(200, { ...PLAIN, ...sharing(headers, isFriend) }).end(greetingOf(name))
    } else {
      response.writeHead(404, PLAIN).end('not found; try /, /healthz or /whoami\n')
    }
  }
}

/** What lets a page of another origin read the answer (Fetch Standard, "CORS protocol"). */
function sharing(
  { origin }: IncomingMessage['headers'],
  isFriend: (origin: string) => boolean,
): OutgoingHttpHeaders {
  const isShared = origin !== undefined && isFriend(origin)
  // Vary in any case: what one origin was told must not be kept for another.
  return { vary: 'origin', ...(isShared && { 'access-control-allow-origin': origin }) }
}

function nobody(): boolean {
  return false
}
