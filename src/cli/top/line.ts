/** Lines of a screen as parts with a manner, cut to what fits before anything is coloured. */

import { styleText } from 'node:util'

import { plain } from '../table.ts'

export type Manner = 'bold' | 'dim' | 'good' | 'bad' | 'doubt' | 'selected'

export interface Part {
  readonly text: string
  readonly manner?: Manner | undefined
}

export type Line = readonly Part[]

export function part(text: string, manner?: Manner): Part {
  return { text, manner }
}

/** Cuts a line to `width` columns; who was cut ends in an ellipsis. */
export function cut(line: Line, width: number): Line {
  const size = line.reduce((sum, { text }) => sum + [...plain(text)].length, 0)
  if (size <= width) return line
  let room = Math.max(0, width - 1)
  const kept = line.flatMap(({ text, manner }) => {
    const shown = [...plain(text)].slice(0, room).join('')
    room -= [...shown].length
    return shown === '' ? [] : [{ text: shown, manner }]
  })
  return width > 0 ? [...kept, { text: '…' }] : []
}

/** A cell of so many columns. */
export function cell(text: string, width: number, isRight = false): string {
  const shown = [...plain(text)]
  if (shown.length > width) return `${shown.slice(0, Math.max(0, width - 1)).join('')}…`
  const space = ' '.repeat(width - shown.length)
  return isRight ? space + shown.join('') : shown.join('') + space
}

const STYLES = {
  bold: 'bold',
  dim: 'dim',
  good: 'green',
  bad: 'red',
  doubt: 'yellow',
  selected: 'inverse',
} as const satisfies Record<Manner, Parameters<typeof styleText>[0]>

/** Colours and weights for a terminal that has them; `isPlain` leaves all but the selection. */
export function printLine(line: Line, isPlain: boolean): string {
  return line
    .map(({ text, manner }) => {
      const shown = plain(text)
      const isLeft = manner === undefined || (isPlain && manner !== 'selected')
      // A terminal was asked for, so whether this process has one is no question here.
      return isLeft ? shown : styleText(STYLES[manner], shown, { validateStream: false })
    })
    .join('')
}

/** As words alone. */
export function textOf(line: Line): string {
  return line
    .map(({ text }) => plain(text))
    .join('')
    .trimEnd()
}
