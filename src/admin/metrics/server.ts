/** The server itself: what it is, what it has loaded, and who asks its API. */

import { EVENT_KINDS } from '../../control/history/event.ts'

import { alone, counter, gauge, labelText, type Metric, sample } from './metric.ts'
import { OVERRIDES_MAX } from './pools.ts'

/** Zones with a series of their own. */
export const ZONES_MAX = 500

export const SERVER_METRICS: readonly Metric[] = [
  gauge(
    'rota_build_info',
    'Always 1; the labels say what runs, and by which path UDP is served.',
    ['version', 'node', 'udp_path'],
    ({ version, node, udp }) => [
      sample(labelText({ version, node, udp_path: udp?.path ?? 'none' }), 1),
    ],
  ),
  gauge('rota_ready', '1 while every listener answers.', [], ({ isReady }) => alone(isReady)),
  gauge('rota_udp_workers', 'Threads that answer UDP.', [], ({ udp }) => alone(udp?.workers ?? 0)),
  counter(
    'rota_udp_workers_respawned_total',
    'UDP workers that died and were replaced.',
    [],
    ({ udp }) => alone(udp?.respawns ?? 0),
  ),
  gauge(
    'rota_generation',
    'The number of the world that is answered from; each reload makes the next.',
    [],
    ({ generation }) => alone(generation),
  ),
  counter(
    'rota_reloads_total',
    'Reloads, by whether they were taken, or refused for errors.',
    ['outcome'],
    ({ events: { reloads } }) => [
      sample('outcome="taken"', reloads.taken),
      sample('outcome="refused"', reloads.refused),
    ],
  ),
  gauge(
    'rota_last_reload_successful',
    '1 if the last reload was taken, or none was asked for yet.',
    [],
    ({ events: { reloads } }) => alone(reloads.lastIsTaken),
  ),
  gauge(
    'rota_last_reload_success_timestamp_seconds',
    'When what is answered from was taken, at the start or by a reload.',
    [],
    ({ events: { reloads } }) =>
      alone(reloads.takenWall === undefined ? undefined : reloads.takenWall / 1000),
  ),
  gauge(
    'rota_last_reload_duration_seconds',
    'What the last reload took, be it taken or refused; 0 until there was one.',
    [],
    ({ events: { reloads } }) => alone(reloads.lastTookMs / 1000),
  ),
  gauge('rota_zone_serial', 'The serial of the SOA.', ['zone'], ({ zones }) =>
    zones.slice(0, ZONES_MAX).map(({ zone, serial }) => sample(labelText({ zone }), serial)),
  ),
  gauge('rota_zone_records', 'Records of the zone.', ['zone'], ({ zones }) =>
    zones.slice(0, ZONES_MAX).map(({ zone, records }) => sample(labelText({ zone }), records)),
  ),
  gauge(
    'rota_state_write_timestamp_seconds',
    'When the state was last written, 0 until it was; absent without a state folder.',
    [],
    ({ stateWrittenWall: wall }) => alone(wall === undefined ? undefined : wall / 1000),
  ),
  gauge(
    'rota_certificate_end_timestamp_seconds',
    'When the certificate that clients are shown ends; absent where nothing is served over TLS.',
    [],
    ({ certificateEndsWall: wall }) => alone(wall === undefined ? undefined : wall / 1000),
  ),
  counter(
    'rota_events_total',
    'What the flight recorder has noted, by kind.',
    ['kind'],
    ({ events: { kinds } }) => EVENT_KINDS.map((kind) => sample(labelText({ kind }), kinds[kind])),
  ),
  counter(
    'rota_api_refusals_total',
    'Requests to the API that were refused before anybody thought about what they ask for.',
    ['reason'],
    ({ api: { refusals } }) =>
      Object.entries(refusals).map(([reason, count]) =>
        sample(labelText({ reason: reason.replaceAll(' ', '_') }), count),
      ),
  ),
  gauge('rota_event_streams', 'Event streams that are open.', [], ({ api }) =>
    alone(api.streams.open),
  ),
  counter(
    'rota_event_streams_cut_off_total',
    'Event streams that were cut off because their readers did not read.',
    [],
    ({ api }) => alone(api.streams.cutOff),
  ),
  gauge(
    'rota_metrics_series_omitted',
    'What has no series of its own because there is too much of it.',
    ['of'],
    ({ pools: { omitted }, overrides, zones }) => [
      sample('of="pools"', omitted.pools),
      sample('of="members"', omitted.members),
      sample('of="overrides"', Math.max(0, overrides.length - OVERRIDES_MAX)),
      sample('of="zones"', Math.max(0, zones.length - ZONES_MAX)),
    ],
  ),
]
