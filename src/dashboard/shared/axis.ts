/** Where the ticks of a chart stand and how its lines go: arithmetic alone, with nothing drawn. */

export interface Span {
  readonly min: number
  readonly max: number
}

/** Takes a value of the span to its place between two pixels. */
export function scaleOf({ min, max }: Span, from: number, to: number): (value: number) => number {
  return (value) => from + ((value - min) / (max - min)) * (to - from)
}

/** A round number that leaves room above the highest value. */
export function ceilingOf(highest: number): number {
  const least = Math.max(4, highest)
  const size = 10 ** Math.floor(Math.log10(least))
  return [1, 1.5, 2, 3, 4, 5, 7.5, 10, 15]
    .map((part) => part * size)
    .find((it) => it >= least * 1.1)!
}

/** Round counts from zero up to the ceiling, no two closer than `stepMin`. */
export function countTicks(ceiling: number, stepMin: number): number[] {
  const size = 10 ** Math.floor(Math.log10(stepMin))
  const step = [1, 2, 2.5, 5, 10].map((part) => part * size).find((it) => it >= stepMin)!
  return Array.from({ length: Math.floor(ceiling / step) + 1 }, (_, index) => index * step)
}

/** Steps that people count time in. */
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 900].map((seconds) => seconds * 1_000)

export interface TimeTicks {
  readonly stepMs: number
  readonly times: readonly number[]
}

/** Round moments within the span, no two closer than `stepMinMs`. */
export function timeTicks({ min, max }: Span, stepMinMs: number): TimeTicks {
  const stepMs = STEPS_MS.find((step) => step >= stepMinMs) ?? STEPS_MS.at(-1)!
  const first = Math.ceil(min / stepMs)
  const count = Math.max(0, Math.floor(max / stepMs) - first + 1)
  return { stepMs, times: Array.from({ length: count }, (_, index) => (first + index) * stepMs) }
}

export type Point = readonly [x: number, y: number]

/** The `d` of a path through the points, to a tenth of a pixel; empty where there are none. */
export function pathOf(points: readonly Point[]): string {
  return points
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('')
}
