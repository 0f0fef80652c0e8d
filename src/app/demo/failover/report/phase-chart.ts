/** How long requests took in one phase, each a mark by who served it, on a scale that all share. */

import { hasFailed } from '../figures.ts'
import { backendsOf } from '../plan.ts'
import type { Report } from './page.ts'
import { crosses, label, line, linear, logarithmic, marks, picture, thinned } from './svg.ts'
import { box, ticks } from './svg.ts'

const [WIDTH, HEIGHT] = [310, 220]
const [LEFT, RIGHT, TOP, BOTTOM] = [54, 304, 12, 176]
/** Where requests that failed are: below the scale, for they took no time that counts. */
const LOST = 186
const MARKS_MAX = 1_500
const DECADES = [0.1, 1, 10, 100, 1_000, 10_000]

export function phaseChart({ figures: { plan }, run }: Report, phase: number): string {
  const { startedWall, endedWall, name } = run.phases[phase]!
  const requests = run.requests.filter((one) => one.phase === phase)
  const spans = run.requests.filter((one) => !hasFailed(one)).map(({ tookMs }) => tookMs)
  const least = spans.reduce((min, span) => Math.min(min, span), 1)
  const most = spans.reduce((max, span) => Math.max(max, span), 10)
  const from = DECADES.findLast((decade) => decade <= least) ?? DECADES[0]!
  const to = DECADES.find((decade) => decade >= most) ?? DECADES.at(-1)!
  const seconds = Math.max(1, (endedWall - startedWall) / 1_000)
  const x = linear(0, seconds, LEFT, RIGHT)
  const y = logarithmic(from, to, BOTTOM, TOP)
  const second = (wall: number) => (wall - startedWall) / 1_000
  const window = run.windows.find((one) => one.phase === phase)
  const untilSeconds = window && Math.min(seconds, second(window.letsGoWall ?? endedWall))
  return picture(WIDTH, HEIGHT, `How long requests took in phase ${phase + 1}, ${name}`, [
    ...(untilSeconds === undefined
      ? []
      : [box(x(0), TOP, x(untilSeconds) - x(0), LOST + 8 - TOP, 'window')]),
    ...DECADES.filter((decade) => decade >= from && decade <= to).flatMap((decade) => [
      line(LEFT, y(decade), RIGHT, y(decade), 'grid'),
      label(
        LEFT - 8,
        y(decade) + 4,
        decade >= 1_000 ? `${decade / 1_000} s` : `${decade} ms`,
        'end',
      ),
    ]),
    ...backendsOf(plan).map((backend, rank) => {
      const served = requests.filter(({ servedBy }) => servedBy === backend)
      const places = thinned(served, MARKS_MAX).map(({ beganWall, tookMs }) => ({
        ...{ x: x(second(beganWall)), y: y(tookMs) },
      }))
      return marks(rank, places)
    }),
    crosses(
      thinned(requests.filter(hasFailed), MARKS_MAX).map(({ beganWall }) => ({
        ...{ x: x(second(beganWall)), y: LOST },
      })),
    ),
    line(LEFT, LOST + 8, RIGHT, LOST + 8, 'axis'),
    ...ticks(seconds, 4).map((value) => label(x(value), LOST + 26, `${value} s`, 'middle')),
  ])
}
