/**
 * Asks one URL of one address, over HTTP or HTTPS. The connection goes to the target's address,
 * whatever the host's name resolves to elsewhere, and is closed after the answer.
 *
 * Always true: no redirect is followed but those the check allows, and none to anybody else; no
 * more than BODY_OCTETS_MAX is read, and Node itself bounds the headers (16 KiB).
 */

import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import { TLSSocket } from 'node:tls'

import { bodyIsWanted, readBody } from './http-body.ts'
import { type Asked, isRedirect, nextAsked } from './http-redirect.ts'
import { failure, type OnStage, type Outcome, quote, success, withWarning } from './probe.ts'
import { readLoad } from './report.ts'
import type { HttpProbe, StatusRange } from './spec.ts'
import { certificateWarning, tlsFault, tlsOptions } from './tls.ts'

export async function probeHttp(
  address: string,
  probe: HttpProbe,
  signal: AbortSignal,
  onStage: OnStage,
  wallMs: () => number,
): Promise<Outcome> {
  let asked: Asked = { method: probe.method ?? 'GET', path: probe.path }
  for (let left = probe.redirects ?? 0; ; left--) {
    const found = await exchange(address, probe, { asked, left, signal, onStage, wallMs })
    if ('isSuccess' in found) return found
    asked = found
  }
}

interface Exchange {
  readonly asked: Asked
  /** Redirects that may still be followed. */
  readonly left: number
  readonly signal: AbortSignal
  readonly onStage: OnStage
  readonly wallMs: () => number
}

/** One request and its answer: the outcome, or what to ask next. */
function exchange(
  address: string,
  probe: HttpProbe,
  { asked, left, signal, onStage, wallMs }: Exchange,
): Promise<Outcome | Asked> {
  return new Promise((resolve) => {
    const request = open(address, probe, asked)
    let warning: string | undefined
    const settle = (found: Outcome | Asked) => {
      resolve('isSuccess' in found && found.isSuccess ? withWarning(found, warning) : found)
      request.destroy()
    }
    if (signal.aborted) settle(failure('aborted'))
    signal.addEventListener('abort', () => settle(failure('aborted')), { once: true })
    request.on('socket', (socket) => {
      const isSecure = socket instanceof TLSSocket
      socket.once('connect', () =>
        onStage(isSecure ? 'connected, no TLS handshake' : 'connected, no answer'),
      )
      if (!isSecure) return
      socket.once('secureConnect', () => {
        warning = certificateWarning(socket, probe, wallMs())
        onStage('connected, no answer')
      })
    })
    const onClose = () => settle(failure('connection closed before an answer'))
    request.on('close', onClose)
    request.on('response', (response) => {
      request.off('close', onClose) // From here on it is for the response to say what is missing.
      const status = response.statusCode!
      const { location } = response.headers
      const isExpected = probe.expect.some(({ from, to }) => from <= status && status <= to)
      if (isExpected) judge(response, probe, settle, onStage)
      else if (probe.redirects && isRedirect(status) && location !== undefined) {
        const host = probe.host ?? hostOf(address, probe.kind, probe.port)
        settle(nextAsked({ ...asked, kind: probe.kind, host }, status, location, left))
      } else settle(failure(statusFault(status, probe.expect)))
    })
    request.on('error', (error) => settle(tlsFault(error)))
    request.end()
  })
}

function open(address: string, probe: HttpProbe, { method, path }: Asked): ClientRequest {
  const { kind, port, host } = probe
  const headers = {
    'user-agent': 'rota-probe',
    accept: '*/*',
    ...probe.headers,
    host: host ?? hostOf(address, kind, port),
    // A compressed body would hide the text that is looked for.
    'accept-encoding': 'identity',
    connection: 'close',
  }
  const common = { host: address, port, method, path, headers } as const
  if (kind === 'https') return requestHttps({ ...common, ...tlsOptions(probe), agent: false })
  // Not even an agent that lasts for one request: it takes an eighth of what the probe costs.
  return requestHttp({ ...common, createConnection: () => connect({ host: address, port }) })
}

/** An address as the Host header writes it, with the port where it is not the usual one. */
function hostOf(address: string, kind: 'http' | 'https', port: number): string {
  const host = address.includes(':') ? `[${address}]` : address
  return port === (kind === 'http' ? 80 : 443) ? host : `${host}:${port}`
}

/** Judges an answer whose status is as it should be. */
function judge(
  response: IncomingMessage,
  probe: HttpProbe,
  settle: (outcome: Outcome) => void,
  onStage: OnStage,
): void {
  if (bodyIsWanted(probe)) {
    readBody(response, probe, settle, onStage)
    return
  }
  const outcome = success(`status ${response.statusCode}`)
  const { report } = probe
  settle(report && 'header' in report ? withHeader(outcome, response, report.header) : outcome)
}

function withHeader(outcome: Outcome, { headers }: IncomingMessage, name: string): Outcome {
  const value = headers[name.toLowerCase()]
  const text = Array.isArray(value) ? value[0] : value
  const report = text === undefined ? undefined : readLoad(text)
  if (report) return { ...outcome, report }
  const fault = text === undefined ? 'is missing' : `is ${quote(text)}, no number`
  return withWarning(outcome, `header ${name} ${fault}`)
}

function statusFault(status: number, expect: readonly StatusRange[]): string {
  const ranges = expect.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
  return `status ${status}, expected ${ranges.join(', ')}`
}
