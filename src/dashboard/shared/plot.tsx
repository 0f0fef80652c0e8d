/**
 * A chart over time, as wide as its place: its axes, and a reading at the pointer. What it is of is
 * drawn by whoever has it, as SVG, so that the theme colours it and a printer prints it.
 */

import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

import { countTicks, type Span, scaleOf, timeTicks } from './axis.ts'
import { shortText, timeText } from './format.ts'
import './plot.css'

/** Where moments and values are, in pixels, and what bounds them. */
export interface Frame {
  readonly x: (atMs: number) => number
  readonly y: (value: number) => number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface Reading {
  readonly atMs: number
  readonly words: string
}

export interface PlotProps {
  /** Of the whole, in pixels. */
  readonly height: number
  /** Free above the plot, for words that stand there. */
  readonly head?: number
  readonly span: Span
  readonly ceiling: number
  /** What it shows, for who does not see it. */
  readonly words: string
  readonly draw: (frame: Frame) => ComponentChildren
  /** What is known of the moment that is pointed at. */
  readonly read: (atMs: number) => Reading | undefined
}

/** For the figures at the left, for half of the last time of day, and for the times below. */
const [LEFT, RIGHT, BELOW] = [46, 30, 22]
/** Between two ticks, so that their words never meet. */
const [TIME_SPACE, COUNT_SPACE] = [76, 28]

export function Plot({ height, head = 8, span, ceiling, words, draw, read }: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [pointedX, pointAt] = useState<number>()
  useLayoutEffect(() => {
    const element = place.current!
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const [left, right, top, bottom] = [LEFT, width - RIGHT, head, height - BELOW]
  const x = scaleOf(span, left, right)
  const y = scaleOf({ min: 0, max: ceiling }, bottom, top)
  const frame: Frame = { x, y, left, right, top, bottom }
  const isPointed = pointedX !== undefined && pointedX >= left && pointedX <= right
  const atMs = isPointed
    ? scaleOf({ min: left, max: right }, span.min, span.max)(pointedX)
    : undefined
  return (
    <div
      class="plot"
      ref={place}
      role="img"
      aria-label={words}
      onPointerMove={({ clientX, currentTarget }) =>
        pointAt(clientX - currentTarget.getBoundingClientRect().left)
      }
      onPointerLeave={() => pointAt(undefined)}
    >
      <svg width={width} height={height} aria-hidden="true">
        {right > left && (
          <>
            <Axes {...{ frame, span, ceiling }} />
            {draw(frame)}
            {atMs !== undefined && <Pointed frame={frame} reading={read(atMs)} />}
          </>
        )}
      </svg>
    </div>
  )
}

function Axes({ frame, span, ceiling }: Pick<PlotProps, 'span' | 'ceiling'> & { frame: Frame }) {
  const { x, y, left, right, top, bottom } = frame
  const { stepMs, times } = timeTicks(span, ((span.max - span.min) / (right - left)) * TIME_SPACE)
  const ticks = countTicks(ceiling, (ceiling / (bottom - top)) * COUNT_SPACE)
  // Within a minute, the minute alone would be said again and again.
  const timeEnd = stepMs < 60_000 ? 8 : 5
  return (
    <g class="plot-axes">
      {ticks.map((value) => (
        <g key={value}>
          <path d={`M${left} ${Math.round(y(value)) + 0.5}H${right}`} />
          <text class="plot-count" x={left - 8} y={y(value)} dy="0.35em">
            {shortText(value)}
          </text>
        </g>
      ))}
      {times.map((atMs) => (
        <text key={atMs} class="plot-time" x={x(atMs)} y={bottom + 16}>
          {timeText(atMs, atMs).slice(0, timeEnd)}
        </text>
      ))}
    </g>
  )
}

/** A line at the moment that is known best, and its words on the side that has more room. */
function Pointed({ frame, reading }: { frame: Frame; reading: Reading | undefined }) {
  if (!reading) return null
  const { x, left, right, top, bottom } = frame
  const at = x(reading.atMs)
  const isLate = at > (left + right) / 2
  return (
    <g class="plot-pointed">
      <path d={`M${at.toFixed(1)} ${top}V${bottom}`} />
      <text x={at + (isLate ? -6 : 6)} y={top + 11} text-anchor={isLate ? 'end' : 'start'}>
        {timeText(reading.atMs, reading.atMs)}: {reading.words}
      </text>
    </g>
  )
}
