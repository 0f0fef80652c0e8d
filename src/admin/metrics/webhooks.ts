/** Whether those who are told of events by webhooks get to hear of them. */

import { sumOf, type WebhookFigures } from '../../control/history/webhooks/webhook.ts'

import type { Figures } from './figures.ts'
import { counter, gauge, labelText, type Metric, sample } from './metric.ts'

const OUTCOMES = ['delivered', 'failed', 'dropped'] as const

export const WEBHOOK_METRICS: readonly Metric[] = [
  counter(
    'rota_webhook_events_total',
    'Events for a receiver: delivered, failed (given up), or dropped since too many waited.',
    ['host', 'outcome'],
    (figures) =>
      byHost(figures).flatMap(({ host, ...counts }) =>
        OUTCOMES.map((outcome) => sample(labelText({ host, outcome }), counts[outcome])),
      ),
  ),
  counter(
    'rota_webhook_retries_total',
    'Deliveries that came to nothing and were tried again.',
    ['host'],
    (figures) => byHost(figures).map(({ host, retried }) => sample(labelText({ host }), retried)),
  ),
  gauge('rota_webhook_waiting', 'Events that a receiver has not got yet.', ['host'], (figures) =>
    byHost(figures).map(({ host, waiting }) => sample(labelText({ host }), waiting)),
  ),
]

/** The rest of an address may be a secret, so receivers at one host are counted together. */
function byHost({ webhooks }: Figures): WebhookFigures[] {
  const hosts = new Map<string, WebhookFigures>()
  for (const one of webhooks) {
    const known = hosts.get(one.host)
    hosts.set(one.host, known ? sumOf(known, one) : one)
  }
  return [...hosts.values()]
}
