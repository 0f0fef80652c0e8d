/**
 * The pages that a browser shows, as the build made them: read and packed once at the start, since
 * nothing else will be there while this process runs.
 *
 * Always true: a page asks nobody but this server and whom its policy names, runs no script and
 * takes no style but from the files beside it, and stands in no frame.
 */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** One of what may be sent for a file, with what its ETag says (RFC 9110 §8.8.3.3). */
interface Form {
  readonly octets: Uint8Array<ArrayBuffer>
  readonly etag: string
}

export interface PageFile {
  /** As it stands on disk. */
  readonly plain: Form
  /** By gzip; absent where that is no smaller. */
  readonly packed?: Form
  readonly mediaType: string
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
  const plain = formOf(await readFile(file))
  const packed = formOf(await pack(plain.octets))
  const isSmaller = packed.octets.length < plain.octets.length
  const mediaType = MEDIA_TYPES[extname(file)] ?? 'application/octet-stream'
  return { plain, ...(isSmaller && { packed }), mediaType, isHashed }
}

/**
 * Brotli would take off another thirtieth in the same time, and a tenth in a quarter of a second;
 * and browsers ask for it over TLS alone, or on the same machine.
 */
const pack = promisify(gzip)

function formOf(read: Buffer): Form {
  const octets = new Uint8Array(read)
  return { octets, etag: etagOf(octets) }
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

/** Whether gzip may be sent, and is wanted no less than what is not packed (RFC 9110 §12.5.3). */
export function takesGzip(acceptEncoding = ''): boolean {
  const weights = new Map<string, number>()
  for (const one of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = one.split(';').map((part) => part.trim())
    const weight = parameters.find((part) => part.startsWith('q='))?.slice(2) ?? '1'
    // An older name of the same (§8.4.1.3).
    weights.set(coding === 'x-gzip' ? 'gzip' : coding, Number(weight))
  }
  const asked = weights.get('gzip') ?? weights.get('*') ?? 0
  return asked > 0 && asked >= (weights.get('identity') ?? 0)
}

/** What a page may do; `origins` are those that it may ask besides its own server. */
export function pageHeaders(origins: readonly string[]): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...origins].join(' '),
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

/** What who asks says of what they have, and of what they can read. */
export interface PageRequest {
  readonly path: string
  readonly ifNoneMatch: string | undefined
  readonly acceptEncoding: string | undefined
}

/** The file at a path to who has, or has not, seen it before; undefined where there is none. */
export function pageResponse(
  pages: Pages,
  { path, ifNoneMatch, acceptEncoding }: PageRequest,
): Response | undefined {
  if ('problem' in pages) return unavailable(UNREADABLE)
  if (pages.size === 0) return unavailable(NOT_BUILT)
  const file = pages.get(path)
  if (!file) return
  const { plain, mediaType, isHashed } = file
  const packed = takesGzip(acceptEncoding) ? file.packed : undefined
  const { octets, etag } = packed ?? plain
  // A document names the files of its build, so it is asked about again each time.
  const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache'
  const headers = { etag, 'cache-control': caching, vary: 'accept-encoding' }
  if (isKnown(ifNoneMatch, etag)) return new Response(null, { status: 304, headers })
  return new Response(octets, {
    headers: {
      ...headers,
      ...(packed && { 'content-encoding': 'gzip' }),
      'content-type': mediaType,
      // Said here, since of an answer to HEAD nobody else knows it.
      'content-length': String(octets.length),
    },
  })
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
