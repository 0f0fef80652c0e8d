/**
 * DNS over HTTPS (RFC 8484) beside the API, for pages of this server and for a proxy on this
 * machine that speaks TLS. Beyond this machine nobody is answered: there it would be DNS over plain
 * HTTP, which everybody on the way can read and change.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { type Endpoint, isLoopback } from '../base/address.ts'

import { type Answerer, clientAt } from '../transport/answerer.ts'
import { problem } from '../transport/https/exchange.ts'
import { answerHttp1, sendHttp1 } from '../transport/https/http1.ts'
import { HTTPS_LIMITS } from '../transport/https/limits.ts'
import { Visit } from '../transport/https/visit.ts'

/**
 * Answers each request to DNS_PATH that comes to a server at `endpoint`; who may ask it has been
 * judged before.
 */
export function createDnsQuery(answerer: Answerer, endpoint: Endpoint) {
  const visits = new WeakMap<Socket, Visit>()
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request
    const visit = visits.get(socket) ?? new Visit(clientAt(socket.remoteAddress), HTTPS_LIMITS)
    visits.set(socket, visit)
    if (isLoopback(endpoint)) answerHttp1(answerer, visit, HTTPS_LIMITS, request, response)
    else sendHttp1(problem(403, BEYOND), visit, request, response)
  }
}

const BEYOND =
  'listen.http is no loopback address, and DNS is not spoken over plain HTTP beyond one; ' +
  'ask where listen.https is'
