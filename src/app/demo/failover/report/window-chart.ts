/**
 * One failover, close up: who was served by whom from a second before the kill until after the last
 * cache let go, each request a mark, with the moments as the server noted them.
 */

import { hasFailed } from '../figures.ts'
import { backendsOf, promiseOf } from '../plan.ts'
import type { RequestRecord } from '../users.ts'
import type { FailoverWindow } from '../window.ts'
import type { Report } from './page.ts'
import { box, crosses, label, line, linear, marks, picture, thinned, ticks } from './svg.ts'

const WIDTH = 960
const [LEFT, RIGHT] = [92, 946]
const [LABEL_STEP, ROW_HEIGHT, GAP] = [17, 58, 10]
/** Of the type that labels are set in, on the average. */
const CHARACTER_WIDTH = 6.3
const [BEFORE_MS, AFTER_MS] = [1_000, 2_000]
const MARKS_MAX = 1_500

export function windowChart({ figures: { plan }, run }: Report, window: FailoverWindow): string {
  const { killedWall, backend, letsGoWall = run.endedWall } = window
  const promisedMs = promiseOf(plan).totalMs
  const lastMs = Math.max(promisedMs, letsGoWall - killedWall) + AFTER_MS
  const x = linear(-BEFORE_MS, lastMs, LEFT, RIGHT)
  const since = (wall: number) => wall - killedWall
  const moments = momentsOf(window, promisedMs)
  const levels = levelsOf(moments.map(({ ms, text }) => ({ from: x(ms), width: widthOf(text) })))
  const top = 22 + LABEL_STEP * Math.max(1, ...levels.map((level) => level + 1))
  const backends = backendsOf(plan)
  const rowOf = (row: number) => top + row * (ROW_HEIGHT + GAP)
  const bottom = rowOf(backends.length + 1) - GAP
  const inside = run.requests.filter(({ beganWall }) => {
    const ms = since(beganWall)
    return ms >= -BEFORE_MS && ms <= lastMs
  })
  // Each user has a height of its own, so that marks of one moment do not hide each other.
  const placeIn = (row: number) => (one: RequestRecord) => ({
    x: x(since(one.beganWall)),
    y: rowOf(row) + 5 + ((one.user + 0.5) / plan.users) * (ROW_HEIGHT - 10),
  })
  const rows = [...backends.map((name) => `served by ${name}`), 'failed']
  const parts = [
    box(x(0), top - GAP / 2, x(since(letsGoWall)) - x(0), bottom - top + GAP / 2, 'window'),
    ...rows.flatMap((text, row) => [
      line(LEFT, rowOf(row) - GAP / 2, RIGHT, rowOf(row) - GAP / 2, 'grid'),
      label(LEFT - 10, rowOf(row) + ROW_HEIGHT / 2 + 4, text, 'end'),
    ]),
    ...backends.map((name, rank) => {
      const served = inside.filter(({ servedBy }) => servedBy === name)
      return marks(rank, thinned(served, MARKS_MAX).map(placeIn(rank)))
    }),
    crosses(thinned(inside.filter(hasFailed), MARKS_MAX).map(placeIn(backends.length))),
    ...moments.flatMap(({ ms, text, kind }, at) => {
      const y = 14 + LABEL_STEP * levels[at]!
      const isLeft = x(ms) + widthOf(text) > WIDTH
      return [
        line(x(ms), y + 5, x(ms), bottom, kind),
        label(x(ms) + (isLeft ? -4 : 0), y, text, isLeft ? 'end' : ''),
      ]
    }),
    line(LEFT, bottom, RIGHT, bottom, 'axis'),
    ...ticks(lastMs / 1_000, 9).map((value) =>
      label(x(value * 1_000), bottom + 18, value === 0 ? '0 s' : `+${value} s`, 'middle'),
    ),
  ]
  const title = `Requests around the kill of ${backend}, by who served them or that they failed`
  return picture(WIDTH, bottom + 28, title, parts)
}

interface Moment {
  readonly ms: number
  readonly text: string
  readonly kind: string
}

/** In the order of time. */
function momentsOf(window: FailoverWindow, promisedMs: number): Moment[] {
  const { backend, killedWall, downWall, letsGoWall } = window
  const at = (wall: number | undefined, what: string, kind = 'moment'): Moment[] => {
    if (wall === undefined) return []
    const ms = wall - killedWall
    return [{ ms, text: `${what} +${(ms / 1_000).toFixed(2)} s`, kind }]
  }
  return [
    { ms: 0, text: `${backend} killed`, kind: 'kill' },
    ...at(downWall, 'out of the answers'),
    ...at(letsGoWall, 'last cache lets go'),
    ...at(killedWall + promisedMs, 'promised', 'promise'),
  ].sort((one, other) => one.ms - other.ms)
}

function widthOf(text: string): number {
  return text.length * CHARACTER_WIDTH + 12
}

/** The lowest level for each label on which it touches none before it. */
function levelsOf(labels: readonly { readonly from: number; readonly width: number }[]): number[] {
  const ends: number[] = []
  return labels.map(({ from, width }) => {
    const free = ends.findIndex((end) => end <= from)
    const level = free < 0 ? ends.length : free
    ends[level] = from + width
    return level
  })
}
