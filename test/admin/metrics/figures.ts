/** Figures of a small server, as a scrape would gather them. */

import { MainRows } from '../../../src/transport/counters.ts'
import { EventCounts } from '../../../src/control/history/event-counts.ts'
import { excerptOf } from '../../../src/admin/metrics/excerpt.ts'
import type { Figures } from '../../../src/admin/metrics/figures.ts'
import type { PoolFigures } from '../../../src/control/figures.ts'
import { ProbeCounts } from '../../../src/health/probe-counts.ts'

export const WEB: PoolFigures = {
  pool: 'web',
  takesRegistrations: true,
  families: [
    {
      family: 'v4',
      healthyCount: 1,
      neededCount: 2,
      hasFailed: true,
      steps: ['last_good', 'nodata'],
      step: 'last_good',
      members: [
        { member: 'a', turns: 7, weight: 5, isUp: true },
        { member: 'b', turns: 0, weight: 0, isUp: false },
        { member: 'near', weight: 1 },
      ],
    },
  ],
}

const HOOK = {
  ...{ host: 'hooks.example.org', delivered: 1, retried: 0, failed: 0, dropped: 0, waiting: 3 },
}

export function figuresWith(changes: Partial<Figures> = {}): Figures {
  const none = { open: 0, refused: 0, handshakesFailed: 0 }
  const probes = new ProbeCounts()
  probes.take(new Set(['web']))
  const counts = { attempts: 0, timeouts: 0, ownFaults: 0, heldBack: 0, limitHits: 0 }
  return {
    ...{ version: '1.2.3', node: '20.0.0', isReady: true, generation: 1 },
    rows: new MainRows().rows,
    udp: { path: 'batched', workers: 2, respawns: 0 },
    connections: { tcp: none, tls: none, https: none },
    kernelDrops: { v4: 0, v6: 0 },
    pools: excerptOf([WEB]),
    zones: [{ zone: 'example.test.', serial: 7, records: 3 }],
    prober: { targets: 2, inFlight: 0, ...counts, byCheck: probes.all },
    ...{ isInDoubt: false, overrides: [], registrations: [], events: new EventCounts() },
    webhooks: [HOOK, { ...HOOK, delivered: 2 }],
    api: { refusals: { host: 0, 'media type': 2 }, streams: { open: 0, cutOff: 0 } },
    ...changes,
  }
}
