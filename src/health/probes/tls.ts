/**
 * The handshake, and what it says of the certificate: whether it is for the name that was asked,
 * whether it is trusted, and how long it will be. Every probe that speaks through TLS shares this.
 */

import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'

import { faultOutcome } from './faults.ts'
import { failure, type OnStage, type Outcome, success, withWarning } from './probe.ts'
import type { TlsProbe, TlsTerms } from './spec.ts'

export function probeTls(
  address: string,
  probe: TlsProbe,
  signal: AbortSignal,
  onStage: OnStage,
  wallMs: () => number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: probe.port, ...tlsOptions(probe) })
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    socket.once('connect', () => onStage('connected, no TLS handshake'))
    socket.once('secureConnect', () => {
      const warning = certificateWarning(socket, probe, wallMs())
      resolve(withWarning(success(`${socket.getProtocol()} handshake`), warning))
      // Said goodbye to: torn down here, the other side would log a handshake without an end.
      socket.end(() => socket.destroy())
    })
    socket.on('error', (error) => resolve(tlsFault(error)))
    socket.once('close', () => resolve(failure('connection closed before an answer')))
  })
}

export function tlsOptions({ host = '', verify }: TlsTerms) {
  return { servername: serverName(host), rejectUnauthorized: verify }
}

/** SNI carries a name alone: no port, no address (RFC 6066 §3). */
function serverName(host: string): string {
  const name = host.replace(/:\d+$/, '')
  return isIP(name) || name.startsWith('[') ? '' : name
}

/** What is to be said of a certificate that is still good enough; undefined if nothing is. */
export function certificateWarning(
  socket: TLSSocket,
  { certWarnMs }: TlsTerms,
  wallMs: number,
): string | undefined {
  if (certWarnMs === undefined) return undefined
  const leftMs = Date.parse(socket.getPeerCertificate().valid_to) - wallMs
  if (Number.isNaN(leftMs)) return 'certificate does not say when it expires'
  if (leftMs >= certWarnMs) return undefined
  return leftMs <= 0 ? 'certificate has expired' : `certificate expires in ${roughly(leftMs)}`
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** In whole days, or in hours where less than two days are left. */
function roughly(spanMs: number): string {
  if (spanMs >= 2 * DAY_MS) return `${Math.floor(spanMs / DAY_MS)} days`
  const hours = Math.floor(spanMs / HOUR_MS)
  return hours === 1 ? '1 hour' : `${hours} hours`
}

/** A certificate for other names: says which name was asked for, as the slip may be in `host`. */
export function tlsFault(error: unknown): Outcome {
  const isError = error instanceof Error && 'code' in error
  if (!isError || error.code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return faultOutcome(error)
  const host = 'host' in error ? ` "${error.host}"` : ''
  return failure(`certificate is not valid for${host}`)
}
