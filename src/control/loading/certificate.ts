/** What is wrong with a certificate or its key, at the place in the YAML that names the file. */

import type { Diagnostic } from '../../base/diagnostic.ts'

import type { Config, TlsConfig } from '../../config/config.ts'

import { concernsOf, type IdentityFiles } from '../../transport/tls/identity.ts'
import { type IdentityProblem, readIdentity } from '../../transport/tls/identity.ts'

/**
 * A certificate that cannot be shown is an error. One that has expired is a warning, however loud:
 * a server that would not start for it would answer nobody, by any transport.
 */
export function judgeCertificate({ tls }: Pick<Config, 'tls'>, nowWall: number): Diagnostic[] {
  if (!tls) return []
  const files = filesOf(tls)
  const diagnostic = (severity: Diagnostic['severity'], { part, problem }: IdentityProblem) => ({
    ...{ severity, ...tls[part].place, message: `tls: ${problem}` },
  })
  const identity = readIdentity(files)
  return 'problem' in identity
    ? [diagnostic('error', identity)]
    : concernsOf(identity, files, nowWall).map((concern) => diagnostic('warning', concern))
}

export function filesOf({ certificate, key }: TlsConfig): IdentityFiles {
  return { certificate: certificate.path, key: key.path }
}
