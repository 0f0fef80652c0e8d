/**
 * Goal: a scrape tells each figure under one name that keeps to the conventions, is there at zero
 * before anything happens, and stays bounded however much is configured.
 * Method: figures as a server would gather them, read back from the text by a reader of its own.
 */

import { describe, expect, it } from 'vitest'

import type { PoolFigures } from '../../../src/control/figures.ts'
import type { Event, Happening } from '../../../src/control/history/event.ts'
import { EventCounts } from '../../../src/control/history/event-counts.ts'
import { excerptOf, MEMBERS_MAX, POOLS_MAX } from '../../../src/admin/metrics/excerpt.ts'
import { Exposer, METRICS, print } from '../../../src/admin/metrics/exposition.ts'
import type { Figures } from '../../../src/admin/metrics/figures.ts'
import { OVERRIDES_MAX } from '../../../src/admin/metrics/pools.ts'
import { CELL, countLatency, MainRows } from '../../../src/transport/counters.ts'
import { figuresWith, WEB } from './figures.ts'
import { samplesOf, typesOf, valuesOf } from './scrape.ts'

const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'

describe('the metrics', () => {
  it('are each declared once, by names and units of the conventions', () => {
    const names = METRICS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, type, help } of METRICS) {
      expect(name).toMatch(/^rota_[a-z0-9_]+$/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(name).not.toMatch(/_(ms|millis|milliseconds|us)\b/)
      expect(help).toMatch(/^[ -~]+\.$/)
      expect(help).not.toMatch(/["\\]/)
    }
  })

  it('have the labels that they declare, and no two samples the same', () => {
    const text = ownText(figuresWith())
    for (const { name, labels, type } of METRICS) {
      const own = samplesOf(text).filter((one) => baseOf(one.name, type) === name)
      for (const { labels: given } of own) {
        expect(Object.keys(given).filter((label) => label !== 'le')).toEqual(labels)
      }
    }
    const keys = samplesOf(text).map(({ name, labels }) => JSON.stringify([name, labels]))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('are there at zero before anything happens, so that a rate sees the first', () => {
    const text = ownText(
      figuresWith({ api: { refusals: { host: 0 }, streams: { open: 0, cutOff: 0 } } }),
    )
    const counters = METRICS.filter(({ type }) => type !== 'gauge')
    for (const { name, type } of counters) {
      const own = samplesOf(text).filter((one) => baseOf(one.name, type) === name)
      expect([name, own.length]).not.toEqual([name, 0])
    }
    expect(Object.keys(valuesOf(text, 'rota_dns_queries_total'))).toEqual([
      ...['udp 4', 'udp 6', 'tcp 4', 'tcp 6', 'tls 4', 'tls 6', 'https 4', 'https 6'],
    ])
    expect(valuesOf(text, 'rota_pool_flips_total')).toEqual({ 'web up': 0, 'web down': 0 })
    expect(valuesOf(text, 'rota_reloads_total')).toEqual({ taken: 0, refused: 0 })
    expect(valuesOf(text, 'rota_last_reload_successful')).toEqual({ '': 1 })
  })

  it('tell how queries were answered by transport and family', () => {
    const main = new MainRows()
    const counters = main.of('tcp', '2001:db8::1')
    counters[CELL.QUERIES] += 5
    counters[CELL.SERVFAIL] += 2
    counters[CELL.SILENCES] += 3
    countLatency(counters, Float64Array.of(0), Float64Array.of(0.2), 2)
    countLatency(counters, Float64Array.of(0), Float64Array.of(2_000), 1)
    const text = ownText(figuresWith({ rows: main.rows }))
    expect(valuesOf(text, 'rota_dns_queries_total')).toMatchObject({ 'tcp 6': 5, 'tcp 4': 0 })
    expect(valuesOf(text, 'rota_dns_answers_total')).toMatchObject({ 'tcp 6 SERVFAIL': 2 })
    expect(valuesOf(text, 'rota_dns_drops_total')).toMatchObject({ 'tcp 6 silence': 3 })
    expect(valuesOf(text, 'rota_dns_answer_duration_seconds_bucket')).toMatchObject({
      ...{ 'tcp 0.0001': 0, 'tcp 0.00025': 2, 'tcp 1': 2, 'tcp +Inf': 3, 'udp +Inf': 0 },
    })
    expect(valuesOf(text, 'rota_dns_answer_duration_seconds_count')).toMatchObject({ tcp: 3 })
    expect(valuesOf(text, 'rota_dns_answer_duration_seconds_sum').tcp).toBeCloseTo(2.0004, 9)
  })

  it('tell how a pool and its members stand', () => {
    const text = ownText(figuresWith())
    expect(valuesOf(text, 'rota_pool_healthy_members')).toEqual({ 'web 4': 1 })
    expect(valuesOf(text, 'rota_pool_needed_members')).toEqual({ 'web 4': 2 })
    expect(valuesOf(text, 'rota_pool_serving_members')).toEqual({ 'web 4': 2 })
    expect(valuesOf(text, 'rota_pool_failed')).toEqual({ 'web 4': 1 })
    expect(valuesOf(text, 'rota_pool_step')).toEqual({ 'web 4 last_good': 1, 'web 4 nodata': 0 })
    expect(valuesOf(text, 'rota_member_turns_total')).toEqual({ 'web a 4': 7, 'web b 4': 0 })
    expect(valuesOf(text, 'rota_member_up')).toEqual({ 'web a 4': 1, 'web b 4': 0 })
    expect(valuesOf(text, 'rota_member_weight')).toEqual({
      ...{ 'web a 4': 5, 'web b 4': 0, 'web near 4': 1 },
    })
  })

  it('tell what happened', () => {
    const events = eventsOf(
      { kind: 'start', version: '1', generation: 1, listen: [] },
      flip({ to: 'down', members: ['web/a', 'api/x', 'web/b'], failoverMs: 4_000 }),
      flip({ to: 'up', members: ['web/a'] }),
      reload({ isTaken: true, tookMs: 40 }),
      reload({ isTaken: false, tookMs: 2_500 }),
    )
    const text = ownText(figuresWith({ events }))
    expect(valuesOf(text, 'rota_flips_total')).toEqual({ up: 1, down: 1 })
    expect(valuesOf(text, 'rota_pool_flips_total')).toEqual({ 'web up': 1, 'web down': 1 })
    expect(valuesOf(text, 'rota_failover_last_seconds')).toEqual({ '': 4 })
    expect(valuesOf(text, 'rota_failover_duration_seconds_bucket')).toMatchObject({
      ...{ '2.5': 0, '5': 1, '+Inf': 1 },
    })
    expect(valuesOf(text, 'rota_reloads_total')).toEqual({ taken: 1, refused: 1 })
    expect(valuesOf(text, 'rota_last_reload_successful')).toEqual({ '': 0 })
    expect(valuesOf(text, 'rota_last_reload_duration_seconds')).toEqual({ '': 2.5 })
    expect(valuesOf(text, 'rota_last_reload_success_timestamp_seconds')).toEqual({ '': 1_000_003 })
    expect(valuesOf(text, 'rota_events_total')).toMatchObject({ flip: 2, reload: 2, start: 1 })
  })

  it('tell since when an override holds, and who has registered', () => {
    const drain = {
      pool: 'web',
      member: 'b',
      word: 'drain',
      reason: 'disk',
      author: 'ana',
    } as const
    const lease = { weight: 1, leaseMs: 30_000, sinceWall: 0, untilWall: 30_000, untilMs: 30_000 }
    const text = ownText(
      figuresWith({
        overrides: [{ ...drain, sinceWall: 1_500 }],
        registrations: [{ pool: 'web', member: 'x', ...lease }],
        certificateEndsWall: 2_000,
      }),
    )
    expect(valuesOf(text, 'rota_overrides')).toEqual({ up: 0, down: 0, drain: 1 })
    expect(valuesOf(text, 'rota_override_start_timestamp_seconds')).toEqual({ 'web b drain': 1.5 })
    expect(valuesOf(text, 'rota_pool_registrations')).toEqual({ web: 1 })
    expect(valuesOf(text, 'rota_certificate_end_timestamp_seconds')).toEqual({ '': 2 })
  })

  it('tell of receivers of webhooks by host alone, though there be several at one', () => {
    const text = ownText(figuresWith())
    expect(valuesOf(text, 'rota_webhook_events_total')).toMatchObject({
      ...{ 'hooks.example.org delivered': 3, 'hooks.example.org dropped': 0 },
    })
    expect(valuesOf(text, 'rota_webhook_waiting')).toEqual({ 'hooks.example.org': 6 })
  })

  it('carry any name that an operator may have written', () => {
    const pool = 'back\\slash "quoted"\nline'
    const text = ownText(figuresWith({ pools: excerptOf([{ ...WEB, pool }]) }))
    const [first] = samplesOf(text).filter(({ name }) => name === 'rota_pool_failed')
    expect(first!.labels['pool']).toBe(pool)
  })
})

describe('an excerpt', () => {
  it('has so many pools and members, and says how many it leaves out', () => {
    const many = poolsOf(POOLS_MAX + 7, 5)
    const { pools, members, omitted, totals } = excerptOf(many)
    expect(pools).toHaveLength(POOLS_MAX)
    expect(members).toHaveLength(MEMBERS_MAX)
    expect(omitted).toEqual({ pools: 7, members: (POOLS_MAX + 7) * 5 - MEMBERS_MAX })
    expect(totals).toMatchObject({ healthyPools: POOLS_MAX + 7, idleMembers: 0 })
    expect(totals.servingMembers).toBe((POOLS_MAX + 7) * 5)

    const overrides = Array.from({ length: OVERRIDES_MAX + 3 }, (_, index) => ({
      ...{ pool: 'web', member: `m${index}`, word: 'drain', reason: '', author: '' },
      sinceWall: 0,
    })) as Figures['overrides']
    const text = ownText(figuresWith({ pools: excerptOf(many), overrides }))
    expect(valuesOf(text, 'rota_metrics_series_omitted')).toMatchObject({ pools: 7, overrides: 3 })
    expect(samplesOf(text).length).toBeLessThan(20_000)
  })

  it('has one of two pools that are called the same, as a name without a pool may be', () => {
    const { pools, omitted } = excerptOf([WEB, WEB])
    expect(pools).toHaveLength(1)
    expect(omitted).toEqual({ pools: 1, members: 3 })
  })
})

describe('an exposition', () => {
  it('is in the format of Prometheus unless the scraper reads OpenMetrics', async () => {
    const exposer = new Exposer(async () => figuresWith())
    const plain = await exposer.expose('text/plain')
    expect(plain.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(plain.text).not.toContain('# EOF')
    expect(typesOf(plain.text).get('rota_flips_total')).toBe('counter')
    expect(typesOf(plain.text).get('process_cpu_seconds_total')).toBe('counter')
    expect((await exposer.expose(undefined)).contentType).toBe(plain.contentType)
  })

  it('is in OpenMetrics where it is read: families without _total, and an end', async () => {
    const exposer = new Exposer(async () => figuresWith())
    await exposer.expose(undefined)
    const { contentType, text } = await exposer.expose(OPEN_METRICS)
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(text.endsWith('\n# EOF\n')).toBe(true)
    expect(text.match(/# EOF/g)).toHaveLength(1)
    expect(text).not.toContain('\n\n')
    const counters = [...typesOf(text)].filter(([, type]) => type === 'counter')
    expect(counters.filter(([name]) => name.endsWith('_total'))).toEqual([])
    expect(valuesOf(text, 'rota_flips_total')).toEqual({ up: 0, down: 0 })
    // What was told in one format does not change how the other is told.
    const again = await exposer.expose(undefined)
    expect(typesOf(again.text).get('process_cpu_seconds_total')).toBe('counter')
  })

  it('gathers its figures once for all metrics', async () => {
    let gathered = 0
    const exposer = new Exposer(async () => {
      gathered++
      return figuresWith()
    })
    await exposer.expose(undefined)
    expect(gathered).toBe(1)
  })
})

/** What is Rota's own, in the format of Prometheus. */
function ownText(figures: Figures): string {
  return METRICS.map((metric) => print(metric, figures, false)).join('')
}

function baseOf(name: string, type: string): string {
  return type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name
}

/** Counts events, a second apart from 1,000,000 seconds since 1970. */
function eventsOf(...happenings: readonly Happening[]): EventCounts {
  const counts = new EventCounts()
  for (const [index, happening] of happenings.entries()) {
    const at = new Date((1_000_000 + index) * 1000).toISOString()
    counts.note({ id: index + 1, at, ...happening } as Event)
  }
  return counts
}

function flip(changes: { to: string; members: string[]; failoverMs?: number }): Happening {
  return { kind: 'flip', address: '192.0.2.1', check: 'web', from: '', evidence: '', ...changes }
}

function reload(changes: { isTaken: boolean; tookMs: number }): Happening {
  return { kind: 'reload', generation: 2, errors: 0, warnings: 0, ...changes }
}

function poolsOf(count: number, memberCount: number): PoolFigures[] {
  const members = Array.from({ length: memberCount }, (_, index) => {
    return { member: `m${index}`, turns: 1, weight: 1, isUp: true }
  })
  return Array.from({ length: count }, (_, index) => ({
    ...{ pool: `pool-${index}`, takesRegistrations: false },
    families: [
      {
        ...{ family: 'v4', healthyCount: memberCount, neededCount: 1, hasFailed: false },
        ...{ steps: ['all'], members },
      },
    ],
  }))
}
