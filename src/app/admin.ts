/** The API beside the server: where it listens, who may write, and what it tells. */

import { fileURLToPath } from 'node:url'

import { type Endpoint, isLoopback, printEndpoint } from '../base/address.ts'
import type { Clock } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'

import type { Settings } from '../config/config.ts'

import type { Talker } from '../engine/talkers.ts'

import type { Answerer } from '../transport/answerer.ts'
import type { Totals } from '../transport/counters.ts'

import { EventCounts } from '../control/history/event-counts.ts'
import type { History } from '../control/history/history.ts'
import type { ConfigSource } from '../control/loading/load.ts'
import type { StateWritten } from '../control/state/state-file.ts'

import type { StreamCounts } from '../admin/events.ts'
import { readPages } from '../admin/pages.ts'
import type { Refusals } from '../admin/problem.ts'
import type { Route } from '../admin/route.ts'
import { Exposer } from '../admin/metrics/exposition.ts'
import type { Figures } from '../admin/metrics/figures.ts'
import { AdminServer } from '../admin/server.ts'
import { moment, type SecureStatus, type Status } from '../admin/status.ts'
import { findToken } from '../admin/token.ts'

import type { ControlPlane } from './control-plane.ts'
import type { Explainer } from './explainer.ts'
import { createFaultLog, type Log } from './log.ts'
import { figuresOf, type Traffic } from './figures.ts'
import { ledgerPage } from './ledger.ts'
import { Listings } from './listings.ts'
import { createOperations } from './operations.ts'
import { statusOf } from './status.ts'

export interface AdminOptions {
  readonly plane: ControlPlane
  readonly source: ConfigSource
  readonly clock: Clock
  readonly log: Log
  readonly version: string
  /** Absent: the one in the state folder. */
  readonly token: string | undefined
  readonly reload: () => Promise<readonly Diagnostic[]>
  /** How a name would be answered to a client. */
  readonly explain: Explainer['explain']
  /** What is known of those who answer. */
  readonly answering: () => Answering
  /** Grows with each change of what is answered. */
  readonly revision: () => number
  /** The same in numbers, at less cost. */
  readonly traffic: () => Promise<Traffic>
  /** Who answers DNS over HTTPS beside the API, which listens there. */
  readonly answererAt: (http: Endpoint) => Answerer
  readonly history: History
  /** What this server can do besides. */
  readonly extraRoutes?: readonly Route[] | undefined
  /** Origins that the pages may ask besides this server. */
  readonly pageOrigins?: readonly string[] | undefined
}

/** Where the build puts the pages, seen from `src/app` and from `dist/app` alike. */
const PAGES = fileURLToPath(new URL('../../dist/dashboard', import.meta.url))

export interface Answering {
  readonly endpoints: readonly Endpoint[]
  readonly transport: { readonly path: string; readonly workers: number } | undefined
  readonly totals: Totals
  readonly talkers: readonly Talker[]
  readonly secure: SecureStatus | undefined
  /** What should be looked at of what it listens with. */
  readonly concerns: readonly string[]
}

/** How operators reach the API. */
export interface Door {
  readonly endpoint: Endpoint
  readonly token: string | undefined
}

export class Admin {
  /** Whether every listener answers. */
  isReady = false
  /** What the last load warned of. */
  loadWarnings: readonly Diagnostic[] = []
  /** Where it is reached, and what writers must bring; undefined unless it listens. */
  door: Door | undefined
  readonly #options: AdminOptions
  readonly #startedWall: number
  readonly #events = new EventCounts()
  readonly #warnings: string[] = []
  #server: AdminServer | undefined

  constructor(options: AdminOptions) {
    this.#options = options
    this.#startedWall = options.clock.wall()
    options.history.subscribe((event) => this.#events.note(event))
  }

  /** Resolves to where it listens, if it is to; throws an Error that says what to do. */
  async start({ listen: { http, hosts }, state }: Settings): Promise<Endpoint | undefined> {
    if (!http) return
    const { clock, log, plane, source, reload, explain, extraRoutes, pageOrigins } = this.#options
    const { token, warning } = await findToken({ given: this.#options.token, state })
    if (warning !== undefined) this.#warn(warning)
    if (state === undefined) this.#warn(FORGETFUL)
    if (!isLoopback(http)) {
      log.warn(
        { http: printEndpoint(http) },
        'the API is served without TLS beyond this machine; who can listen in can read its token',
      )
    }
    const pages = await readPages(PAGES)
    if ('problem' in pages) this.#warn(pages.problem)
    const noteFault = createFaultLog(log, clock)
    const { books, heartbeats, keeper } = plane
    this.#server = new AdminServer({
      operations: createOperations({
        ...{ keeper, books, heartbeats, clock, source, reload, explain },
        pools: () => plane.pools,
        unready: () => (this.isReady ? undefined : 'it is starting or ending'),
        status: () => this.#status(),
        revision: this.#options.revision,
        listings: new Listings(keeper, clock),
        history: this.#options.history,
        ledger: (wanted) => ledgerPage(plane.ledger, wanted, clock.wall()),
        totals: () => this.#options.answering().totals,
      }),
      ...{ token, clock, endpoint: http, hosts, extraRoutes, pageOrigins },
      answerer: this.#options.answererAt(http),
      pages,
      exposer: new Exposer(() => this.#figures()),
      onFault: (error) => noteFault(error, 'a request to the API met a fault of the program'),
    })
    const endpoint = await this.#server.start()
    this.door = { endpoint, token }
    return endpoint
  }

  /** How many requests were refused, by the reason, since the start; undefined: nobody can ask. */
  get refusals(): Readonly<Refusals> | undefined {
    return this.#server?.refusals
  }

  /** Streams of events; undefined: nobody can ask. */
  get streams(): StreamCounts | undefined {
    return this.#server?.streams
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }

  #warn(warning: string): void {
    this.#warnings.push(warning)
    this.#options.log.warn(warning)
  }

  async #figures(): Promise<Figures> {
    const { plane, version, traffic } = this.#options
    const told = { isReady: this.isReady, events: this.#events, api: this.#server! }
    return figuresOf({ ...(await traffic()), ...told, plane, version })
  }

  #status(): Status {
    const { plane, version, answering } = this.#options
    const { concerns, ...answered } = answering()
    return statusOf({
      ...answered,
      version,
      startedWall: this.#startedWall,
      isDemo: this.#options.extraRoutes !== undefined,
      overview: plane.keeper.overview(),
      ledger: plane.ledger.entries(),
      doubt: plane.keeper.doubt(),
      pages: plane.books.pages,
      diagnostics: this.loadWarnings,
      warnings: [...this.#warnings, ...unwritten(plane.written), ...concerns],
    })
  }
}

/** What is done is on disk before it is told; what does not come there, people must see. */
function unwritten({ wall, fault }: StateWritten = {}): string[] {
  if (fault === undefined) return []
  const since = wall === undefined ? 'at all' : `since ${moment(wall)}`
  return [`the state was not written ${since}, and a restart would not know better: ${fault}`]
}

const FORGETFUL =
  'there is no state folder: overrides and registrations end with this process; set state'
