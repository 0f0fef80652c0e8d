/**
 * Goal: `rota top` shows what there is room for, the same for the same status and size, and nothing
 * that a backend says can steer the terminal.
 * Method: a status by hand, screens of several sizes, and the lines that they hold.
 */

import { describe, expect, it } from 'vitest'
import fc from 'fast-check'

import { cut, part, printLine } from '../../../src/cli/top/line.ts'
import { ratesOf, withSample } from '../../../src/cli/top/rates.ts'
import { START } from '../../../src/cli/top/state.ts'
import { viewLines } from '../../../src/cli/top/view.ts'
import { later, member, sceneOf, statusOf, textLines, typed } from './scene.ts'

const FULL = { columns: 140, rows: 24 }

describe('the view', () => {
  it('is the server in two lines, a table of pools and members, flips, and keys', () => {
    expect(textLines(sceneOf(), { columns: 120, rows: 20 })).toEqual([
      'rota 0.2.0  127.0.0.1:5300 +1  up 1h  generation 3  12:00:00 UTC',
      '- queries/s  - answers/s  100 queries  batched, 2 workers',
      '! certificate of web/a expires in 9 days',
      '    MEMBER ADDRESS   VERDICT     WANTED    NOW   TURNS/S EVIDENCE',
      '> - web  weighted  v4 1 of 3 healthy  TTL 5s (b is in doubt)',
      '    a      192.0.2.1 up          100.0%      -         - status 200 in 3 ms',
      '    b      192.0.2.2 up (drain)   50.0%      -         - in caches for 21s (4 networks); "disk swap" (ana); status 200 …',
      '    c      192.0.2.3 down         50.0%      -         - not answered; connection refused',
      '  - mail  rotate  v4 0 of 1 healthy, FAILED 1m ago, answers by "last_good for 10m" for 9m',
      '    d      192.0.2.4 down         50.0%      -         - timed out',
      ...Array.from({ length: 7 }, () => ''),
      'last flips',
      '  12s ago     web/c  192.0.2.3  up -> down  failover 2.3s  connection refused',
      'up/down select  s sort  / filter  p fold  d drain  u undrain  e explain  q quit',
    ])
  })

  it('shows what is answered now beside what is wanted', () => {
    const status = statusOf()
    const after = later(status, 4, { 'web/a': 6, 'web/b': 2 })
    const rates = ratesOf(withSample(withSample([], status), after))
    const lines = textLines(sceneOf(after, START, rates), FULL)
    expect(lines[1]).toMatch(/^2\.0 queries\/s {2}2\.0 answers\/s/)
    expect(lines.find((line) => line.includes(' a '))).toMatch(
      /100\.0% {2}75\.0% +1\.5 #{15}\.{4}\|/,
    )
    expect(lines.find((line) => line.includes(' c '))).toMatch(/ 0\.0% +0\.0 /)
  })

  it('says what became of a host in many pools before its line is over', () => {
    const members = ['web/c', 'all/c', 'any/c', 'main/c', 'cart/c', 'quick/c', 'site/c', 'api/c']
    const [flip] = statusOf().flips
    const status = statusOf({ flips: [{ ...flip!, members, moreMembers: 900 }] })
    const lines = textLines(sceneOf(status), { columns: 80, rows: 24 })
    expect(lines.find((line) => line.includes('12s ago'))).toContain(
      'web/c and 907 more  192.0.2.3  up -> down  failover 2.3s',
    )
  })

  it('says how long caches may hold who is drained', () => {
    expect(textLines(sceneOf(), { columns: 200, rows: 24 }).join('\n')).toContain(
      ' in caches for 21s (4 networks); "disk swap" (ana); status 200',
    )
  })

  it('leaves out the address, then the rate, where it is narrow', () => {
    const [wide, narrow, narrower] = [100, 60, 50].map(
      (columns) => textLines(sceneOf(), { columns, rows: 20 })[3]!,
    )
    expect(wide).toContain('ADDRESS')
    expect(narrow).toMatch(/^ {4}MEMBER VERDICT.*WANTED.*NOW.*EVIDENCE$/)
    expect(narrower).not.toContain('TURNS')
  })

  it('fills every size exactly, and goes beyond none', () => {
    const sizes = fc.record({
      columns: fc.integer({ min: 1, max: 200 }),
      rows: fc.integer({ min: 1, max: 60 }),
    })
    fc.assert(
      fc.property(sizes, fc.constantFrom(...STATES), (size, state) => {
        const lines = textLines(sceneOf(statusOf(), state), size)
        expect(lines.length).toBeLessThanOrEqual(size.rows)
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(size.columns)
      }),
    )
  })

  it('keeps the selected row in sight', () => {
    const members = Array.from({ length: 100 }, (_, i) => member(`m${i}`))
    const [pool] = statusOf().pools
    const status = statusOf({ pools: [{ ...pool!, members }] })
    for (const selected of ['web', 'web/m50/v4', 'web/m99/v4']) {
      const lines = textLines(sceneOf(status, { ...START, selected }), { columns: 80, rows: 24 })
      expect(lines.filter((line) => line.startsWith('>'))).toHaveLength(1)
      expect(lines).toHaveLength(24)
    }
  })

  it('says since when the server is lost, and shows the last that it told', () => {
    const scene = sceneOf()
    const lost = { sinceWall: scene.nowWall - 12_000, reason: 'connection refused' }
    const lines = textLines({ ...scene, lost }, FULL)
    expect(lines[1]).toBe('connection lost 12s ago, trying: connection refused')
    expect(lines.join()).toContain('web')
  })

  it('says that there is nothing, and how to see all again', () => {
    expect(textLines(sceneOf(statusOf({ pools: [] })), FULL).join()).toContain('there are no pools')
    const { state } = typed('/', 'x', 'y', 'z', 'enter')
    expect(textLines(sceneOf(statusOf(), state), FULL).join()).toContain('nothing has "xyz" in it')
  })

  it('lets no text of a backend steer the terminal', () => {
    const evil = 'status\u001b[2J 200\r\n\u202e'
    const [pool] = statusOf().pools
    const members = [member('a', { evidence: evil, why: evil, isServing: false })]
    const status = statusOf({ pools: [{ ...pool!, name: evil, members }], warnings: [evil] })
    const lines = viewLines(sceneOf(status), FULL).map((line) => printLine(line, true))
    const steering = /\p{Cc}|\p{Cf}/u
    // The reverse of the selected row is ours.
    expect(lines.filter((line) => !line.includes('>')).join('')).not.toMatch(steering)
    expect(lines.join('')).not.toContain('\u001b[2J')
  })
})

describe('a line', () => {
  it('is cut by what is seen, and says so', () => {
    const words = (width: number) =>
      cut([part('one '), part('two', 'bad')], width).map(({ text }) => text)
    expect(words(7)).toEqual(['one ', 'two'])
    expect(words(6)).toEqual(['one ', 't', '…'])
    expect(words(1)).toEqual(['…'])
    expect(words(0)).toEqual([])
  })

  it('has no colour where none is wanted, but for what is selected', () => {
    expect(printLine([part('down', 'bad'), part(' x', 'bold')], true)).toBe('down x')
    expect(printLine([part('down', 'bad')], false)).toBe('\u001b[31mdown\u001b[39m')
    expect(printLine([part('row', 'selected')], true)).toBe('\u001b[7mrow\u001b[27m')
  })
})

const STATES = [
  START,
  typed('down', 'down', 'd', 'x').state,
  typed('/', 'z', 'z', 'z').state,
  { ...START, reading: { title: 'why', lines: ['one', 'two', 'three'], from: 1 } },
  { ...START, message: 'web/a is drained' },
]
