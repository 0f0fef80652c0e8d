/** Queries a second over the last minutes, with a stroke where a verdict changed. */

import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'

import { alignedRates, type Rates } from '../model/rates.ts'
import type { Entry } from '../model/timeline.ts'
import { colourOf, useChart } from '../shared/chart.ts'
import { shortText, timeText } from '../shared/format.ts'

export interface RateChartProps {
  readonly rates: Rates
  readonly entries: readonly Entry[]
  readonly nowMs: number
  readonly spanMs: number
  readonly words: string
}

const HEIGHT = 152
const FONT = '11px system-ui, sans-serif'

export function RateChart({ rates, entries, nowMs, spanMs, words }: RateChartProps) {
  const flips = useRef<readonly Entry[]>([])
  flips.current = entries.filter(({ tone }) => tone === 'down' || tone === 'up')
  const { place, chart } = useChart(HEIGHT, (Plot, element) =>
    plot(Plot, element, () => flips.current),
  )

  useEffect(() => {
    chart?.setData(alignedRates(rates), false)
    chart?.batch(() => {
      chart.setScale('x', { min: (nowMs - spanMs) / 1_000, max: nowMs / 1_000 })
      chart.setScale('y', { min: 0, max: ceilingOf(rates.points.map((one) => one.perSecond)) })
    })
  }, [chart, rates, spanMs, Math.floor(nowMs / 1_000)])

  return <div class="chart" ref={place} role="img" aria-label={words} />
}

function plot(Plot: typeof uPlot, element: HTMLElement, flips: () => readonly Entry[]): uPlot {
  const soft = () => colourOf('--ink-soft')
  const grid = { stroke: () => colourOf('--line'), width: 1 }
  return new Plot(
    {
      width: element.clientWidth || 300,
      height: HEIGHT,
      padding: [8, 30, 0, 0], // The last time of day stands half beyond the last moment.
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      axes: [
        {
          ...{ stroke: soft, grid: { show: false }, ticks: { show: false }, font: FONT, size: 22 },
          space: 70,
          // Within a minute, the minute alone would be said again and again.
          values: (_, times, _axis, _space, stepSeconds) =>
            times.map((at) => timeText(at * 1_000, at * 1_000).slice(0, stepSeconds < 60 ? 8 : 5)),
        },
        {
          ...{ stroke: soft, grid, ticks: { show: false }, font: FONT, size: 46, space: 30 },
          values: (_, ticks) => ticks.map((tick) => shortText(tick)),
        },
      ],
      series: [
        {},
        {
          stroke: () => colourOf('--accent'),
          fill: () => colourOf('--accent-soft'),
          width: 1.5,
          points: { show: false },
        },
      ],
      hooks: { draw: [(chart) => strokes(chart, flips())] },
    },
    [[], []],
    element,
  )
}

/** One stroke for each flip: the one that went down is dashed. */
function strokes(chart: uPlot, flips: readonly Entry[]): void {
  const { ctx, bbox } = chart
  const { min = 0, max = 0 } = chart.scales['x']!
  ctx.save()
  ctx.lineWidth = devicePixelRatio
  for (const { atMs, tone } of flips) {
    const at = atMs / 1_000
    if (at < min! || at > max!) continue
    const x = chart.valToPos(at, 'x', true)
    ctx.strokeStyle = colourOf(tone === 'down' ? '--down' : '--up')
    ctx.setLineDash(tone === 'down' ? [3 * devicePixelRatio, 3 * devicePixelRatio] : [])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

/** A round number that leaves room above the highest. */
function ceilingOf(values: readonly number[]): number {
  const highest = values.reduce((most, value) => Math.max(most, value), 0)
  if (highest <= 4) return 5
  const size = 10 ** Math.floor(Math.log10(highest))
  return (
    [1, 1.5, 2, 3, 4, 5, 7.5, 10].map((part) => part * size).find((it) => it >= highest * 1.05) ??
    15 * size
  )
}
