/**
 * Posts one text to one address, and says what came of it. TLS is verified as Node does it; no
 * redirect is followed, and nothing of an answer is kept but its status.
 */

import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** A status, or why there is none. */
export type Answer =
  | { readonly status: number; readonly retryAfter?: string | undefined }
  | { readonly silence: string }

/** Of an answer that is let go by; who sends more is hung up on. */
const ANSWER_OCTETS_MAX = 64 * 1024

/** Resolves when the answer is over, or `signal` ends the wait for it. Never rejects. */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve) => {
    const ask = url.startsWith('https:') ? requestHttps : requestHttp
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    // A connection each: whoever closes one that is idle would make a failure of the next event.
    const request = ask(url, { method: 'POST', headers: { ...headers, ...length }, agent: false })
    let answer: Answer = { silence: 'connection closed before an answer' }
    const settle = () => {
      resolve(answer)
      request.destroy()
    }
    const onAbort = () => {
      if ('silence' in answer) answer = { silence: 'no answer in time' }
      settle()
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    request.on('error', (error) => {
      if ('silence' in answer) answer = { silence: reasonOf(error) }
      settle()
    })
    request.on('response', (response) => {
      const { 'retry-after': retryAfter } = response.headers
      answer = { status: response.statusCode!, ...(retryAfter !== undefined && { retryAfter }) }
      letBy(response, settle)
    })
    request.on('close', () => {
      signal.removeEventListener('abort', onAbort)
      settle()
    })
    request.end(body)
  })
}

function letBy(response: IncomingMessage, settle: () => void): void {
  let octets = 0
  response.on('data', (chunk: Buffer) => {
    octets += chunk.length
    if (octets > ANSWER_OCTETS_MAX) settle()
  })
  response.on('error', settle)
  response.on('end', settle)
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to it',
  ENOTFOUND: 'there is no such host',
}

/** Two addresses that both fail come as one error without words. */
function reasonOf(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? (error.message || (error.code ?? 'no connection'))
}
