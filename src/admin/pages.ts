/**
 * The pages that a browser shows, as the build made them: read once at the start, since nothing
 * else will be there while this process runs.
 *
 * Always true: a page asks nobody but this server and whom its policy names, runs no script and
 * takes no style but from the files beside it, and stands in no frame.
 */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** As it stands on disk, with what its ETag says. */
export interface PageFile {
  readonly octets: Uint8Array<ArrayBuffer>
  readonly mediaType: string
  readonly etag: string
  /** Whether its name changes with what is in it. */
  readonly isHashed: boolean
}

/** By the path that they are asked for at; empty where nothing was built; or why there are none. */
export type Pages = ReadonlyMap<string, PageFile> | { readonly problem: string }

/** Which file of the folder stands at which path. */
const DOCUMENTS: Readonly<Record<string, string>> = { '/': 'index.html', '/lab': 'lab.html' }
const ASSETS = 'assets'
/** Asked for by paths that are pages, whether they are built or not. */
export const PAGE_PATHS: readonly string[] = [...Object.keys(DOCUMENTS), `/${ASSETS}/:file`]

/** Whether a page, or what belongs to one, is asked for; by the target of the request. */
export function isPagePath(target: string): boolean {
  const [path = ''] = target.split('?', 1)
  return Object.hasOwn(DOCUMENTS, path) || path.startsWith(`/${ASSETS}/`)
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.map': 'application/json',
  '.woff2': 'font/woff2',
}

/**
 * Reads a folder that the build has made; none of it where it is not there or not whole. One that
 * cannot be read is no reason not to answer DNS.
 */
export async function readPages(folder: string): Promise<Pages> {
  try {
    const assets = await readdir(join(folder, ASSETS))
    const paths = [
      ...Object.entries(DOCUMENTS).map(([path, file]) => ({ path, file, isHashed: false })),
      ...assets.map((name) => ({
        path: `/${ASSETS}/${name}`,
        file: `${ASSETS}/${name}`,
        isHashed: true,
      })),
    ]
    const reading = paths.map(
      async ({ path, file, isHashed }) => [path, await read(join(folder, file), isHashed)] as const,
    )
    return new Map(await Promise.all(reading))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    return { problem: `the pages cannot be read: ${(error as Error).message}` }
  }
}

async function read(file: string, isHashed: boolean): Promise<PageFile> {
  const octets = new Uint8Array(await readFile(file))
  const mediaType = MEDIA_TYPES[extname(file)] ?? 'application/octet-stream'
  return { octets, mediaType, etag: etagOf(octets), isHashed }
}

/** A strong ETag (RFC 9110 §8.8.3): the same octets, the same tag, after a restart too. */
export function etagOf(octets: Uint8Array | string): string {
  return `"${createHash('sha256').update(octets).digest('base64url').slice(0, 27)}"`
}

/** Whether who asks has it already: If-None-Match, compared weakly (RFC 9110 §13.1.2). */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

/** What a page may do; `origins` are those that it may ask besides its own server. */
export function pageHeaders(origins: readonly string[]): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...origins].join(' '),
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

/** The file at a path to who has, or has not, seen it before; undefined where there is none. */
export function pageResponse(
  pages: Pages,
  path: string,
  ifNoneMatch: string | undefined,
): Response | undefined {
  if ('problem' in pages) return unavailable(UNREADABLE)
  if (pages.size === 0) return unavailable(NOT_BUILT)
  const file = pages.get(path)
  if (!file) return
  const { octets, mediaType, etag, isHashed } = file
  // A document names the files of its build, so it is asked about again each time.
  const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache'
  const headers = { etag, 'cache-control': caching }
  if (isKnown(ifNoneMatch, etag)) return new Response(null, { status: 304, headers })
  return new Response(octets, { headers: { ...headers, 'content-type': mediaType } })
}

const NOT_BUILT = 'are not built: "npm run build" makes them, and a restart reads\nthem.'
/** What is wrong names a path of this machine, which the log may tell and a browser need not. */
const UNREADABLE = 'cannot be read: the log says why, and a restart reads them\nagain.'

function unavailable(why: string): Response {
  const rest = 'Its API is here all the same: /api/v1/status tells how things stand.'
  return new Response(`The pages of this server ${why} ${rest}\n`, {
    status: 503,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  })
}
