/**
 * Goal: each rule is one that Prometheus takes, and fires when it should, not before, and alone.
 * Method: promtool plays series of samples to the rules; what fires is asked for at two moments.
 */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'

import { temporaryFolder } from '../support/folder.ts'
import { requireTool } from '../support/tools.ts'

const RULES = resolve(import.meta.dirname, '../../monitoring/alerts.yaml')

interface Story {
  /** Samples a minute apart, as promtool writes them. */
  readonly series: Readonly<Record<string, string>>
  /** When nothing fires yet, and when it does. */
  readonly quietAt: string
  readonly firesAt: string
}

const POOL = 'pool="web",family="4"'
const MEMBER = 'pool="web",member="a",family="4"'

/** By the alert that each is about; after a comma, how the story differs from the one before. */
const STORIES: Readonly<Record<string, Story>> = {
  RotaDown: { series: { 'up{job="rota"}': '1x5 0x10' }, quietAt: '5m', firesAt: '8m' },
  RotaNotReady: { series: { rota_ready: '1 0x10' }, quietAt: '2m', firesAt: '4m' },
  RotaPoolFailed: {
    series: { [`rota_pool_failed{${POOL}}`]: '0x3 1x10' },
    ...{ quietAt: '3m', firesAt: '6m' },
  },
  RotaPoolEmpty: {
    series: { [`rota_pool_step{${POOL},step="nodata"}`]: '0x3 1x10' },
    ...{ quietAt: '3m', firesAt: '6m' },
  },
  RotaLadderLong: {
    series: { [`rota_pool_step{${POOL},step="last_good"}`]: '0 1x90' },
    ...{ quietAt: '60m', firesAt: '62m' },
  },
  RotaServfail: {
    series: {
      'rota_dns_answers_total{rcode="NOERROR"}': '0+100x30',
      'rota_dns_answers_total{rcode="SERVFAIL"}': '0x10 0+5x20',
    },
    ...{ quietAt: '10m', firesAt: '25m' },
  },
  RotaSlowAnswers: {
    series: {
      'rota_dns_answer_duration_seconds_bucket{transport="udp",le="0.01"}': '0+100x10 1000x30',
      'rota_dns_answer_duration_seconds_bucket{transport="udp",le="0.1"}': '0+100x40',
      'rota_dns_answer_duration_seconds_bucket{transport="udp",le="+Inf"}': '0+100x40',
    },
    ...{ quietAt: '10m', firesAt: '30m' },
  },
  RotaDropsAnswers: {
    series: {
      'rota_dns_drops_total{transport="udp",reason="silence"}': '0+1000x30',
      'rota_dns_drops_total{transport="udp",reason="send_failure"}': '0x5 0+600x25',
    },
    ...{ quietAt: '5m', firesAt: '25m' },
  },
  RotaOverrun: {
    series: { 'rota_udp_kernel_drops_total{family="4"}': '0x5 0+600x25' },
    ...{ quietAt: '5m', firesAt: '20m' },
  },
  RotaRefusesConnections: {
    series: { 'rota_dns_connections_refused_total{transport="tcp"}': '0x5 0+600x25' },
    ...{ quietAt: '5m', firesAt: '25m' },
  },
  RotaMemberDown: {
    series: { [`rota_member_up{${MEMBER}}`]: '1x5 0x30' },
    ...{ quietAt: '20m', firesAt: '22m' },
  },
  RotaMemberFlaps: {
    series: { [`rota_member_up{${MEMBER}}`]: '1 0 1 0 1 0 1 0 1 1x20' },
    ...{ quietAt: '6m', firesAt: '15m' },
  },
  RotaSlowFailover: {
    series: {
      'rota_failover_duration_seconds_bucket{le="60"}': '0x5 1x30',
      rota_failover_duration_seconds_count: '0x5 1x9 2x20',
    },
    ...{ quietAt: '13m', firesAt: '16m' },
  },
  // As Prometheus 3 stores it, and OpenMetrics has it.
  'RotaSlowFailover, bounds as floats': {
    series: {
      'rota_failover_duration_seconds_bucket{le="60.0"}': '0x5 1x30',
      rota_failover_duration_seconds_count: '0x5 1x9 2x20',
    },
    ...{ quietAt: '13m', firesAt: '16m' },
  },
  RotaDrainForgotten: {
    series: {
      'rota_override_start_timestamp_seconds{pool="web",member="a",word="drain"}': '0x2000',
      'rota_override_start_timestamp_seconds{pool="web",member="b",word="down"}': '0x2000',
    },
    ...{ quietAt: '23h', firesAt: '25h' },
  },
  RotaRegistrationsGone: {
    series: {
      'rota_pool_registrations{pool="web"}': '3x5 0x20',
      'rota_pool_registrations{pool="never"}': '0x30',
    },
    ...{ quietAt: '6m', firesAt: '9m' },
  },
  RotaDoubtsItself: { series: { rota_self_doubt: '0x3 1x10' }, quietAt: '3m', firesAt: '6m' },
  RotaCannotProbe: {
    series: { 'rota_probes_total{check="web",outcome="own_fault"}': '0x5 1+1x20' },
    ...{ quietAt: '5m', firesAt: '15m' },
  },
  RotaProbesLate: {
    series: { rota_probes_late_total: '0x5 0+600x30' },
    ...{ quietAt: '5m', firesAt: '30m' },
  },
  RotaReloadFailed: {
    series: { rota_last_reload_successful: '1x3 0x10' },
    ...{ quietAt: '3m', firesAt: '6m' },
  },
  RotaWorkersRespawn: {
    series: { rota_udp_workers_respawned_total: '0x5 1x20' },
    ...{ quietAt: '5m', firesAt: '7m' },
  },
  RotaStateNotWritten: {
    series: { rota_state_write_timestamp_seconds: '0+60x10 600x20' },
    ...{ quietAt: '14m', firesAt: '17m' },
  },
  RotaCertificateEnds: {
    series: { rota_certificate_end_timestamp_seconds: `${8 * 86_400}x2000` },
    ...{ quietAt: '23h', firesAt: '25h' },
  },
  RotaApiGuessed: {
    series: {
      'rota_api_refusals_total{reason="path"}': '0+600x40',
      'rota_api_refusals_total{reason="token"}': '0x5 0+60x40',
    },
    ...{ quietAt: '5m', firesAt: '30m' },
  },
  RotaWebhookLost: {
    series: {
      'rota_webhook_events_total{host="hooks.example.org",outcome="delivered"}': '0+9x20',
      'rota_webhook_events_total{host="hooks.example.org",outcome="dropped"}': '0x5 2x20',
    },
    ...{ quietAt: '5m', firesAt: '8m' },
  },
  RotaSeriesOmitted: {
    series: { 'rota_metrics_series_omitted{of="members"}': '0 3x90' },
    ...{ quietAt: '60m', firesAt: '62m' },
  },
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly labels: Readonly<Record<string, string>>
      readonly annotations: Readonly<Record<string, string>>
    }[]
  }[]
}

