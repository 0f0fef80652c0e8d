/**
 * Who is answered, second by second: a line for each member, told apart by its dashes, a stroke for
 * each stop and start, and the time that was promised for a failover as a band.
 */

import { useMemo } from 'preact/hooks'

import { ceilingOf, pathOf, type Span } from '../shared/axis.ts'
import { countText } from '../shared/format.ts'
import { type Frame, Plot } from '../shared/plot.tsx'
import type { Picture } from './bench.ts'
import { type ChartData, chartData, highestOf, spanOf } from './chart-data.ts'
import type { Outage } from './outage.ts'
import { type MemberRow, memberRows } from './rows.ts'

/** More lines than these nobody tells apart; the style of each is in lab.css. */
const LINES_MAX = 6
const HEIGHT = 190
/** Above the plot, for what was stopped and started. */
const HEAD = 16

export function Timeline({ picture }: { readonly picture: Picture }) {
  const { run, target, outages } = picture
  const isDrawn = ({ chosen, promised = 0 }: MemberRow) => chosen > 0 || promised > 0
  const rows = memberRows(run, target).filter(isDrawn).slice(0, LINES_MAX)
  return (
    <section class="panel" aria-labelledby="timeline-title">
      <div class="panel-head">
        <h2 id="timeline-title">Visits a second</h2>
        <ul class="legend">
          {rows.map(({ address, name }, index) => (
            <li key={address}>
              <Sample index={index} />
              {name}
            </li>
          ))}
          <li>
            <svg class="sample" viewBox="0 0 26 10" aria-hidden="true">
              <rect class="failed-sample" x="8" y="1" width="10" height="9" />
            </svg>
            served by nobody
          </li>
          {outages.length > 0 && (
            <li>
              <svg class="sample" viewBox="0 0 26 10" aria-hidden="true">
                <rect class="promise-sample" x="0.5" y="0.5" width="25" height="9" />
              </svg>
              promised failover
            </li>
          )}
        </ul>
      </div>
      <Chart {...{ picture, rows }} />
    </section>
  )
}

function Sample({ index }: { readonly index: number }) {
  return (
    <svg class="sample" viewBox="0 0 26 10" aria-hidden="true">
      <line class={`line-${index}`} x1="1" x2="25" y1="5" y2="5" />
    </svg>
  )
}

interface ChartProps {
  readonly picture: Picture
  readonly rows: readonly MemberRow[]
}

function Chart({ picture: { run, mode, outages }, rows }: ChartProps) {
  // The second that goes on is not whole yet; of a burst that is over, it is all there is.
  const second = Math.floor(Date.now() / 1_000)
  const last = mode === 'stream' ? second - 1 : (run.seconds.at(-1)?.second ?? second)
  const addresses = rows.map(({ address }) => address)
  const data = useMemo(() => chartData(run, addresses, last), [run, last, addresses.join()])
  const { min, max } = spanOf(data, last)
  const span = { min: min * 1_000, max: max * 1_000 }
  const words = `visits a second to ${rows.map(({ name }) => name).join(', ') || 'nobody yet'}`
  return (
    <Plot
      {...{ span, words }}
      height={HEIGHT}
      head={HEAD}
      ceiling={ceilingOf(highestOf(data))}
      read={(atMs) => readingOf(data, rows, atMs)}
      draw={(frame) => (
        <>
          <Bands {...{ frame, span, outages }} />
          <path class="failed-sample" d={barsOf(data, frame)} />
          {data.counts.map((counts, index) => (
            <path
              key={addresses[index]}
              class={`plot-line line-${index}`}
              d={pathOf(counts.map((count, at) => [frame.x(middleOf(data, at)), frame.y(count)]))}
            />
          ))}
          <Strokes {...{ frame, span, outages }} />
        </>
      )}
    />
  )
}

/** What a second counted stands in its middle, between the strokes before and after. */
function middleOf({ times }: ChartData, index: number): number {
  return times[index]! * 1_000 + 500
}

function readingOf(data: ChartData, rows: readonly MemberRow[], atMs: number) {
  const index = data.times.indexOf(Math.floor(atMs / 1_000))
  if (index === -1) return undefined
  const failed = data.failed[index]
  const parts = [
    ...rows.map(({ name }, row) => `${name} ${countText(data.counts[row]![index]!)}`),
    ...(failed ? [`served by nobody ${countText(failed)}`] : []),
  ]
  return { atMs: middleOf(data, index), words: parts.join(', ') }
}

/** A bar for each second in which somebody was served by nobody. */
function barsOf(data: ChartData, { x, y, bottom }: Frame): string {
  const width = Math.min(12, (x(1_000) - x(0)) * 0.6)
  return data.failed
    .map((count, index) => {
      if (count === null) return ''
      const left = x(middleOf(data, index)) - width / 2
      return `M${left.toFixed(1)} ${bottom}V${y(count).toFixed(1)}h${width.toFixed(1)}V${bottom}Z`
    })
    .join('')
}

interface MarksProps {
  readonly frame: Frame
  readonly span: Span
  readonly outages: readonly Outage[]
}

/** From a stop to what was promised: in this band, and nowhere else, may users meet nobody. */
function Bands({ frame, span, outages }: MarksProps) {
  return outages.map(({ name, kind, atMs, withinMs }) => {
    if (kind !== 'stop' || withinMs === undefined) return null
    const from = frame.x(Math.max(atMs, span.min))
    const to = frame.x(Math.min(atMs + withinMs, span.max))
    if (to <= from) return null
    const d = `M${from} ${frame.top}H${to}V${frame.bottom}H${from}Z`
    return <path key={`${name} ${atMs}`} class="promise-band" d={d} />
  })
}

/** A stroke at each stop and start, with what it was above. */
function Strokes({ frame, span, outages }: MarksProps) {
  const { x, left, right, top, bottom } = frame
  return outages
    .filter(({ atMs }) => atMs >= span.min && atMs <= span.max)
    .map(({ name, kind, atMs }) => {
      const at = x(atMs)
      const isLate = at > left + (right - left) * 0.9
      return (
        <g key={`${name} ${atMs}`}>
          <path
            class={`plot-stroke ${kind === 'stop' ? 'down' : 'up'}`}
            d={`M${at.toFixed(1)} ${top}V${bottom}`}
          />
          <text x={at} y={top - 4} text-anchor={isLate ? 'end' : 'start'}>
            {name} {kind === 'stop' ? 'stopped' : 'started'}
          </text>
        </g>
      )
    })
}
