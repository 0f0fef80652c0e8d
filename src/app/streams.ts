/**
 * What the main thread answers by itself: DNS over TCP beside every address of UDP, and DNS over
 * TLS and HTTPS where they are asked for, which share one certificate.
 */

import { type Endpoint, printEndpoint } from '../base/address.ts'
import type { Clock } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'

import type { Settings, TlsConfig } from '../config/config.ts'

import type { Engine } from '../engine/engine.ts'

import { Answerer } from '../transport/answerer.ts'
import type { MainRows, StreamTransport } from '../transport/counters.ts'
import type { Gate } from '../transport/gate.ts'
import { createHttpsServer } from '../transport/https/server.ts'
import { createTcpServer } from '../transport/tcp/server.ts'
import { Credentials } from '../transport/tls/credentials.ts'
import { readIdentity } from '../transport/tls/identity.ts'

import { filesOf } from '../control/loading/certificate.ts'

import type { ConnectionCount } from '../admin/metrics/figures.ts'
import type { SecureStatus } from '../admin/status.ts'
import { moment } from '../admin/status.ts'

import { createFaultLog, type Log } from './log.ts'
import type { Taken } from './shared-port.ts'

export interface StreamsOptions {
  readonly engine: Engine
  readonly rows: MainRows
  readonly clock: Clock
  readonly log: Log
}

export class Streams {
  readonly #options: StreamsOptions
  #listeners: { readonly transport: StreamTransport; readonly listener: Gate }[] = []
  readonly #secure = { tls: [] as Endpoint[], https: [] as Endpoint[] }
  #credentials: Credentials | undefined

  constructor(options: StreamsOptions) {
    this.#options = options
  }

  /** Takes an address of TCP. Rejects with a BindFault. */
  async openTcp(wanted: Endpoint): Promise<Taken> {
    const counters = this.#options.rows.of('tcp', wanted.address)
    const server = createTcpServer({ ...this.#parts('TCP'), counters, endpoint: wanted })
    const endpoint = await this.#open('tcp', server)
    const giveBack = async () => {
      this.#listeners = this.#listeners.filter(({ listener }) => listener !== server)
      await server.stop()
    }
    return { endpoint, giveBack }
  }

  /** Takes the addresses of TLS and HTTPS. Rejects with an Error that says what to do. */
  async openSecure({ listen, tls }: Settings): Promise<void> {
    if (!tls) return
    const { rows } = this.#options
    const credentials = this.#credentialsOf(tls)
    for (const endpoint of listen.tls ?? []) {
      const counters = rows.of('tls', endpoint.address)
      const server = createTcpServer({ ...this.#parts('TLS'), counters, endpoint, credentials })
      this.#secure.tls.push(await this.#openKeyed('tls', server))
    }
    for (const endpoint of listen.https ?? []) {
      const counters = rows.of('https', endpoint.address)
      const server = createHttpsServer({ ...this.#parts('HTTPS'), counters, endpoint, credentials })
      this.#secure.https.push(await this.#openKeyed('https', server))
    }
  }

  /** Answers, those first who have waited. */
  start(): void {
    for (const { listener } of this.#listeners) listener.start()
    if (!this.#credentials) return
    const { log, clock } = this.#options
    const { names, endsWall } = this.#credentials.identity
    const isOver = endsWall <= clock.wall()
    log[isOver ? 'warn' : 'info']({ names, ends: moment(endsWall) }, 'certificate')
  }

  /** Answers what comes to the API's own server, which counts as HTTPS at that address. */
  answererAt({ address }: Endpoint): Answerer {
    const counters = this.#options.rows.of('https', address)
    return new Answerer({ ...this.#parts('HTTP'), counters })
  }

  /** After a reload: looks at the certificate at once. */
  refresh({ tls }: Settings): void {
    if (tls) this.#credentials?.refresh(filesOf(tls))
  }

  /** What is said of the certificate that is shown, and not of that which was loaded. */
  warnings(): readonly string[] {
    return this.#credentials?.warnings() ?? []
  }

  /** Undefined where nothing is served over TLS. */
  get secure(): SecureStatus | undefined {
    if (!this.#credentials) return undefined
    const { names, endsWall } = this.#credentials.identity
    const { tls, https } = this.#secure
    return {
      tls: tls.map(printEndpoint),
      https: https.map(printEndpoint),
      certificate: { names, ends: moment(endsWall) },
    }
  }

  /** The connections of each transport, those of the API's own server not among them. */
  connections(): Record<StreamTransport, ConnectionCount> {
    const countOf = (transport: StreamTransport): ConnectionCount => {
      const own = this.#listeners.filter((one) => one.transport === transport)
      const sum = (count: (listener: Gate) => number) =>
        own.reduce((total, { listener }) => total + count(listener), 0)
      return {
        open: sum(({ connectionCount }) => connectionCount),
        refused: sum(({ refusals }) => refusals),
        handshakesFailed: sum(({ handshakeFailures }) => handshakeFailures),
      }
    }
    return { tcp: countOf('tcp'), tls: countOf('tls'), https: countOf('https') }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map(({ listener }) => listener.stop()))
    this.#credentials?.stop()
  }

  async #open(transport: StreamTransport, listener: Gate): Promise<Endpoint> {
    const endpoint = await listener.open()
    this.#listeners.push({ transport, listener })
    return endpoint
  }

  /** The same where a key of its own asks for it, which the fault then names. */
  async #openKeyed(transport: 'tls' | 'https', listener: Gate): Promise<Endpoint> {
    try {
      return await this.#open(transport, listener)
    } catch (error) {
      throw new Error(`listen.${transport}: ${(error as Error).message}`)
    }
  }

  #parts(protocol: string) {
    const { engine, log, clock } = this.#options
    const noteFault = createFaultLog(log, clock)
    return {
      engine,
      onFault: (error: unknown) =>
        noteFault(error, `a query over ${protocol} met a fault of the program`),
    }
  }

  #credentialsOf(tls: TlsConfig): Credentials {
    const { log, clock } = this.#options
    const files = filesOf(tls)
    const identity = readIdentity(files)
    // It was sound when it was loaded, a moment ago.
    if ('problem' in identity) throw new Error(`tls: ${identity.problem}`)
    this.#credentials = new Credentials({
      ...{ identity, files, clock },
      onTaken: ({ names, endsWall }) =>
        log.info({ names, ends: moment(endsWall) }, 'certificate changed'),
      onKept: (reason) => log.warn(reason),
    })
    return this.#credentials
  }
}

/** What a load said of the certificate holds for its moment; `warnings` says what holds now. */
export function withoutCertificate(
  diagnostics: readonly Diagnostic[],
  { tls }: Settings,
): readonly Diagnostic[] {
  if (!tls) return diagnostics
  const places = [tls.certificate.place, tls.key.place]
  const isOfIdentity = ({ line, column, message }: Diagnostic) =>
    message.startsWith('tls: ') &&
    places.some((place) => place.line === line && place.column === column)
  return diagnostics.filter((one) => !isOfIdentity(one))
}
