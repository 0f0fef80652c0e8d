/**
 * A metric as a value: what it is called, what it means, and how its samples are read off the
 * figures. All that is exposed is declared in tables of these.
 */

import type { Figures } from './figures.ts'

export type MetricType = 'counter' | 'gauge' | 'histogram'

export interface Metric {
  /** Counters end in `_total`; spans are in seconds, moments in seconds since 1970. */
  readonly name: string
  readonly type: MetricType
  /** One sentence in plain ASCII, without quotes. */
  readonly help: string
  /** The labels that each sample has, without the `le` of buckets. */
  readonly labels: readonly string[]
  readonly read: (figures: Figures) => Iterable<Sample>
}

export interface Sample {
  /** As they stand between the braces; empty where there is none. */
  readonly labels: string
  readonly value: number
  /** Of a histogram: which of its parts it is. */
  readonly suffix?: '_bucket' | '_sum' | '_count'
}

export function counter(
  name: `rota_${string}_total`,
  help: string,
  labels: readonly string[],
  read: Metric['read'],
): Metric {
  return { name, type: 'counter', help, labels, read }
}

export function gauge(
  name: `rota_${string}`,
  help: string,
  labels: readonly string[],
  read: Metric['read'],
): Metric {
  return { name, type: 'gauge', help, labels, read }
}

export function histogram(
  name: `rota_${string}_seconds`,
  help: string,
  labels: readonly string[],
  read: Metric['read'],
): Metric {
  return { name, type: 'histogram', help, labels, read }
}

/** Labels as they stand between the braces, in this order. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

/** The one sample of a metric without labels; none where there is nothing to say. */
export function alone(value: number | boolean | undefined): Sample[] {
  return value === undefined ? [] : [sample('', value)]
}

export function sample(labels: string, value: number | boolean): Sample {
  return { labels, value: Number(value) }
}

/**
 * The samples of a histogram, which is kept in milliseconds and told in seconds. `buckets` has the
 * number of those within each bound but not the one before, and of those beyond the last.
 */
export function buckets(
  labels: string,
  boundsMs: ArrayLike<number>,
  counts: ArrayLike<number>,
  sumMs: number,
): Sample[] {
  const samples: Sample[] = []
  const ahead = labels === '' ? '' : `${labels},`
  let total = 0
  for (let bucket = 0; bucket <= boundsMs.length; bucket++) {
    total += counts[bucket]!
    const bound = bucket < boundsMs.length ? String(boundsMs[bucket]! / 1000) : '+Inf'
    samples.push({ labels: `${ahead}le="${bound}"`, value: total, suffix: '_bucket' })
  }
  samples.push({ labels, value: sumMs / 1000, suffix: '_sum' })
  samples.push({ labels, value: total, suffix: '_count' })
  return samples
}

function escaped(value: string): string {
  if (!/["\\\n]/.test(value)) return value
  return value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')
}
