/** One request of HTTP/1.1: over TLS, or on the API's own port from this machine. */

import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Answerer } from '../answerer.ts'
import { readBody } from './body.ts'
import { exchange, judgeHead, TOO_LONG, TOO_MUCH, type Told } from './exchange.ts'
import type { HttpsLimits } from './limits.ts'
import type { Visit } from './visit.ts'

export function answerHttp1(
  answerer: Answerer,
  visit: Visit,
  limits: HttpsLimits,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = '', url = '', headers } = request
  request.on('error', () => {}) // Whoever goes away is no fault of ours; `close` follows.
  const reply = (asked: Uint8Array | Told) => {
    const told = 'status' in asked ? asked : exchange(answerer, asked, visit.client)
    sendHttp1(told, visit, request, response)
  }
  const judged = visit.isDeaf
    ? TOO_MUCH
    : judgeHead({ method, target: url, type: headers['content-type'] })
  if (judged !== 'body') reply(judged)
  else if (Number(headers['content-length'] ?? 0) > limits.bodyOctets) reply(TOO_LONG)
  else readBody(request, visit, limits, reply)
}

/** Tells what was decided, and ends a connection whose next request cannot be found. */
export function sendHttp1(
  { status, headers, octets }: Told,
  visit: Visit,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // What is left of a body that nobody wants is not worth reading.
  const isLast = visit.isOld || visit.isDeaf || (!request.complete && hasBody(request))
  visit.owe(octets.length)
  response.once('close', () => {
    visit.settle(octets.length, response.writableFinished)
    if (isLast) request.socket.destroySoon()
  })
  response.writeHead(status, isLast ? { ...headers, connection: 'close' } : headers)
  response.end(octets)
}

/** RFC 9112 §6.3. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
