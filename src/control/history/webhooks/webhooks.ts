/**
 * All receivers of events, as the configuration has them: told of each event as it happens, and
 * after a restart of those that they had not got, as far as memory has them.
 */

import { createHash } from 'node:crypto'

import { z } from 'zod'

import type { WebhookConfig } from '../../../config/config.ts'

import type { Section } from '../../state/state-codec.ts'
import type { History } from '../history.ts'
import { sumOf, Webhook, type WebhookFigures, type WebhookOptions } from './webhook.ts'

/** The last event that each receiver needs nothing more of, by a digest of its address. */
export type Positions = Readonly<Record<string, number>>

export const positionSection: Section<Positions> = {
  codec: z.record(z.string(), z.int().min(0)),
  empty: {},
}

export interface WebhooksOptions extends WebhookOptions {
  readonly history: Pick<History, 'since' | 'subscribe' | 'lastId'>
}

export class Webhooks {
  readonly #options: WebhooksOptions
  readonly #webhooks = new Map<string, Webhook>()
  /** What was counted of those who went, by hosts that have others: counts never go back. */
  readonly #gone = new Map<string, WebhookFigures>()
  #recalled: Positions = {}

  constructor(options: WebhooksOptions) {
    this.#options = options
    options.history.subscribe((event) => {
      for (const webhook of this.#webhooks.values()) webhook.note(event)
    })
  }

  /** Takes what another process knew of who has got what, for those who are still to come. */
  recall(positions: Positions): void {
    this.#recalled = positions
  }

  /** Takes the receivers of a configuration in place of those that it had. */
  take(configs: readonly WebhookConfig[]): void {
    const wanted = new Map(configs.map((config) => [keyOf(config), config]))
    for (const [key, webhook] of this.#webhooks) {
      if (wanted.has(key)) continue
      this.#webhooks.delete(key)
      const figures = { ...webhook.figures, waiting: 0 }
      const before = this.#gone.get(figures.host)
      this.#gone.set(figures.host, before ? sumOf(before, figures) : figures)
      void webhook.stop(0)
    }
    for (const [key, config] of wanted) {
      const known = this.#webhooks.get(key)
      if (known) known.configure(config)
      else this.#webhooks.set(key, this.#begin(config, this.#recalled[key]))
    }
    const hosts = new Set([...this.#webhooks.values()].map(({ figures }) => figures.host))
    for (const host of this.#gone.keys()) if (!hosts.has(host)) this.#gone.delete(host)
    this.#recalled = {} // Who goes now and comes back later begins with what is then.
  }

  get positions(): Positions {
    const present = [...this.#webhooks].map(([key, { doneId }]) => [key, doneId] as const)
    return { ...this.#recalled, ...Object.fromEntries(present) }
  }

  /** Of each receiver; where some of a host have gone, with what was counted of those. */
  figures(): WebhookFigures[] {
    return [...[...this.#webhooks.values()].map(({ figures }) => figures), ...this.#gone.values()]
  }

  /** Delivers what waits within `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.#webhooks.values()].map((webhook) => webhook.stop(graceMs)))
  }

  /** Whoever is new is told of what happens from now on, and whoever is not of what it lacks. */
  #begin(config: WebhookConfig, sinceId = this.#options.history.lastId): Webhook {
    const { history } = this.#options
    const webhook = new Webhook(config, sinceId, this.#options)
    for (const event of history.since(sinceId).events) webhook.note(event)
    return webhook
  }
}

/** An address may hold a secret, which has no business in another file. */
function keyOf({ url }: WebhookConfig): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16)
}
