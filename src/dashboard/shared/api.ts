/**
 * The API as pages ask it: JSON in and out, problems (RFC 9457) as values, the token with what
 * changes anything. A read may be unchanged since the last one (ETag), which costs next to nothing.
 */

import type { TokenKeeper } from './token.ts'

/** What the server, or the way to it, has against a request. */
export interface Problem {
  /** Of HTTP; 0 where nobody answered. */
  readonly status: number
  readonly detail: string
  readonly remedy?: string
  /** Of a reload: what is wrong in which file, as `file:line:column: message`. */
  readonly places?: readonly string[]
}

interface Diagnostic {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export type Reply<T> = { readonly value: T } | { readonly problem: Problem }

/** What a read told, and by what it is known again. */
export interface Read<T> {
  readonly value: T
  readonly etag?: string
}

export interface Api {
  /** Resolves to `unchanged` where it is what `etag` stands for. */
  read<T>(path: string, etag?: string): Promise<Read<T> | 'unchanged' | { problem: Problem }>
  /** Asks for the token where it needs one; the problem is 401 where none is given. */
  write<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Reply<T>>
}

export interface ApiParts {
  readonly fetch: typeof fetch
  readonly tokens: TokenKeeper
  /** Asks the reader; undefined where they will not say. `isWrong`: the last one was. */
  readonly askToken: (isWrong: boolean) => Promise<string | undefined>
}

/** A status of ten thousand members takes a while on a slow line; longer is no answer. */
const TIMEOUT_MS = 15_000

export const NOBODY: Problem = {
  status: 0,
  detail: 'the server does not answer',
  remedy: 'see whether it runs, and whether this machine reaches it',
}
const NO_TOKEN: Problem = {
  status: 401,
  detail: 'nothing was changed: a change needs the token',
  remedy: 'it stands in the file "token" of the state folder',
}

export function createApi({ fetch, tokens, askToken }: ApiParts): Api {
  async function ask(path: string, init: RequestInit): Promise<Response | undefined> {
    try {
      return await fetch(path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    } catch {
      return undefined
    }
  }

  return {
    async read<T>(path: string, etag?: string) {
      const headers: Record<string, string> = { accept: 'application/json' }
      if (etag !== undefined) headers['if-none-match'] = etag
      // The browser's own cache would turn a 304 into a 200, and the whole is read for nothing.
      const response = await ask(path, { headers, cache: 'no-store' })
      if (!response) return { problem: NOBODY }
      if (response.status === 304) return 'unchanged' as const
      const reply = await replyOf<T>(response)
      const told = response.headers.get('etag')
      return 'value' in reply && told !== null ? { ...reply, etag: told } : reply
    },

    async write<T>(method: string, path: string, body?: unknown): Promise<Reply<T>> {
      let isWrong = false
      for (;;) {
        const token = tokens.get() ?? (await askToken(isWrong))
        if (token === undefined) return { problem: NO_TOKEN }
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
        const text = body === undefined ? {} : { body: JSON.stringify(body) }
        const response = await ask(path, { method, headers, ...text })
        if (!response) return { problem: NOBODY }
        if (response.status !== 401) {
          tokens.set(token)
          return replyOf<T>(response)
        }
        tokens.forget()
        isWrong = true
      }
    },
  }
}

async function replyOf<T>(response: Response): Promise<Reply<T>> {
  const { ok, status } = response
  try {
    const text = await response.text()
    const value: unknown = text === '' ? undefined : JSON.parse(text)
    return ok ? { value: value as T } : { problem: problemOf(status, value) }
  } catch {
    return { problem: problemOf(status, undefined) }
  }
}

type Said = Partial<Problem> & { readonly diagnostics?: readonly Diagnostic[] }

function problemOf(status: number, value: unknown): Problem {
  const said = typeof value === 'object' && value !== null ? (value as Said) : {}
  const { detail = `the server answered with status ${status}`, remedy, diagnostics } = said
  const places = diagnostics?.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  )
  return { status, detail, ...(remedy !== undefined && { remedy }), ...(places && { places }) }
}
