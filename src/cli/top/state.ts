/** What the person at the keys has chosen, and what a key makes of it. */

import type { Choice, Row } from './rows.ts'
import { SORTS } from './rows.ts'

export interface TopState extends Choice {
  /** The key of the row; the first where it is none or gone. */
  readonly selected?: string | undefined
  readonly prompt?: Prompt | undefined
  /** What came of the last wish. */
  readonly message?: string | undefined
  /** A text in the place of the rows. */
  readonly reading?: Reading | undefined
  /** What was explained last, for the next time. */
  readonly explained: string
}

export interface Prompt {
  readonly kind: 'filter' | 'drain' | 'undrain' | 'explain'
  readonly text: string
  readonly pool?: string | undefined
  readonly member?: string | undefined
}

export interface Reading {
  readonly title: string
  readonly lines: readonly string[]
  /** The first line in sight. */
  readonly from: number
}

/** What is to be done elsewhere. */
export type Wish =
  | { readonly kind: 'quit' | 'suspend' }
  | { readonly kind: 'drain'; readonly pool: string; readonly member: string; reason: string }
  | { readonly kind: 'undrain'; readonly pool: string; readonly member: string }
  | { readonly kind: 'explain'; readonly name: string }

export interface Pressed {
  readonly state: TopState
  readonly wish?: Wish
}

export const START: TopState = { sort: 'file', filter: '', folded: new Set(), explained: '' }

/** As long as the API takes reasons, and longer than any name. */
const TEXT_MAX = 200

/** `page` is how many rows are in sight. */
export function press(state: TopState, key: string, rows: readonly Row[], page: number): Pressed {
  if (key === 'ctrl-c') return { state, wish: { kind: 'quit' } }
  if (key === 'ctrl-z') return { state, wish: { kind: 'suspend' } }
  if (state.prompt) return type(state, state.prompt, key)
  if (state.reading) return { state: read(state, state.reading, key, page) }
  const calm = { ...state, message: undefined }
  const row = rows[indexOf(state, rows)]
  switch (key) {
    case 'q':
      return { state, wish: { kind: 'quit' } }
    case 's':
      return { state: { ...calm, sort: SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length]! } }
    case '/':
      return { state: { ...calm, prompt: { kind: 'filter', text: state.filter } } }
    case 'escape':
      return { state: { ...calm, filter: '' } }
    case 'p':
    case 'enter':
      return { state: row ? folded(calm, row) : calm }
    case 'd':
    case 'u':
      return { state: decide(calm, key === 'd' ? 'drain' : 'undrain', row) }
    case 'e':
      return { state: { ...calm, prompt: { kind: 'explain', text: state.explained } } }
    default:
      return { state: moved(calm, key, rows, page) }
  }
}

/** Where the selection is among the rows. */
export function indexOf({ selected }: TopState, rows: readonly Row[]): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === selected),
  )
}

function moved(state: TopState, key: string, rows: readonly Row[], page: number): TopState {
  const steps: Readonly<Record<string, number>> = {
    ...{ up: -1, k: -1, down: 1, j: 1, 'page up': -page, 'page down': page },
    ...{ home: -rows.length, end: rows.length },
  }
  const step = steps[key]
  if (step === undefined || rows.length === 0) return state
  const at = Math.min(rows.length - 1, Math.max(0, indexOf(state, rows) + step))
  return { ...state, selected: rows[at]!.key }
}

function folded(state: TopState, { pool: { name } }: Row): TopState {
  const pools = new Set(state.folded)
  if (!pools.delete(name)) pools.add(name)
  return { ...state, folded: pools, selected: name }
}

function decide(state: TopState, kind: 'drain' | 'undrain', row: Row | undefined): TopState {
  if (row?.kind !== 'member') return { ...state, message: `select a member to ${kind} it` }
  const { pool, member } = row
  if (kind === 'undrain' && !member.override) {
    return { ...state, message: `${pool.name}/${member.name} has no override` }
  }
  return { ...state, prompt: { kind, text: '', pool: pool.name, member: member.name } }
}

function read(state: TopState, reading: Reading, key: string, page: number): TopState {
  const steps: Readonly<Record<string, number>> = {
    ...{ up: -1, k: -1, down: 1, j: 1, 'page up': -page, 'page down': page },
    ...{ home: -reading.lines.length, end: reading.lines.length },
  }
  const step = steps[key]
  if (step === undefined) {
    return ['q', 'e', 'enter', 'escape'].includes(key) ? { ...state, reading: undefined } : state
  }
  const last = Math.max(0, reading.lines.length - page)
  const from = Math.min(last, Math.max(0, reading.from + step))
  return { ...state, reading: { ...reading, from } }
}

function type(state: TopState, prompt: Prompt, key: string): Pressed {
  const closed = { ...state, prompt: undefined }
  const typed = (text: string): Pressed => ({
    state: {
      ...state,
      prompt: { ...prompt, text },
      ...(prompt.kind === 'filter' && { filter: text }),
    },
  })
  if (key === 'escape') {
    return { state: prompt.kind === 'filter' ? { ...closed, filter: '' } : closed }
  }
  if (prompt.kind === 'undrain') {
    const { pool, member } = prompt
    if (key !== 'y') return { state: closed }
    return { state: closed, wish: { kind: 'undrain', pool: pool!, member: member! } }
  }
  if (key === 'enter') return entered(closed, prompt)
  if (key === 'backspace') return typed([...prompt.text].slice(0, -1).join(''))
  if (key === 'ctrl-u') return typed('')
  if ([...key].length > 1 || prompt.text.length >= TEXT_MAX) return { state }
  return typed(prompt.text + key)
}

function entered(state: TopState, { kind, text, pool, member }: Prompt): Pressed {
  const words = text.trim()
  if (kind === 'drain') {
    if (words === '') return { state: { ...state, message: 'not drained: a drain has a reason' } }
    return { state, wish: { kind, pool: pool!, member: member!, reason: words } }
  }
  if (kind === 'explain' && words !== '') {
    return { state: { ...state, explained: words }, wish: { kind, name: words } }
  }
  return { state }
}
