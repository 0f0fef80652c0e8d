/** What the metrics are made of, gathered for one scrape from those who count and decide. */

import { printName } from '../wire/name.ts'

import type { UdpWorkers } from '../transport/udp/workers.ts'

import type { EventCounts } from '../control/history/event-counts.ts'

import { excerptOf } from '../admin/metrics/excerpt.ts'
import type { Figures } from '../admin/metrics/figures.ts'
import type { SecureStatus } from '../admin/status.ts'

import type { ControlPlane } from './control-plane.ts'

/** What those who answer have counted. */
export interface Traffic extends Pick<Figures, 'rows' | 'connections' | 'kernelDrops'> {
  readonly udp: Pick<UdpWorkers, 'path' | 'workerCount' | 'respawns'> | undefined
  readonly secure: SecureStatus | undefined
}

export interface FigureParts extends Traffic {
  readonly version: string
  readonly isReady: boolean
  readonly plane: Pick<ControlPlane, 'keeper' | 'books' | 'zones' | 'webhooks' | 'written'>
  readonly events: EventCounts
  readonly api: Figures['api']
}

export function figuresOf(parts: FigureParts): Figures {
  const { version, isReady, rows, connections, kernelDrops, udp, events, api, secure } = parts
  const { keeper, books, zones, webhooks, written } = parts.plane
  const { overrides, registrations } = books.pages
  return {
    ...{ version, node: process.versions.node, isReady, generation: keeper.generation },
    ...{ rows, connections, kernelDrops, events, registrations },
    ...(udp && { udp: { path: udp.path, workers: udp.workerCount, respawns: udp.respawns } }),
    pools: excerptOf(keeper.poolFigures()),
    zones: zones.map(({ apex, serial, recordCount }) => {
      return { zone: printName(apex), serial, records: recordCount }
    }),
    prober: keeper.prober.counters(),
    isInDoubt: keeper.doubt().isSuspect,
    overrides: overrides.current,
    ...{ api, webhooks: webhooks.figures() },
    ...(written && { stateWrittenWall: written.wall ?? 0 }),
    ...(secure && { certificateEndsWall: Date.parse(secure.certificate.ends) }),
  }
}
