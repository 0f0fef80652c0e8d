/**
 * One question over TLS (RFC 7858) or HTTPS (RFC 8484): by HTTP/2 where the server knows it, or by
 * HTTP/1.1; and over plain HTTP for whoever says so in a URL.
 */

import { once } from 'node:events'
import { request } from 'node:http'
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { connect as connectHttp2 } from 'node:http2'
import { connect, isIP, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { connect as connectTls, type TLSSocket } from 'node:tls'

import { Packet } from 'dns2'

import type { Clock } from '../base/clock.ts'

import { FRAME_OCTETS_MAX, frameMessage } from '../wire/frame.ts'

import { judge, messageOf, type Outcome, silence, silenceOf } from './outcome.ts'

export interface Secure {
  /** Where queries are posted; absent: DNS over TLS. */
  readonly url?: URL
  /** Whom the certificate must name: a host, or an address. */
  readonly name: string
  /** Whether the certificate must be one that this machine trusts. */
  readonly isVerified: boolean
}

export interface SecureExchange {
  readonly secure: Secure
  readonly address: string
  readonly server: { readonly port: number }
  readonly query: Buffer
  readonly timeoutMs: number
  readonly clock: Clock
}

/** Never rejects. */
export async function askSecurely(exchange: SecureExchange): Promise<Outcome> {
  const { secure, clock, timeoutMs, query } = exchange
  const started = clock.now()
  const isPlain = secure.url?.protocol === 'http:'
  const socket = isPlain ? connectPlainly(exchange) : shakeHands(exchange)
  let isLate = false
  const cancel = clock.after(timeoutMs, () => {
    isLate = true
    socket.destroy(new Error('no whole reply in time'))
  })
  socket.on('error', () => {}) // Whoever waits for it hears of it.
  try {
    await once(socket, isPlain ? 'connect' : 'secureConnect')
    // A cache finds the same question under the same octets (RFC 8484 §4.1).
    const asked = secure.url ? withoutId(query) : query
    const octets = await (secure.url
      ? post(socket, secure.url, asked)
      : converse(socket as TLSSocket, asked))
    const transport = isPlain ? 'HTTP' : secure.url ? 'HTTPS' : 'TLS'
    const reply = judge(octets, asked, transport, clock.now() - started)
    return typeof reply === 'string' ? silence('unreachable', reply) : reply
  } catch (error) {
    if (isLate) return silence('timeout', '')
    return isDistrust(error) ? silence('distrusted', messageOf(error)) : silenceOf(error)
  } finally {
    cancel()
    socket.destroy()
  }
}

function connectPlainly({ address, server }: SecureExchange): Socket {
  return connect({ host: address, port: server.port })
}

function shakeHands({ address, server, secure }: SecureExchange): TLSSocket {
  const isNamed = isIP(secure.name) === 0
  return connectTls({
    host: address,
    port: server.port,
    ...(isNamed && { servername: secure.name }),
    ALPNProtocols: secure.url ? ['h2', 'http/1.1'] : ['dot'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: secure.isVerified,
  })
}

/** As over TCP. */
function converse(socket: TLSSocket, query: Buffer): Promise<Buffer> {
  socket.write(frameMessage(query))
  return Packet.readStream(socket)
}

const HEADERS = { accept: 'application/dns-message', 'content-type': 'application/dns-message' }

function post(socket: Socket, url: URL, query: Buffer): Promise<Buffer> {
  const isHttp2 = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
  return isHttp2 ? postByHttp2(socket, url, query) : postByHttp1(socket, url, query)
}

async function postByHttp2(socket: Socket, url: URL, query: Buffer): Promise<Buffer> {
  const session = connectHttp2(url.origin, { createConnection: () => socket })
  session.on('error', () => {}) // The stream has it, too.
  const path = `${url.pathname}${url.search}`
  const stream = session.request({ ':method': 'POST', ':path': path, ...HEADERS })
  stream.end(query)
  const headers = await answerOf(stream)
  const octets = await readBody(stream)
  session.destroy()
  return messageIn(Number(headers[':status']), headers['content-type'], octets)
}

/** A stream may end without a word, and that is no error to Node. */
function answerOf(stream: ClientHttp2Stream): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    stream.once('response', resolve)
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('it ended the exchange unanswered')))
  })
}

async function postByHttp1(socket: Socket, url: URL, query: Buffer): Promise<Buffer> {
  const asking = request(url.href.replace(/^https:/, 'http:'), {
    method: 'POST',
    headers: { ...HEADERS, host: url.host, 'content-length': query.length },
    createConnection: () => socket,
  })
  asking.end(query)
  const [response] = await once(asking, 'response')
  const octets = await readBody(response)
  return messageIn(response.statusCode, response.headers['content-type'], octets)
}

/** A message, or what stands in its place; neither is longer. */
async function readBody(from: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of from) {
    chunks.push(chunk)
    size += chunk.length
    if (size > FRAME_OCTETS_MAX) throw new Error('a body came that is longer than any message')
  }
  return Buffer.concat(chunks)
}

function messageIn(status: number, type: string | undefined, octets: Buffer): Buffer {
  const isMessage = type?.startsWith('application/dns-message')
  if (status === 200 && isMessage) return octets
  const said = isMessage ? '' : octets.toString('utf8').slice(0, SAID_CHARACTERS_MAX).trim()
  throw new Error(`HTTP ${status} of type ${type ?? 'unknown'}${said === '' ? '' : `: ${said}`}`)
}

/** A page of an error is long, and its beginning says what is wrong. */
const SAID_CHARACTERS_MAX = 200

function withoutId(query: Buffer): Buffer {
  const asked = Buffer.from(query)
  asked.writeUInt16BE(0)
  return asked
}

/** Reasons of OpenSSL and of Node for which a certificate is not taken. */
function isDistrust(error: unknown): boolean {
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  return /CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO_VERIFY/.test(code)
}
