/**
 * Asks the gRPC health service (grpc.health.v1, grpc/doc/health-checking.md) over HTTP/2, in clear
 * or through TLS. The one message that is sent and the one that is read are a few octets, so they
 * are written and read by hand.
 */

import { type ClientHttp2Session, connect } from 'node:http2'
import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2'
import { TLSSocket } from 'node:tls'

import { failure, type OnStage, type Outcome, quote, success, withWarning } from './probe.ts'
import type { GrpcProbe } from './spec.ts'
import { certificateWarning, tlsFault, tlsOptions } from './tls.ts'

/** SERVING in its frame is 7 octets; who sends more than this sends something else. */
const ANSWER_OCTETS_MAX = 1_024

export function probeGrpc(
  address: string,
  probe: GrpcProbe,
  signal: AbortSignal,
  onStage: OnStage,
  wallMs: () => number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const session = open(address, probe)
    let warning: string | undefined
    const settle = (outcome: Outcome) => {
      resolve(outcome.isSuccess ? withWarning(outcome, warning) : outcome)
      session.destroy()
    }
    signal.addEventListener('abort', () => settle(failure('aborted')), { once: true })
    session.once('connect', (_, socket) => {
      if (socket instanceof TLSSocket) warning = certificateWarning(socket, probe, wallMs())
      onStage('connected, no answer')
    })
    session.on('error', (error) => settle(tlsFault(error)))
    session.on('close', () => settle(failure('connection closed before an answer')))
    ask(session, probe, settle)
  })
}

function open(address: string, probe: GrpcProbe): ClientHttp2Session {
  const host = address.includes(':') ? `[${address}]` : address
  if (!probe.isTls) return connect(`http://${host}:${probe.port}`)
  return connect(`https://${host}:${probe.port}`, tlsOptions(probe))
}

function ask(
  session: ClientHttp2Session,
  { service, host }: GrpcProbe,
  settle: (outcome: Outcome) => void,
): void {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    // Proxies find their way by it.
    ...(host !== undefined && { ':authority': host }),
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': 'rota-probe',
  })
  const chunks: Buffer[] = []
  let length = 0
  let fault: string | undefined
  stream.on('response', (headers) => {
    fault = headerFault(headers)
  })
  stream.on('trailers', (headers) => {
    fault ??= statusFault(headers)
  })
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > ANSWER_OCTETS_MAX) settle(failure('answer is no gRPC health status'))
    else chunks.push(chunk)
  })
  stream.on('end', () => {
    settle(fault === undefined ? judgeStatus(readStatus(Buffer.concat(chunks))) : failure(fault))
  })
  // A stream whose session never came to be is cancelled, and has the reason as its cause.
  stream.on('error', (error) => settle(tlsFault(error.cause ?? error)))
  stream.end(healthRequest(service))
}

/** Where there is no answer at all, the status is in the header (a response of trailers alone). */
function headerFault(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): string | undefined {
  const status = headers[':status']
  if (status !== 200) return `status ${status}, expected 200`
  const type = headers['content-type'] ?? ''
  return type.startsWith('application/grpc') ? statusFault(headers) : 'answer is not gRPC'
}

/** The codes that a health service answers with (grpc/doc/statuscodes.md). */
const STATUS_NAMES: Readonly<Record<string, string>> = {
  5: 'service is not known there',
  12: 'health service is not implemented',
  14: 'unavailable',
  16: 'asks for credentials',
}

function statusFault(headers: IncomingHttpHeaders): string | undefined {
  const status = headers['grpc-status']
  if (status === undefined || status === '0') return undefined
  const code = Array.isArray(status) ? status[0]! : status
  return STATUS_NAMES[code] ?? `gRPC status ${quote(code)}`
}

const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const

function judgeStatus(status: number | undefined): Outcome {
  const word = SERVING_STATUS[status ?? -1]
  if (word === undefined) return failure('answer is no gRPC health status')
  return word === 'SERVING' ? success(word) : failure(word)
}

/** HealthCheckRequest { string service = 1 }, behind the prefix of a plain message. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service)
  const field = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : name
  const prefix = Buffer.alloc(PREFIX_OCTETS)
  prefix.writeUInt32BE(field.length, 1)
  return Buffer.concat([prefix, field])
}

/** So that its length is one octet of a varint. */
export const SERVICE_OCTETS_MAX = 127
const PREFIX_OCTETS = 5

/**
 * The status of HealthCheckResponse { ServingStatus status = 1 }; a field that is left out is 0.
 * Undefined for what is no such message.
 */
export function readStatus(octets: Buffer): number | undefined {
  if (octets.length < PREFIX_OCTETS || octets[0] !== 0) return undefined
  if (octets.readUInt32BE(1) !== octets.length - PREFIX_OCTETS) return undefined
  const message = octets.subarray(PREFIX_OCTETS)
  if (message.length === 0) return 0
  const STATUS_TAG = 0x08
  return message.length === 2 && message[0] === STATUS_TAG ? message[1] : undefined
}
