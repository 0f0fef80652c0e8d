/** The head of the page: how much is asked, how everything is, and what happened last. */

import type { Status } from '../../admin/status.ts'

import { type Census, censusText } from '../model/pools.ts'
import { rateNow, spanShown } from '../model/rates.ts'
import { ENTRIES_MAX, type Entry, entryOf, entryOfFlip } from '../model/timeline.ts'
import { agoText, countText, shortText, spanText, timesText, utcText } from '../shared/format.ts'
import { Mark } from '../shared/icons.tsx'
import { useStore } from '../shared/store.ts'
import { useDesk, useNow } from './desk.ts'
import { RateChart } from './rate-chart.tsx'
import { Moment } from './small-parts.tsx'

export function Summary({ status, census }: { readonly status: Status; readonly census: Census }) {
  const { live } = useDesk()
  const rates = useStore(live.rates)
  const events = useStore(live.events)
  const nowMs = useNow()
  const entries = events.length > 0 ? events.map(entryOf) : status.flips.map(entryOfFlip)
  const now = rateNow(rates)
  const highest = rates.points.reduce((most, { perSecond }) => Math.max(most, perSecond), 0)
  const figures = `${shortText(now ?? 0)} now, ${shortText(highest)} at the most`
  const spanMs = spanShown(rates, nowMs)
  const late = spanMs === 60_000 ? 'the last minute' : `the last ${spanMs / 60_000} minutes`
  const words = `Queries a second in ${late}: ${figures}`
  return (
    <div class="summary">
      <Figures status={status} census={census} rate={now} nowMs={nowMs} />
      <section class="rates" aria-labelledby="rates-title">
        <h2 id="rates-title">
          Queries a second <span class="soft">in {late}</span>
        </h2>
        <RateChart rates={rates} entries={entries} nowMs={nowMs} spanMs={spanMs} words={words} />
      </section>
      <section class="events" aria-labelledby="events-title">
        <h2 id="events-title">
          What happened <span class="soft">{timesText(nowMs)}</span>
        </h2>
        <Timeline entries={entries} nowMs={nowMs} />
      </section>
    </div>
  )
}

interface FiguresProps {
  readonly status: Status
  readonly census: Census
  readonly rate: number | undefined
  readonly nowMs: number
}

function Figures({ status, census, rate, nowMs }: FiguresProps) {
  const { queries, generation, version, startedAt, transport, listen } = status
  const failed = census.failed === 0 ? 'none failed' : `${census.failed} failed`
  const rows = [
    ['Queries', countText(queries), 'Since the start'],
    ['Members', censusText(census), 'Addresses by what their checks say'],
    ['Pools', census.pools === 0 ? 'none' : `${census.pools}, ${failed}`, ''],
    [
      'Up for',
      spanText(Math.max(0, nowMs - Date.parse(startedAt))),
      utcText(Date.parse(startedAt)),
    ],
    ['Version', `${version}, generation ${generation}`, 'Each reload makes the next generation'],
    ['Listens', listen.join(', '), transport ? `${transport.path}, ${transport.workers}` : ''],
  ] as const
  return (
    <dl class="figures">
      <div class="figure-large">
        <dt>Queries a second</dt>
        <dd>{rate === undefined ? '–' : shortText(rate)}</dd>
      </div>
      {rows.map(([word, value, title]) => (
        <div key={word} {...(title !== '' && { title })}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Timeline({
  entries,
  nowMs,
}: {
  readonly entries: readonly Entry[]
  readonly nowMs: number
}) {
  if (entries.length === 0) return <p class="empty">Nothing has changed since the start.</p>
  return (
    // It scrolls, so a keyboard must be able to reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus
    <ol class="timeline" tabIndex={0} aria-label="Events, the latest first">
      {entries.slice(0, ENTRIES_MAX).map(({ key, atMs, shape, tone, who, what, detail }) => (
        <li key={key}>
          <span class={`timeline-mark ${tone}`}>
            <Mark shape={shape} />
          </span>
          <div>
            <p class="timeline-head">
              <span class="timeline-who">{who}</span> <span class={tone}>{what}</span>
              <span class="soft timeline-when" title={agoText(nowMs - atMs)}>
                <Moment atMs={atMs} nowMs={nowMs} />
              </span>
            </p>
            {detail !== undefined && <p class="soft">{detail}</p>}
          </div>
        </li>
      ))}
    </ol>
  )
}
