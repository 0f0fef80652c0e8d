/** The whole run over time: requests each second by who served them, and those that failed. */

import { hasFailed } from '../figures.ts'
import { backendsOf } from '../plan.ts'
import type { Report } from './page.ts'
import { box, crosses, label, line, linear, picture, thinned, ticks } from './svg.ts'

const [WIDTH, HEIGHT] = [960, 270]
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 950, 58, 236]
const BARS = 90
const CROSSES_MAX = 2_000

export function courseChart({ figures: { plan }, run }: Report): string {
  const { startedWall, endedWall, requests, windows, phases } = run
  const firstWall = phases[0]?.startedWall ?? startedWall
  const seconds = Math.max(1, (endedWall - firstWall) / 1_000)
  const second = (wall: number) => (wall - firstWall) / 1_000
  const x = linear(0, seconds, LEFT, RIGHT)
  const stepSeconds = seconds / BARS
  const backends = backendsOf(plan)
  const binOf = (wall: number) => Math.min(BARS - 1, Math.floor(second(wall) / stepSeconds))
  // By bin, how many each backend served; the last column holds those that failed.
  const bins = Array.from({ length: BARS }, () => [...backends.map(() => 0), 0])
  for (const { beganWall, servedBy } of requests) {
    const column = servedBy === undefined ? backends.length : backends.indexOf(servedBy)
    bins[Math.max(0, binOf(beganWall))]![column]!++
  }
  const heights = bins.map((bin) => bin.reduce((sum, count) => sum + count, 0) / stepSeconds)
  const most = Math.max(1, ...heights)
  const y = linear(0, most, BOTTOM, TOP)
  const bars = bins.flatMap((bin, at) => {
    let below = 0
    return bin.flatMap((count, column) => {
      if (count === 0) return []
      const [low, high] = [y(below / stepSeconds), y((below += count) / stepSeconds)]
      const kind = column === backends.length ? 'lost' : `b${column}`
      const left = x(at * stepSeconds) + 0.6
      return [box(left, high, (RIGHT - LEFT) / BARS - 1.2, low - high, kind)]
    })
  })
  const failed = thinned(requests.filter(hasFailed), CROSSES_MAX)
  return picture(WIDTH, HEIGHT, 'Requests each second over the whole run, by who served them', [
    ...windows.map(({ killedWall, letsGoWall = endedWall }) => {
      const [from, to] = [x(second(killedWall)), x(second(letsGoWall))]
      return box(from, TOP - 22, to - from, BOTTOM - TOP + 22, 'window')
    }),
    ...ticks(most, 4).flatMap((value) => [
      line(LEFT, y(value), RIGHT, y(value), 'grid'),
      label(LEFT - 8, y(value) + 4, String(value), 'end'),
    ]),
    ...bars,
    crosses(failed.map(({ beganWall }) => ({ x: x(second(beganWall)), y: TOP - 12 }))),
    ...phases.flatMap(({ name, startedWall: wall }, number) => [
      line(x(second(wall)), 8, x(second(wall)), BOTTOM, 'edge'),
      label(x(second(wall)) + 7, 20, `Phase ${number + 1}: ${name}`, 'strong'),
    ]),
    line(LEFT, BOTTOM, RIGHT, BOTTOM, 'axis'),
    ...ticks(seconds, 10).map((value) => label(x(value), BOTTOM + 18, `${value} s`, 'middle')),
  ])
}
