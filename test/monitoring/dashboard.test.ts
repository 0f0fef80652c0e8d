/**
 * Goal: no panel of the dashboard and no rule asks for a metric or a label that no server tells, and
 * the dashboard is whole: one data source, chosen when it is imported, and no panel over another.
 * Method: the names in each expression, read by a reader that knows so much of PromQL and no more,
 * and compared with what is declared; a real scrape is compared with that elsewhere (`test/e2e`).
 */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'

import { METRICS } from '../../src/admin/metrics/exposition.ts'
import { temporaryFolder } from '../support/folder.ts'
import { requireTool } from '../support/tools.ts'
import { FOREIGN } from './foreign.ts'

const FOLDER = resolve(import.meta.dirname, '../../monitoring')

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly datasource?: { readonly uid: string }
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly targets?: readonly { readonly expr: string; readonly datasource: { uid: string } }[]
}

interface Dashboard {
  readonly id: null
  readonly schemaVersion: number
  readonly panels: readonly Panel[]
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] }
  readonly templating: {
    readonly list: readonly { name: string; type: string; definition?: string }[]
  }
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { expr: string; alert: string }[] }[]
}

const dashboard = JSON.parse(readFileSync(`${FOLDER}/grafana.json`, 'utf8')) as Dashboard
const { groups } = parse(readFileSync(`${FOLDER}/alerts.yaml`, 'utf8')) as Rules
const { panels, templating } = dashboard

const asked = [
  ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.flatMap(({ expr }) => expr ?? []),
  ...templating.list.flatMap(({ definition }) => definition ?? []),
  ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
]

/** What Prometheus itself adds to every scrape. */
const ADDED = ['up']
const ADDED_LABELS = ['job', 'instance', 'le']

const labelsOf = new Map<string, readonly string[]>(
  METRICS.flatMap(({ name, type, labels }) => {
    const names =
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]
    return names.map((one) => [one, labels] as const)
  }),
)

describe('what the dashboard and the rules ask for', () => {
  it('are metrics that a server tells', () => {
    const unknown = asked.flatMap(metricsIn).filter((name) => {
      return !labelsOf.has(name) && !FOREIGN.includes(name) && !ADDED.includes(name)
    })
    expect(unknown).toEqual([])
    expect(asked.flatMap(metricsIn).length).toBeGreaterThan(80)
  })

  it.skipIf(!requireTool('promtool'))('can be asked in these words', () => {
    const folder = temporaryFolder('dashboard')
    onTestFinished(() => folder.remove())
    const file = join(folder.path, 'rules.yaml')
    const rules = panels
      .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
      .map((expr) => ({ record: 'asked', expr: expr.replace(/\$__(rate_)?interval/g, '5m') }))
      .map((rule, index) => ({ ...rule, labels: { panel: String(index) } }))
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('are told apart by labels that these metrics have', () => {
    const strange = asked.flatMap((expr) =>
      [...expr.matchAll(/(rota_\w+)\{([^}]*)\}/g)].flatMap(([, name, matchers]) =>
        [...matchers!.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)]
          .map(([, label]) => label!)
          .filter((label) => !ADDED_LABELS.includes(label) && !labelsOf.get(name!)?.includes(label))
          .map((label) => `${name} has no ${label}`),
      ),
    )
    expect(strange).toEqual([])
    const known = new Set([...ADDED_LABELS, ...METRICS.flatMap(({ labels }) => labels)])
    const grouped = asked.flatMap((expr) => [...expr.matchAll(/\bby \(([^)]*)\)/g)])
    const labels = grouped.flatMap(([, list]) => list!.split(',').map((label) => label.trim()))
    expect(labels.filter((label) => !known.has(label))).toEqual([])
  })

  it('cover every metric that is there, so that none is told for nobody', () => {
    const used = new Set(
      asked.flatMap(metricsIn).map((name) => name.replace(/_(bucket|count|sum)$/, '')),
    )
    const unused = METRICS.map(({ name }) => name).filter((name) => !used.has(name))
    expect(unused.sort()).toEqual(FOR_QUESTIONS_OF_ONES_OWN)
  })
})

/** Not on the dashboard: what it shows in another way, and what only a question of one's own needs. */
const FOR_QUESTIONS_OF_ONES_OWN = [
  'rota_events_total',
  'rota_event_streams_cut_off_total',
  'rota_last_reload_duration_seconds',
  'rota_last_reload_success_timestamp_seconds',
  'rota_overrides',
  'rota_registrations',
  'rota_udp_workers',
  'rota_webhook_retries_total',
  'rota_zone_records',
].sort()

describe('the dashboard', () => {
  it('is for Grafana 10 and newer, and has its data source chosen by whoever imports it', () => {
    expect(dashboard.id).toBeNull()
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(38)
    expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ...['job', 'instance', 'pool'].map((name) => [name, 'query']),
    ])
    const sources = panels.flatMap(({ datasource, targets = [] }) => [
      ...(datasource ? [datasource.uid] : []),
      ...targets.map((target) => target.datasource.uid),
    ])
    expect(sources.filter((uid) => !/^\$\{datasource\}$/.test(uid))).toEqual([])
  })

  it('has a row for each thing that is looked at, and panels that say what they are', () => {
    const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual(['Overview', 'Pools: $pool', 'Probes and failover', 'Servers'])
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(panels.filter(({ title }) => title === '')).toEqual([])
  })

  it('has no panel that lies over another, or past the edge', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([])
  })
})

/** The metrics that an expression names: whatever is followed by a matcher or a range, or is ours. */
function metricsIn(expr: string): string[] {
  const words = expr.replace(/"[^"]*"/g, '""').matchAll(/\b([a-z_]\w*)(\s*[{[(]|\b)/g)
  return [...words].flatMap(([, word, next]) => {
    const isMetric = /^(rota|process|nodejs)_/.test(word!) || next === '{' || next === '['
    return isMetric ? [word!] : []
  })
}
