/** From the draft of a check to what its probe does: defaults filled in, paths made absolute. */

import { resolve } from 'node:path'

import type { HttpProbe, ProbeSpec, TlsTerms } from '../../health/probes/spec.ts'
import { RCODE, TYPE } from '../../wire/registry.ts'

import type { CheckDraft } from '../schema/check-schema.ts'
import * as defaults from '../defaults.ts'

/** `folder` is the one that relative paths begin in. */
export function buildProbe(draft: CheckDraft, folder: string): ProbeSpec {
  const { tcp, tls, dns, grpc, exec, file, report } = draft
  if (tcp) {
    const { port, send, expect } = tcp
    return {
      kind: 'tcp',
      port,
      ...(send !== undefined && { send }),
      ...(expect !== undefined && { expect }),
      ...(report?.body && { report: report.body }),
    }
  }
  if (tls) return { kind: 'tls', port: tls.port ?? defaults.PORTS.tls, ...tlsTerms(tls) }
  if (dns) {
    return {
      kind: 'dns',
      port: dns.port ?? defaults.PORTS.dns,
      name: dns.name,
      type: dns.type ?? TYPE.A,
      expect: dns.expect ?? { rcode: RCODE.NOERROR },
      isTcp: dns.tcp ?? false,
    }
  }
  if (grpc) {
    const { port, service = '', tls: isTls = false } = grpc
    return { kind: 'grpc', port, service, isTls, ...tlsTerms(grpc) }
  }
  if (exec) return { kind: 'exec', command: exec.command, args: exec.args ?? [] }
  if (file) return { kind: 'file', path: resolve(folder, file.path) }
  if (draft.icmp) return { kind: 'icmp' }
  if (draft.heartbeat) return { kind: 'heartbeat' }
  for (const kind of ['redis', 'postgres', 'mysql', 'smtp'] as const) {
    const service = draft[kind]
    if (service) return { kind, port: service.port ?? defaults.PORTS[kind] }
  }
  return buildHttp(draft)
}

function buildHttp({ http, https, report }: CheckDraft): HttpProbe {
  const kind = https ? 'https' : 'http'
  const { port, path, method, headers, expect, body, redirects, ...rest } = https ?? http ?? {}
  return {
    kind,
    port: port ?? defaults.PORTS[kind],
    path: path ?? defaults.PATH,
    ...(method && { method }),
    ...(headers && { headers }),
    expect: expect ?? defaults.EXPECT,
    ...(body !== undefined && { body }),
    ...(redirects !== undefined && redirects > 0 && { redirects }),
    ...(report?.header !== undefined && { report: { header: report.header } }),
    ...(report?.body && { report: { body: report.body } }),
    ...tlsTerms(rest),
  }
}

interface TlsDraft {
  readonly host?: string | undefined
  readonly verify?: boolean | undefined
  readonly cert_warn?: number | undefined
}

function tlsTerms({ host, verify, cert_warn: certWarnMs }: TlsDraft): TlsTerms {
  return {
    ...(host !== undefined && { host }),
    verify: verify ?? true,
    ...(certWarnMs !== undefined && { certWarnMs }),
  }
}