/** promtool plays days minute by minute, and other work may take its processors. */
const PLAY_MS = 120_000

describe('the rules for alerts', { timeout: PLAY_MS }, () => {
  it.skipIf(!requireTool('promtool'))('are such that Prometheus takes them', () => {
    expect(promtool('check', 'rules', RULES)).toEqual({ status: 0, faults: '' })
  })

  it('each say how urgent it is, what has happened, and what to do', () => {
    const { groups } = parse(readFileSync(RULES, 'utf8')) as Rules
    const rules = groups.flatMap((group) => group.rules)
    for (const { labels, annotations } of rules) {
      expect(['page', 'ticket']).toContain(labels['severity'])
      expect(annotations['summary']).toMatch(/^.{10,}$/)
      expect(annotations['description']!.length).toBeGreaterThan(60)
    }
    // Nobody trusts a rule that was never seen to fire.
    const told = new Set(Object.keys(STORIES).map(alertOf))
    expect(rules.map(({ alert }) => alert).sort()).toEqual([...told].sort())
  })

  it.skipIf(!requireTool('promtool'))('fire when it is time, not before, and alone', () => {
    const folder = temporaryFolder('rules')
    onTestFinished(() => folder.remove())
    const file = join(folder.path, 'rules.test.yaml')
    const tests = Object.entries(STORIES).map(([title, story]) => playOf(title, story))
    writeFileSync(file, stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }))
    expect(promtool('test', 'rules', file)).toEqual({ status: 0, faults: '' })
  })
})

function alertOf(title: string): string {
  return title.split(',', 1)[0]!
}

/** A story as promtool plays it. */
function playOf(title: string, { series, quietAt, firesAt }: Story) {
  const expr = 'count by (alertname) (ALERTS{alertstate="firing"})'
  const firing = [{ labels: `{alertname="${alertOf(title)}"}`, value: 1 }]
  return {
    name: title,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      { expr, eval_time: quietAt, exp_samples: [] },
      { expr, eval_time: firesAt, exp_samples: firing },
    ],
  }
}

function promtool(...args: readonly string[]): { status: number | null; faults: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  return { status, faults: status === 0 ? '' : `${stdout}${stderr}` }
}
