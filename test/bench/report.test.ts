/**
 * Goal: what the bench says is what it measured, and it keeps to its own part of the README.
 * Method: small numbers whose result can be seen by eye.
 */

import { describe, expect, it } from 'vitest'

import { longestGap } from './backend.ts'
import { median } from './measure.ts'
import { replaceSection } from './readme.ts'
import { figure, table } from './table.ts'

describe('median', () => {
  it('is the middle one of an odd count, in whatever order they came', () => {
    expect(median([9, 1, 5])).toBe(5)
  })

  it('is halfway between the two in the middle of an even count', () => {
    expect(median([10, 2, 1, 4])).toBe(3)
  })

  it('compares numbers as numbers', () => {
    expect(median([10, 9, 100])).toBe(10)
  })
})

describe('longestGap', () => {
  it('is the longest distance between neighbours', () => {
    expect(longestGap([100, 200, 450, 500])).toBe(250)
  })

  it('is zero where there are no neighbours', () => {
    expect(longestGap([100])).toBe(0)
  })
})

describe('table', () => {
  it('leans figures right and words left, and lines the columns up', () => {
    const rows = [
      ['gdnsd', '1.76', '1.00×'],
      ['BIND, static', '14.90', '–'],
    ]
    expect(table(['server', 'µs', 'ratio'], rows).split('\n')).toEqual([
      '| server       |    µs | ratio |',
      '| ------------ | ----: | ----: |',
      '| gdnsd        |  1.76 | 1.00× |',
      '| BIND, static | 14.90 |     – |',
    ])
  })

  it('marks thousands', () => {
    expect(figure(1_234_567.891, 2)).toBe('1,234,567.89')
  })
})

describe('replaceSection', () => {
  const readme = '# Bench\n\n<!-- bench:a -->\nold\n<!-- /bench:a -->\n\nlast words\n'

  it('changes what stands between its markers and nothing else', () => {
    expect(replaceSection(readme, 'a', 'new\n')).toBe(readme.replace('old', 'new'))
  })

  it('adds a section that was not there at the end', () => {
    const both = replaceSection(readme, 'b', 'more')
    expect(both).toBe(`${readme}\n<!-- bench:b -->\nmore\n<!-- /bench:b -->\n`)
  })

  it('writes the same twice without change', () => {
    const once = replaceSection(readme, 'b', 'more')
    expect(replaceSection(once, 'b', 'more')).toBe(once)
  })
})
