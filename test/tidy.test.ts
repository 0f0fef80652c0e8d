/**
 * Goal: every line of src/ stays in its room.
 * Method: read each file's imports and text, and compare them with the map below. The map is the
 * architecture: changing it is a decision to explain in the commit, not a way to make tests pass.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCE = resolve(import.meta.dirname, '../src')

/** Room -> rooms it may import. No room may import one written below it. */
const MAP: Record<string, readonly string[]> = {
  base: [],
  wire: ['base'],
  zone: ['base', 'wire'],
  place: ['base'],
  health: ['base', 'wire'],
  balance: ['base'],
  config: ['base', 'wire', 'zone', 'place', 'health', 'balance'],
  engine: ['base', 'wire', 'zone', 'place', 'balance'],
  transport: ['base', 'wire', 'balance', 'engine'],
  control: ['base', 'wire', 'zone', 'place', 'health', 'balance', 'config', 'engine', 'transport'],
  admin: ['base', 'wire', 'health', 'balance', 'config', 'engine', 'transport', 'control'],
  dashboard: ['base', 'wire', 'admin', 'control'],
  app: ['base', 'wire', 'health', 'config', 'engine', 'transport', 'control', 'admin'],
  cli: ['base', 'wire', 'health', 'balance', 'config', 'transport', 'control', 'admin', 'app'],
}

/** Files whose results depend on arguments alone: no clock, no dice, no sockets, no files of Node. */
const PURE = [
  /^wire\//,
  /^zone\/(?!load)/,
  /^place\/(?!load)/,
  /^balance\//,
  /^engine\//,
  /^health\/(verdict|self-doubt|census)/,
]
/** A `Date` of a number depends on its argument alone; an empty one reads the clock. */
const IMPURE =
  /from 'node:|\bnew Date\(\)|\b(Date\.now|performance\.now|Math\.random|setTimeout|setInterval|process\.|console\.)/

/** Only these may own time, ask the process, or end it. */
const OWNERS = [
  { what: /\b(setTimeout|setInterval)\(/, where: /^base\/clock|^transport\/|^app\/|^dashboard\// },
  { what: /\bprocess\.exit(Code)?\b/, where: /^cli\// },
  { what: /\bMath\.random\b/, where: /^app\/|^cli\/|^dashboard\// },
]

/** A page has types of these, which are gone when it is built, and nothing else. */
const SERVER_ROOM = /^(\.\.\/)+(admin|control)\//

const LINE_MAX = 100
const LINES_MAX = 400
const BANNED = [
  /\benum \w/,
  /\bas any\b/,
  /as unknown as/,
  /export default/,
  /\b(FIXME|XXX|TODO)\b/,
]

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path, room: roomOf(path), text: readFileSync(join(SOURCE, path), 'utf8') }))

describe('tidy', () => {
  it('draws a map without upward arrows', () => {
    const order = Object.keys(MAP)
    const upward = Object.entries(MAP).flatMap(([room, others]) =>
      others.filter((other) => order.indexOf(other) >= order.indexOf(room)),
    )
    expect(upward).toEqual([])
  })

  it('imports only what the map allows', () => {
    const strays = files.flatMap(({ path, room, text }) =>
      [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)]
        .map(([, target]) => roomOf(relative(SOURCE, join(SOURCE, dirname(path), target!))))
        .filter((other) => other !== room && !MAP[room]?.includes(other))
        .map((other) => `${path} imports ${other}`),
    )
    expect(strays).toEqual([])
  })

  it('lets a browser have of the server what it speaks and nothing that runs there', () => {
    const strays = files
      .filter(({ room }) => room === 'dashboard')
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^import (type )?[^']*'([^']+)'/gm)]
          .filter(([, isType, target]) => !isType && SERVER_ROOM.test(target!))
          .map(([, , target]) => `${path} imports ${target}`),
      )
    expect(strays).toEqual([])
  })

  it('keeps pure rooms pure', () => {
    const impure = files.filter(
      ({ path, text }) =>
        PURE.some((room) => room.test(path)) && IMPURE.test(withoutComments(text)),
    )
    expect(impure.map(({ path }) => path)).toEqual([])
  })

  it('leaves time, dice and the end of the process to those who own them', () => {
    const strays = files.flatMap(({ path, text }) =>
      OWNERS.filter(({ what, where }) => !where.test(path) && what.test(withoutComments(text))).map(
        ({ what }) => `${path}: ${what.source}`,
      ),
    )
    expect(strays).toEqual([])
  })

  it('leaves no long line, no long file and nothing banned', () => {
    const isUntidy = (line: string) =>
      line.length > LINE_MAX || BANNED.some((pattern) => pattern.test(line))
    const untidy = files.flatMap(({ path, text }) => {
      const lines = text.split('\n')
      const tooLong = lines.length > LINES_MAX ? [`${path}: ${lines.length} lines`] : []
      return [
        ...tooLong,
        ...lines.flatMap((line, index) => (isUntidy(line) ? [`${path}:${index + 1}`] : [])),
      ]
    })
    expect(untidy).toEqual([])
  })

  it('opens every file by saying what it is for', () => {
    const silent = files.filter(({ text }) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(text))
    expect(silent.map(({ path }) => path)).toEqual([])
  })
})

function roomOf(path: string): string {
  return path.split('/')[0]!
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}
