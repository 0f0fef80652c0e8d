/** Queries a second over the last minutes, with a stroke where a verdict changed. */

import { type Rates, rateAt, stretchesOf } from '../model/rates.ts'
import type { Entry } from '../model/timeline.ts'
import { ceilingOf, pathOf, type Point, type Span } from '../shared/axis.ts'
import { shortText } from '../shared/format.ts'
import { type Frame, Plot } from '../shared/plot.tsx'

export interface RateChartProps {
  readonly rates: Rates
  readonly entries: readonly Entry[]
  readonly nowMs: number
  readonly spanMs: number
  readonly words: string
}

const HEIGHT = 152

export function RateChart({ rates, entries, nowMs, spanMs, words }: RateChartProps) {
  const { points } = rates
  const highest = points.reduce((most, { perSecond }) => Math.max(most, perSecond), 0)
  const span = { min: nowMs - spanMs, max: nowMs }
  const flips = entries.filter(
    ({ tone, atMs }) => (tone === 'down' || tone === 'up') && isWithin(span, atMs),
  )
  return (
    <Plot
      {...{ span, words }}
      height={HEIGHT}
      ceiling={ceilingOf(highest)}
      read={(atMs) => {
        const point = rateAt(rates, atMs)
        return point && { atMs: point.atMs, words: `${shortText(point.perSecond)} a second` }
      }}
      draw={(frame) => (
        <>
          {stretchesOf(points.filter(({ atMs }) => isWithin(span, atMs))).map((stretch) => {
            const line = stretch.map(({ atMs, perSecond }): Point => {
              return [frame.x(atMs), frame.y(perSecond)]
            })
            return <Stretch key={stretch[0]!.atMs} {...{ line, frame }} />
          })}
          {flips.map(({ key, atMs, tone }) => (
            <path
              key={key}
              class={`plot-stroke ${tone}`}
              d={`M${frame.x(atMs).toFixed(1)} ${frame.top}V${frame.bottom}`}
            />
          ))}
        </>
      )}
    />
  )
}

function Stretch({ line, frame }: { readonly line: readonly Point[]; readonly frame: Frame }) {
  const [first, last] = [line[0]!, line.at(-1)!]
  const ground: Point[] = [
    [last[0], frame.bottom],
    [first[0], frame.bottom],
  ]
  return (
    <>
      <path class="plot-area" d={pathOf([...line, ...ground])} />
      <path class="plot-line" d={pathOf(line)} />
    </>
  )
}

function isWithin({ min, max }: Span, atMs: number): boolean {
  return atMs >= min && atMs <= max
}
