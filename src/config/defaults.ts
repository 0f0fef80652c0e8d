/** What holds where the operator says nothing, each with its reason. */

import type { Endpoint } from '../base/address.ts'
import { parsePrefix, type Prefix } from '../base/prefix.ts'

import type { PolicyName } from '../balance/policy.ts'
import type { StatusRange } from '../health/probes/spec.ts'

import type { LadderStep, MinHealthy, StickyConfig, TtlMode, TtlRange } from './config.ts'
import type { EventKind } from './values/webhook-values.ts'

/** Every address of the host, in both families: an authoritative server is there to be asked. */
export const LISTEN_DNS: readonly Endpoint[] = [
  { address: '0.0.0.0', port: 53 },
  { address: '::', port: 53 },
]

/** Often enough to notice within a TTL, seldom enough that no backend minds. */
export const INTERVAL_MS = 5_000
/** While in doubt, ask often: `fall` failures then take seconds. */
export const FAST_INTERVAL_MS = 1_000
/** A backend that needs longer than this serves nobody well. */
export const TIMEOUT_MS = 2_000
/** One success may be luck. */
export const RISE = 2
/** One lost packet, or two, must not take a member out. */
export const FALL = 3

export const PORTS = {
  http: 80,
  https: 443,
  tls: 443,
  dns: 53,
  redis: 6379,
  postgres: 5432,
  mysql: 3306,
  smtp: 25,
} as const
export const PATH = '/'
export const EXPECT: readonly StatusRange[] = [{ from: 200, to: 299 }]

export const TTL_MODE: TtlMode = 'step'

export const POLICY: PolicyName = 'rotate'
export const WEIGHT = 1

/** Long enough to spare resolvers, short enough that news travels; see TtlRange. */
export const TTL: TtlRange = { max: 30, min: 5 }
/** Several answers let clients fall back by themselves; 8 fit any answer in both families. */
export const ANSWERS = 8
export const MIN_HEALTHY: MinHealthy = { count: 1 }
/** When every probe fails the prober is the likelier culprit, so everybody is answered. */
export const WHEN_ALL_DOWN: readonly LadderStep[] = [{ kind: 'all' }]
/** Resolvers of one network share a member, so that their caches agree (RFC 7871 §11.1). */
export const STICKY: StickyConfig = { v4Prefix: 24, v6Prefix: 56 }
/** Three renewals at 10 s, so that one lost does not take a member out. */
export const LEASE_MS = 30_000
export const REGISTERED_MAX = 32
/** Unrelated hosts seldom fail together; the path to them does, and comes back within minutes. */
export const SELF_DOUBT = { suspectPercent: 60, freezeMs: 300_000 } as const

/** What wakes somebody up: who is answered, and what pools that have failed answer. */
export const WEBHOOK_EVENTS: readonly EventKind[] = ['flip', 'ladder', 'doubt']

/** This machine alone: an explanation tells more of a network than its answers do. */
export const EXPLAIN_TO: readonly Prefix[] = ['127.0.0.0/8', '::1/128'].map(
  (text) => parsePrefix(text)!,
)
