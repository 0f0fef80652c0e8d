/**
 * All that the metrics are made of, as the composition (`app/`) gathers it for one scrape: plain
 * values, none of which costs more than to be read.
 */

import type { ProberCounters } from '../../health/prober-face.ts'

import type { Row, StreamTransport } from '../../transport/counters.ts'
import type { KernelDrops } from '../../transport/udp/kernel-drops.ts'

import type { Override } from '../../control/books/overrides.ts'
import type { Registration } from '../../control/books/registrations.ts'
import type { EventCounts } from '../../control/history/event-counts.ts'
import type { WebhookFigures } from '../../control/history/webhooks/webhook.ts'

import type { StreamCounts } from '../events.ts'
import type { Excerpt } from './excerpt.ts'

export interface Figures {
  readonly version: string
  /** The version of Node. */
  readonly node: string
  /** Whether every listener answers. */
  readonly isReady: boolean
  readonly generation: number
  readonly rows: readonly Row[]
  /** Absent until the workers have been started. */
  readonly udp?: { readonly path: string; readonly workers: number; readonly respawns: number }
  /** Of clients, those of the API not among them. */
  readonly connections: Readonly<Record<StreamTransport, ConnectionCount>>
  readonly kernelDrops: KernelDrops
  readonly pools: Excerpt
  readonly zones: readonly ZoneFigures[]
  readonly prober: ProberCounters
  /** Whether the prober doubts itself. */
  readonly isInDoubt: boolean
  readonly overrides: readonly Override[]
  readonly registrations: readonly Registration[]
  readonly events: EventCounts
  readonly webhooks: readonly WebhookFigures[]
  readonly api: ApiFigures
  /** When the state was last written, 0 where it never was; absent without a state folder. */
  readonly stateWrittenWall?: number | undefined
  /** When the certificate that is shown ends (wall); absent where nothing is served over TLS. */
  readonly certificateEndsWall?: number | undefined
}

export interface ConnectionCount {
  readonly open: number
  /** Closed at once because a limit was reached. */
  readonly refused: number
  /** That came to no handshake of TLS. */
  readonly handshakesFailed: number
}

export interface ZoneFigures {
  readonly zone: string
  readonly serial: number
  readonly records: number
}

export interface ApiFigures {
  /** How many requests were refused, by reason. */
  readonly refusals: Readonly<Record<string, number>>
  readonly streams: StreamCounts
}
