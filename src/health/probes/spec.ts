/**
 * What a probe does, as plain data: one kind, one shape, one file beside this one. Two probes of
 * equal shape ask the same question, so the shape alone says whether they can be shared.
 */

export type ProbeSpec =
  | TcpProbe
  | TlsProbe
  | HttpProbe
  | DnsProbe
  | GrpcProbe
  | IcmpProbe
  | ExecProbe
  | FileProbe
  | ServiceProbe
  | HeartbeatProbe

/** Connects, says something if there is something to say, and waits for what it expects. */
export interface TcpProbe {
  readonly kind: 'tcp'
  readonly port: number
  readonly send?: string
  /** Text that the first 64 KiB of the answer must hold. Without it, nothing is awaited. */
  readonly expect?: string
  /** What the answer says of the backend's load. */
  readonly report?: ReportFormat
}

/** How a probe that speaks through TLS judges who answers. */
export interface TlsTerms {
  /** The name asked by SNI and the one that the certificate must bear. */
  readonly host?: string
  readonly verify: boolean
  /** Less left of the certificate's life than this is a warning. */
  readonly certWarnMs?: number
}

/** Succeeds once the handshake has. */
export interface TlsProbe extends TlsTerms {
  readonly kind: 'tls'
  readonly port: number
}

/** Asks one URL and compares status and body; `host` is the Host header, too. */
export interface HttpProbe extends TlsTerms {
  readonly kind: 'http' | 'https'
  readonly port: number
  readonly path: string
  /** GET if unset. */
  readonly method?: HttpMethod
  /** Beside those that every request has; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  readonly expect: readonly StatusRange[]
  /** What the first 64 KiB of the body must hold. */
  readonly body?: string | Pattern
  /** Redirects that are followed to the same scheme, host and port; none if unset. */
  readonly redirects?: number
  readonly report?: ReportSource
}

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'OPTIONS'

/** Status codes from `from` to `to`, both included. */
export interface StatusRange {
  readonly from: number
  readonly to: number
}

/** A regular expression that is known to compile. */
export interface Pattern {
  readonly source: string
  readonly flags: string
}

/** Where a backend says how loaded it is. */
export type ReportSource = { readonly header: string } | { readonly body: ReportFormat }

/**
 * The languages of a report: `total errors` as two numbers, a JSON object of known keys, or the
 * words of an HAProxy agent.
 */
export type ReportFormat = 'two-numbers' | 'json' | 'agent'

/** Asks one question and looks for a response code, or for one address among the answers. */
export interface DnsProbe {
  readonly kind: 'dns'
  readonly port: number
  /** Without escapes; a final dot is allowed. */
  readonly name: string
  /** The number of the type. */
  readonly type: number
  readonly expect: { readonly rcode: number } | { readonly address: string }
  readonly isTcp: boolean
}

/** Asks grpc.health.v1.Health/Check; SERVING is the success. */
export interface GrpcProbe extends TlsTerms {
  readonly kind: 'grpc'
  readonly port: number
  /** Empty: the server as a whole. */
  readonly service: string
  readonly isTls: boolean
}

/** One echo request. */
export interface IcmpProbe {
  readonly kind: 'icmp'
}

/** Runs a program, without a shell; its exit status is that of a Nagios plugin. */
export interface ExecProbe {
  readonly kind: 'exec'
  /** Absolute path. */
  readonly command: string
  readonly args: readonly string[]
}

/** Reads what somebody else has found out. */
export interface FileProbe {
  readonly kind: 'file'
  /** Absolute path. */
  readonly path: string
}

/** Servers that greet, or that answer one message without being told who asks. */
export interface ServiceProbe {
  readonly kind: 'redis' | 'postgres' | 'mysql' | 'smtp'
  readonly port: number
}

/** Waits to be told: a backend, or whoever watches it, says so in every interval. */
export interface HeartbeatProbe {
  readonly kind: 'heartbeat'
}

/** Equal for probes that ask the same question, in whatever order their settings were written. */
export function specKey(probe: ProbeSpec): string {
  return JSON.stringify(probe, (_, value: unknown) => (isMap(value) ? sorted(value) : value))
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(map: object): object {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
