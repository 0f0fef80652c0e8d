/**
 * Who is answered, second by second: a line for each member, told apart by its dashes, a stroke for
 * each stop and start, and the time that was promised for a failover as a band.
 */

import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'

import { colourOf, useChart } from '../shared/chart.ts'
import { timeText } from '../shared/format.ts'
import type { Picture } from './bench.ts'
import { ceilingOf, type ChartData, chartData, spanOf } from './chart-data.ts'
import type { Outage } from './outage.ts'
import { type MemberRow, memberRows } from './rows.ts'

/** More lines than these nobody tells apart. */
const LINES_MAX = 6
const HEIGHT = 190
const FONT = '11px system-ui, sans-serif'

/** By colour and by dashes, so that either is enough. */
const STYLES = [
  { colour: '--accent', dash: [], width: 2 },
  { colour: '--ink', dash: [7, 4], width: 1.6 },
  { colour: '--ink-soft', dash: [2, 3], width: 1.8 },
  { colour: '--accent', dash: [7, 4], width: 1.6 },
  { colour: '--ink', dash: [2, 3], width: 1.8 },
  { colour: '--ink-soft', dash: [], width: 1.4 },
] as const

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
      <Chart key={rows.map(({ address }) => address).join()} picture={picture} rows={rows} />
    </section>
  )
}

function Sample({ index }: { readonly index: number }) {
  const { dash, width } = STYLES[index]!
  return (
    <svg class={`sample line-${index}`} viewBox="0 0 26 10" aria-hidden="true">
      <line x1="1" x2="25" y1="5" y2="5" stroke-width={width} stroke-dasharray={dash.join(' ')} />
    </svg>
  )
}

function Chart({ picture, rows }: { picture: Picture; rows: readonly MemberRow[] }) {
  const outages = useRef<readonly Outage[]>([])
  outages.current = picture.outages
  const { run, mode } = picture
  const { place, chart } = useChart(HEIGHT, (Plot, element) =>
    plot(Plot, element, rows.length, () => outages.current),
  )

  // The second that goes on is not whole yet; of a burst that is over, it is all there is.
  const second = Math.floor(Date.now() / 1_000)
  const last = mode === 'stream' ? second - 1 : (run.seconds.at(-1)?.second ?? second)
  useEffect(() => {
    const addresses = rows.map(({ address }) => address)
    const data = chartData(run, addresses, last)
    chart?.setData(alignedOf(data), false)
    chart?.batch(() => {
      chart.setScale('x', spanOf(data, last))
      chart.setScale('y', { min: 0, max: ceilingOf(data) })
    })
  }, [chart, run, last, mode, picture.outages])

  const words = `visits a second to ${rows.map(({ name }) => name).join(', ') || 'nobody yet'}`
  return <div class="lab-chart" ref={place} role="img" aria-label={words} />
}

function plot(
  Plot: typeof uPlot,
  element: HTMLElement,
  lines: number,
  outages: () => readonly Outage[],
): uPlot {
  const soft = () => colourOf('--ink-soft')
  const grid = { stroke: () => colourOf('--line'), width: 1 }
  const bars = Plot.paths.bars!({ size: [0.6, 12] })
  return new Plot(
    {
      width: element.clientWidth || 300,
      height: HEIGHT,
      padding: [16, 26, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      axes: [
        {
          ...{ stroke: soft, grid: { show: false }, ticks: { show: false }, font: FONT, size: 22 },
          values: (_, times) => times.map((at) => timeText(at * 1_000, at * 1_000)),
          space: 70,
        },
        { stroke: soft, grid, ticks: { show: false }, font: FONT, size: 40, space: 30 },
      ],
      series: [
        {},
        {
          fill: () => colourOf('--down'),
          stroke: () => colourOf('--down'),
          paths: bars,
          points: { show: false },
        },
        ...STYLES.slice(0, lines).map(({ colour, dash, width }) => ({
          ...{ stroke: () => colourOf(colour), width, dash: [...dash] },
          points: { show: false },
        })),
      ],
      hooks: {
        drawClear: [(chart) => bands(chart, outages())],
        draw: [(chart) => strokes(chart, outages())],
      },
    },
    alignedOf({ times: [], failed: [], counts: Array.from({ length: lines }, () => []) }),
    element,
  )
}

/** As uPlot takes it: the times, then a row for each series. */
function alignedOf({ times, failed, counts }: ChartData): uPlot.AlignedData {
  // What a second counted stands in its middle, between the strokes before and after.
  return [times.map((at) => at + 0.5), [...failed], ...counts.map((row) => [...row])]
}

/** From a stop to what was promised: in this band, and nowhere else, may users meet nobody. */
function bands(chart: uPlot, outages: readonly Outage[]): void {
  for (const { kind, atMs, withinMs } of outages) {
    if (kind !== 'stop' || withinMs === undefined) continue
    within(chart, atMs / 1_000, (atMs + withinMs) / 1_000, (left, width) => {
      chart.ctx.fillStyle = colourOf('--wait-soft')
      chart.ctx.fillRect(left, chart.bbox.top, width, chart.bbox.height)
    })
  }
}

/** A stroke at each stop and start, with what it was above. */
function strokes(chart: uPlot, outages: readonly Outage[]): void {
  const { ctx, bbox } = chart
  const scale = devicePixelRatio
  for (const { name, kind, atMs } of outages) {
    within(chart, atMs / 1_000, atMs / 1_000, (x) => {
      ctx.strokeStyle = colourOf(kind === 'stop' ? '--down' : '--up')
      ctx.fillStyle = colourOf('--ink')
      ctx.font = `${11 * scale}px system-ui, sans-serif`
      ctx.textBaseline = 'bottom'
      ctx.textAlign = x > bbox.left + bbox.width * 0.9 ? 'right' : 'left'
      ctx.lineWidth = scale
      ctx.setLineDash(kind === 'stop' ? [3 * scale, 3 * scale] : [])
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.fillText(`${name} ${kind === 'stop' ? 'stopped' : 'started'}`, x, bbox.top - 2 * scale)
    })
  }
}

/** Draws what of a span is within the chart. */
function within(
  chart: uPlot,
  from: number,
  to: number,
  draw: (left: number, width: number) => void,
): void {
  const { min, max } = chart.scales['x']!
  if (min == null || max == null || to < min || from > max) return
  const left = chart.valToPos(Math.max(from, min), 'x', true)
  const { ctx } = chart
  ctx.save()
  draw(left, chart.valToPos(Math.min(to, max), 'x', true) - left)
  ctx.restore()
}
