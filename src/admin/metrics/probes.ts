/** What probes found, what they cost, and how fast a failure was out of the answers. */

import { PROBE_BOUNDS_MS, PROBE_OUTCOMES } from '../../health/probe-counts.ts'

import { FAILOVER_BOUNDS_MS } from '../../control/history/event-counts.ts'

import { alone, buckets, counter, gauge, histogram, labelText } from './metric.ts'
import { type Metric, sample } from './metric.ts'

export const PROBE_METRICS: readonly Metric[] = [
  counter(
    'rota_probes_total',
    'Probes that have ended; own_fault are those that this machine could not make.',
    ['check', 'outcome'],
    ({ prober: { byCheck } }) =>
      [...byCheck].flatMap(([check, { outcomes }]) =>
        PROBE_OUTCOMES.map((outcome) => sample(labelText({ check, outcome }), outcomes[outcome])),
      ),
  ),
  histogram(
    'rota_probe_duration_seconds',
    'What probes took that this machine could make, whatever they found.',
    ['check'],
    ({ prober: { byCheck } }) =>
      [...byCheck].flatMap(([check, count]) =>
        buckets(labelText({ check }), PROBE_BOUNDS_MS, count.buckets, count.sumMs),
      ),
  ),
  gauge('rota_probe_targets', 'Addresses under a check, each once.', [], ({ prober }) =>
    alone(prober.targets),
  ),
  gauge('rota_probes_in_flight', 'Probes under way.', [], ({ prober }) => alone(prober.inFlight)),
  counter(
    'rota_probes_late_total',
    'Probes that started late because too many were under way.',
    [],
    ({ prober }) => alone(prober.limitHits),
  ),
  counter(
    'rota_probes_held_back_total',
    'Observations that did not count because the prober doubted itself.',
    [],
    ({ prober }) => alone(prober.heldBack),
  ),
  gauge(
    'rota_self_doubt',
    '1 while so much fails at once that the prober suspects itself and holds failures back.',
    [],
    ({ isInDoubt }) => alone(isInDoubt),
  ),
  counter(
    'rota_flips_total',
    'Verdicts of targets that changed, by what to; first verdicts that are good do not count.',
    ['to'],
    ({ events: { flips } }) => [sample('to="up"', flips.up), sample('to="down"', flips.down)],
  ),
  histogram(
    'rota_failover_duration_seconds',
    'From the last success of a target that went down until answers were given without it.',
    [],
    ({ events: { failovers } }) =>
      buckets('', FAILOVER_BOUNDS_MS, failovers.buckets, failovers.sumMs),
  ),
  gauge(
    'rota_failover_last_seconds',
    'The same of the latest one; absent until there was one.',
    [],
    ({ events: { failovers } }) =>
      alone(failovers.lastMs === undefined ? undefined : failovers.lastMs / 1000),
  ),
]
