/** One session of HTTP/2: its streams, each a query, and what bounds them together. */

import { constants, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

import { type Answerer, clientAt } from '../answerer.ts'
import { readBody } from './body.ts'
import { exchange, judgeHead, type Told } from './exchange.ts'
import type { HttpsLimits } from './limits.ts'
import { Visit } from './visit.ts'

export function answerHttp2(
  answerer: Answerer,
  limits: HttpsLimits,
  session: ServerHttp2Session,
  socket: Socket,
): void {
  let grace: NodeJS.Timeout | undefined
  const visit = new Visit(clientAt(socket.remoteAddress), limits, () => {
    // Who asks at this very moment is answered, or learns that it must ask elsewhere.
    session.close()
    // Not the session: that waits until its client has read, which one that never does outlasts.
    grace = setTimeout(() => socket.destroy(), limits.requestMs)
  })
  const endSession = (code: number) => {
    // Without an error Node sends the code 0, whatever it is given.
    if (!session.destroyed) session.destroy(new Error('it takes back too much'), code)
  }
  session.on('error', () => {}) // Whoever speaks badly is no fault of ours; `close` follows.
  session.once('close', () => {
    visit.end()
    clearTimeout(grace)
  })
  session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    new Request(answerer, visit, limits, stream, endSession).take(headers)
  })
}

class Request {
  readonly #answerer: Answerer
  readonly #visit: Visit
  readonly #limits: HttpsLimits
  readonly #stream: ServerHttp2Stream
  /** Ends the session, of which a stream that is closed knows nothing any more. */
  readonly #endSession: (code: number) => void
  #isHead = false
  #owed = 0
  #isTold = false

  constructor(
    answerer: Answerer,
    visit: Visit,
    limits: HttpsLimits,
    stream: ServerHttp2Stream,
    endSession: (code: number) => void,
  ) {
    this.#endSession = endSession
    this.#answerer = answerer
    this.#visit = visit
    this.#limits = limits
    this.#stream = stream
    stream.on('error', () => {})
    stream.once('close', () => this.#settle())
  }

  take(headers: IncomingHttpHeaders): void {
    const { [':method']: method = '', [':path']: target = '' } = headers
    if (this.#visit.isDeaf) {
      this.#stream.close(constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    this.#isHead = method === 'HEAD'
    const judged = judgeHead({ method, target, type: headers['content-type'] })
    if (judged !== 'body') {
      this.#stream.resume() // A body that nobody asked for is read away.
      this.#reply(judged)
    } else readBody(this.#stream, this.#visit, this.#limits, (body) => this.#reply(body))
  }

  /** Answers a query, or tells what was decided without one. */
  #reply(asked: Uint8Array | Told): void {
    const stream = this.#stream
    if (stream.destroyed || stream.closed) return
    const told = 'status' in asked ? asked : exchange(this.#answerer, asked, this.#visit.client)
    const { status, headers, octets } = told
    this.#isTold = true
    this.#owed = octets.length
    this.#visit.owe(octets.length)
    stream.respond({ ':status': status, ...headers }, { endStream: this.#isHead })
    if (!this.#isHead) stream.end(octets)
    if (this.#visit.isOld) stream.session?.close()
  }

  #settle(): void {
    const isTaken = this.#isTold && this.#stream.rstCode === constants.NGHTTP2_NO_ERROR
    this.#visit.settle(this.#owed, isTaken)
    if (this.#visit.isRestless) this.#endSession(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }
}
