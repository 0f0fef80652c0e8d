/**
 * Asks one URL of one address, over HTTP or HTTPS. The connection goes to the target's address,
 * whatever the host's name resolves to elsewhere, and is closed after the answer.
 *
 * Always true: no redirect is followed, no more than BODY_OCTETS_MAX is read, and Node itself
 * bounds the headers (16 KiB).
 */

import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { TLSSocket } from 'node:tls'

import type { HttpProbe, StatusRange } from '../check.ts'
import { faultOutcome } from './faults.ts'
import { failure, type OnStage, type Outcome, success } from './probe.ts'

/** Enough for any health page, and little enough to read every second. */
export const BODY_OCTETS_MAX = 65_536

export function probeHttp(
  address: string,
  probe: HttpProbe,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const request = open(address, probe)
    const settle = (outcome: Outcome) => {
      resolve(outcome)
      request.destroy()
    }
    signal.addEventListener('abort', () => settle(failure('aborted')), { once: true })
    request.on('socket', (socket) => {
      const isSecure = socket instanceof TLSSocket
      socket.once('connect', () =>
        onStage(isSecure ? 'connected, no TLS handshake' : 'connected, no answer'),
      )
      socket.once('secureConnect', () => onStage('connected, no answer'))
    })
    const onClose = () => settle(failure('connection closed before an answer'))
    request.on('close', onClose)
    request.on('response', (response) => {
      request.off('close', onClose) // From here on it is for the response to say what is missing.
      const fault = statusFault(response.statusCode!, probe.expect)
      if (fault) settle(failure(fault))
      else if (probe.body === undefined) settle(success(`status ${response.statusCode}`))
      else search(response, probe.body, settle, onStage)
    })
    request.on('error', (error) => {
      const fault = certificateFault(error)
      settle(fault ? failure(fault) : faultOutcome(error))
    })
    request.end()
  })
}

function open(address: string, { kind, port, path, host, verify }: HttpProbe): ClientRequest {
  const headers = {
    host: host ?? hostOf(address, kind, port),
    'user-agent': 'rota-probe',
    accept: '*/*',
    // A compressed body would hide the text that is looked for.
    'accept-encoding': 'identity',
    connection: 'close',
  }
  const common = { host: address, port, path, headers, agent: false } as const
  if (kind === 'http') return requestHttp(common)
  return requestHttps({
    ...common,
    servername: serverName(host ?? ''),
    rejectUnauthorized: verify,
  })
}

/** An address as the Host header writes it, with the port where it is not the usual one. */
function hostOf(address: string, kind: 'http' | 'https', port: number): string {
  const host = address.includes(':') ? `[${address}]` : address
  return port === (kind === 'http' ? 80 : 443) ? host : `${host}:${port}`
}

/** SNI carries a name alone: no port, no address (RFC 6066 §3). */
function serverName(host: string): string {
  const name = host.replace(/:\d+$/, '')
  return isIP(name) || name.startsWith('[') ? '' : name
}

function statusFault(status: number, expect: readonly StatusRange[]): string | undefined {
  if (expect.some(({ from, to }) => from <= status && status <= to)) return undefined
  const ranges = expect.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
  return `status ${status}, expected ${ranges.join(', ')}`
}

/** Reads the body as far as needed to find `text`, or to know that it is not there. */
function search(
  response: IncomingMessage,
  text: string,
  settle: (outcome: Outcome) => void,
  onStage: OnStage,
): void {
  const wanted = Buffer.from(text)
  const body = Buffer.allocUnsafe(BODY_OCTETS_MAX)
  let length = 0
  const status = `status ${response.statusCode}`
  onStage(`${status}, body not complete`)
  response.on('data', (chunk: Buffer) => {
    // The text may begin in what came before, but never further back than its own length.
    const from = Math.max(0, length - wanted.length + 1)
    length += chunk.copy(body, length)
    if (body.subarray(0, length).indexOf(wanted, from) >= 0)
      settle(success(`${status}, body matches`))
    else if (length === body.length)
      settle(failure(`${status}, body lacks ${quote(text)} in 64 KiB`))
  })
  response.on('end', () => settle(failure(`${status}, body lacks ${quote(text)}`)))
  response.on('error', () => settle(failure(`${status}, connection closed within the body`)))
  response.on('close', () => settle(failure(`${status}, connection closed within the body`)))
}

/** Short enough for a line of a log. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

/** A certificate for other names: says which name was asked for, as the slip may be in `host`. */
function certificateFault(error: Error): string | undefined {
  if (!('code' in error) || error.code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined
  const host = 'host' in error ? ` "${error.host}"` : ''
  return `certificate is not valid for${host}`
}
