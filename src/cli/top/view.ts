/** What `rota top` shows: a status, what was chosen and the size of the screen, as lines. */

import type { Status } from '../../admin/status.ts'

import { spanText } from '../table.ts'
import { cell, cut, type Line, part, type Part } from './line.ts'
import type { Rates } from './rates.ts'
import { columnsFor, headLine, rowLine } from './row-lines.ts'
import type { Row } from './rows.ts'
import { indexOf, type Prompt, type TopState } from './state.ts'

export interface Size {
  readonly columns: number
  /** Infinity where all is to be printed at once. */
  readonly rows: number
}

export interface Scene {
  readonly status: Status
  readonly rates: Rates
  readonly rows: readonly Row[]
  readonly state: TopState
  /** Since when the server has not answered (wall), and why. */
  readonly lost?: { readonly sinceWall: number; readonly reason: string } | undefined
  readonly nowWall: number
}

const WARNINGS_SHOWN = 2
const FLIPS_SHOWN = 5
/** Of the lines below the head: flips and warnings leave the rest to the rows. */
const FLIPS_PART = 4

export function viewLines(scene: Scene, size: Size): Line[] {
  const { state, rows } = scene
  const head = headLines(scene, size)
  const flips = flipLines(scene, flipsFor(size))
  const foot = Number.isFinite(size.rows) ? [footLine(state)] : []
  const page = pageOf(scene, size)
  const body = state.reading ? readingLines(scene, page) : bodyLines(scene, page, size)
  const filled = Number.isFinite(page) ? [...body, ...blank(page + 1 - body.length)] : body
  const lines = [...head, ...filled, ...flips, ...foot]
  const fitting = lines.length > size.rows ? [...lines.slice(0, size.rows - 1), foot[0]!] : lines
  const isEmpty = rows.length === 0 && !state.reading
  const shown = isEmpty ? withNote(fitting, head.length + 1, state.filter) : fitting
  return shown.map((line) => cut(line, size.columns))
}

/** How many rows are in sight at once, below their head. */
export function pageOf(scene: Scene, size: Size): number {
  const others = headLines(scene, size).length + flipLines(scene, flipsFor(size)).length + 2
  return Math.max(1, size.rows - others)
}

function headLines({ status, rates, lost, nowWall }: Scene, { rows }: Size): Line[] {
  const { version, generation, startedAt, listen, queries, transport, warnings } = status
  const now = Date.parse(status.now)
  const [first = 'nowhere', ...others] = listen
  const more = others.length > 0 ? ` +${others.length}` : ''
  const workers = transport?.workers === 1 ? '1 worker' : `${transport?.workers} workers`
  const path = transport ? `  ${transport.path}, ${workers}` : ''
  const since = lost && `connection lost ${spanText(nowWall - lost.sinceWall)} ago, trying: `
  const shown = rows < 16 ? 0 : WARNINGS_SHOWN
  const rest = warnings.length - shown
  return [
    [
      part(`rota ${version}`, 'bold'),
      part(`  ${first}${more}  up ${spanText(now - Date.parse(startedAt))}`),
      part(`  generation ${generation}  ${status.now.slice(11, 19)} UTC`),
    ],
    since === undefined
      ? [
          part(`${perSecond(rates.queries)} queries/s`, 'bold'),
          part(`  ${perSecond(rates.answers)} answers/s  ${queries} queries${path}`),
        ]
      : [part(since, 'bad'), part(lost!.reason)],
    ...warnings.slice(0, shown).map((warning, at): Line => {
      const isLast = at === shown - 1 && rest > 0
      return [part('! ', 'doubt'), part(isLast ? `(${rest} more) ${warning}` : warning)]
    }),
  ]
}

function perSecond(rate: number | undefined): string {
  return rate === undefined ? '-' : rate < 1_000 ? rate.toFixed(1) : String(Math.round(rate))
}

function bodyLines({ rows, state, status }: Scene, page: number, { columns }: Size): Line[] {
  const widths = columnsFor(rows, columns)
  const at = indexOf(state, rows)
  const isAll = !Number.isFinite(page)
  const from = isAll ? 0 : Math.max(0, Math.min(rows.length - page, at - Math.floor(page / 2)))
  const shown = rows.slice(from, isAll ? undefined : from + page)
  const order = state.sort === 'file' ? '' : `, by ${state.sort}`
  const filter = state.filter === '' ? '' : `, with "${state.filter}"`
  return [
    headLine(widths, `${order}${filter}`),
    ...shown.map((row, i) => rowLine(row, widths, status, !isAll && from + i === at)),
  ]
}

function withNote(lines: readonly Line[], at: number, filter: string): Line[] {
  const note = filter === '' ? 'there are no pools' : `nothing has "${filter}" in it; Esc shows all`
  return lines.map((line, i) => (i === at ? [part(`  ${note}`, 'dim')] : line))
}

function readingLines({ state: { reading } }: Scene, page: number): Line[] {
  const { title, lines, from } = reading!
  return [
    [part(title, 'bold')],
    ...lines.slice(from, from + page).map((line): Line => [part(line)]),
  ]
}

function blank(count: number): Line[] {
  return Array.from({ length: Math.max(0, count) }, () => [])
}

function flipsFor({ rows }: Size): number {
  return Math.max(0, Math.min(FLIPS_SHOWN, Math.floor(rows / FLIPS_PART) - 2))
}

function flipLines({ status: { flips, now } }: Scene, most: number): Line[] {
  if (flips.length === 0 || most === 0) return []
  const wall = Date.parse(now)
  const lines = flips.slice(0, most).map((flip): Line => {
    const { at, members, moreMembers = 0, address, from, to, evidence, failoverMs } = flip
    const [first, ...others] = members
    const count = others.length + moreMembers
    const more = count === 0 ? '' : ` and ${count} more`
    const whom = first === undefined ? '' : `${first}${more}  `
    const manner = to === 'down' ? 'bad' : 'good'
    const took = failoverMs === undefined ? '' : `  failover ${(failoverMs / 1_000).toFixed(1)}s`
    return [
      part(`  ${cell(`${spanText(wall - Date.parse(at))} ago`, 11)} `),
      part(`${whom}${address}  `),
      part(`${from} -> ${to}`, manner),
      part(`${took}  ${evidence}`),
    ]
  })
  return [[part('last flips', 'dim')], ...lines]
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ...([
    ['up/down', 'select'],
    ['s', 'sort'],
    ['/', 'filter'],
    ['p', 'fold'],
    ['d', 'drain'],
  ] as const),
  ...([
    ['u', 'undrain'],
    ['e', 'explain'],
    ['q', 'quit'],
  ] as const),
]

function footLine({ prompt, message, reading }: TopState): Line {
  if (prompt) return promptLine(prompt)
  if (message !== undefined) return [part(message, 'bold')]
  if (reading) return [part('up/down', 'bold'), part(' scroll  '), part('q', 'bold'), part(' back')]
  return KEYS.flatMap(([key, what], at): Part[] => [
    ...(at === 0 ? [] : [part('  ')]),
    ...[part(key, 'bold'), part(` ${what}`)],
  ])
}

function promptLine({ kind, text, pool, member }: Prompt): Line {
  const cursor = part(' ', 'selected')
  switch (kind) {
    case 'filter':
      return [part('filter: ', 'bold'), part(text), cursor]
    case 'explain':
      return [part('explain which name: ', 'bold'), part(text), cursor]
    case 'drain':
      return [part(`drain ${pool}/${member}, because: `, 'bold'), part(text), cursor]
    case 'undrain':
      return [part(`end the override of ${pool}/${member}? `, 'bold'), part('y, or any other key')]
  }
}
