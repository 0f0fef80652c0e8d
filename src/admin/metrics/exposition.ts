/**
 * The figures as text, in the format of Prometheus or of OpenMetrics. What is Rota's is written
 * here; what is the process's and Node's comes from prom-client, where scrapers look for it.
 */

import { collectDefaultMetrics, Registry, type RegistryContentType } from 'prom-client'

import { DNS_METRICS } from './dns.ts'
import type { Figures } from './figures.ts'
import type { Metric } from './metric.ts'
import { POOL_METRICS } from './pools.ts'
import { PROBE_METRICS } from './probes.ts'
import { SERVER_METRICS } from './server.ts'
import { WEBHOOK_METRICS } from './webhooks.ts'

/** All metrics of Rota's own. */
export const METRICS: readonly Metric[] = [
  ...DNS_METRICS,
  ...POOL_METRICS,
  ...PROBE_METRICS,
  ...SERVER_METRICS,
  ...WEBHOOK_METRICS,
]

export interface Exposition {
  readonly contentType: string
  readonly text: string
}

/** How often the delay of the event loop is looked at: an idle server is woken for it. */
const LOOP_DELAY_EVERY_MS = 50

export class Exposer {
  readonly #gather: () => Promise<Figures>
  readonly #plain = defaultMetrics(Registry.PROMETHEUS_CONTENT_TYPE)
  readonly #open = defaultMetrics(Registry.OPENMETRICS_CONTENT_TYPE)

  constructor(gather: () => Promise<Figures>) {
    this.#gather = gather
  }

  /** `accept` is the header that says what the scraper reads; Prometheus reads both formats. */
  async expose(accept: string | undefined): Promise<Exposition> {
    const isOpen = accept?.includes('application/openmetrics-text') === true
    const registry = isOpen ? this.#open() : this.#plain()
    const figures = await this.#gather()
    const own = METRICS.map((metric) => print(metric, figures, isOpen)).join('')
    // The last line of OpenMetrics is its end, and what comes last is the other part.
    return { contentType: registry.contentType, text: own + (await registry.metrics()) }
  }
}

/** A metric as lines: what it means, its type, then its samples. */
export function print(
  { name, type, help, read }: Metric,
  figures: Figures,
  isOpen: boolean,
): string {
  // OpenMetrics calls a family of counters by the name that its samples have without `_total`.
  const family = isOpen && type === 'counter' ? name.slice(0, -'_total'.length) : name
  let text = `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`
  for (const { labels, value, suffix = '' } of read(figures)) {
    text += labels === '' ? `${name}${suffix} ${value}\n` : `${name}${suffix}{${labels}} ${value}\n`
  }
  return text
}

/** Gauges that are called as counters are; the same by type are there under right names. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`)

/**
 * A registry of `process_*` and `nodejs_*` for one format, made when it is first asked for: they
 * watch collections and the event loop from then on, which a server that nobody scrapes is spared.
 */
function defaultMetrics<Format extends RegistryContentType>(
  format: Format,
): () => Registry<Format> {
  let made: Registry<Format> | undefined
  return () => {
    if (made) return made
    made = new Registry<Format>()
    made.setContentType(format)
    collectDefaultMetrics({ register: made, eventLoopMonitoringPrecision: LOOP_DELAY_EVERY_MS })
    for (const name of MISNAMED) made.removeSingleMetric(name)
    return made
  }
}
