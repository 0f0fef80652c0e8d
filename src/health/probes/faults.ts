/** Why a connection or a TLS handshake failed, in words for the operator. */

import { failure, type Outcome } from './probe.ts'

/** By the code that Node puts on the error. */
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ECONNABORTED: 'connection aborted',
  EPIPE: 'connection closed',
  EHOSTUNREACH: 'no route to host',
  EHOSTDOWN: 'host is down',
  ENETUNREACH: 'network unreachable',
  ENETDOWN: 'network is down',
  ETIMEDOUT: 'connection timed out',

  // These say more about the machine that probes than about the one that is probed.
  EACCES: 'not permitted by this system',
  EPERM: 'not permitted by this system',
  EADDRNOTAVAIL: 'no local address or port left to connect from',
  EAFNOSUPPORT: 'this system lacks the address family',
  EINVAL: 'this system cannot connect to such an address',
  EMFILE: 'no file descriptor left in this process',
  ENFILE: 'no file descriptor left in this system',
  ENOBUFS: 'no buffer left in this system',

  EPROTO: 'TLS handshake failed',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_REVOKED: 'certificate is revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate authority is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate authority is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate authority is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate chain is incomplete, or not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is for another name',

  HPE_HEADER_OVERFLOW: 'answer has headers of more than 16 KiB',
}

/** Where asking failed on this side, whatever the target does. */
const OWN_FAULTS = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EPERM',
])

/** The outcome of a probe that met `error`: the target's failure, or a fault of this machine. */
export function faultOutcome(error: unknown): Outcome {
  const outcome = failure(faultWords(error))
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return OWN_FAULTS.has(code) ? { ...outcome, isOwnFault: true } : outcome
}

/** Never empty, and never more than a line. */
export function faultWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  // Node's own word for a peer that closes where an answer was due.
  if (error.message === 'socket hang up') return 'connection closed before an answer'
  if (WORDS[code]) return WORDS[code]
  if (code.startsWith('HPE_')) return 'answer is not HTTP'
  if (code.startsWith('ERR_SSL_')) return `TLS handshake failed (${reasonOf(code)})`
  return firstLine(error.message) || code || error.name
}

function reasonOf(code: string): string {
  return code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}
