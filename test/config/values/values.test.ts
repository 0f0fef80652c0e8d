/**
 * Goal: each small language reads what it prints in its help, and tells apart what looks alike.
 * Method: tables of what is written, with its meaning or the words of the fault.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readDomainName, showName, zoneFinder } from '../../../src/config/values/names.ts'
import {
  isFault,
  readMinHealthy,
  readSpan,
  readStatus,
  readTtl,
} from '../../../src/config/values/values.ts'

describe('readTtl', () => {
  it.each([
    [30, { max: 30, min: 30 }],
    ['30', { max: 30, min: 30 }],
    ['30/5', { max: 30, min: 5 }],
    ['30 / 5', { max: 30, min: 5 }],
    ['60s/10s', { max: 60, min: 10 }],
    ['1m30s/5', { max: 90, min: 5 }],
    ['0', { max: 0, min: 0 }],
    ['1d', { max: 86_400, min: 86_400 }],
  ])('reads %j', (written, range) => {
    expect(readTtl(written)).toEqual(range)
  })

  it.each(['', '/', '30/', '/5', '30/5/1', '30-5', -1, 1.5, 'x', '86401', '1ms', '5/30'])(
    'refuses %j',
    (written) => {
      expect(isFault(readTtl(written))).toBe(true)
    },
  )

  it('never returns a least above its most, or a part of a second, whatever is written', () => {
    const part = fc.oneof(
      fc.nat(100_000).map(String),
      fc.constantFrom('1m', '30s', '2h', '5ms', ''),
    )
    fc.assert(
      fc.property(part, part, (most, least) => {
        const range = readTtl(`${most}/${least}`)
        if (isFault(range)) return
        expect(range.min).toBeLessThanOrEqual(range.max)
        expect(Number.isInteger(range.min) && Number.isInteger(range.max)).toBe(true)
        expect(range.max).toBeLessThanOrEqual(86_400)
      }),
    )
  })
})

describe('readSpan', () => {
  it('takes both ends of its range, and nothing beyond them', () => {
    expect(readSpan('100ms', 100, 1000)).toBe(100)
    expect(readSpan('1s', 100, 1000)).toBe(1000)
    expect(readSpan('99ms', 100, 1000)).toEqual({ fault: 'is outside 100ms–1s' })
    expect(readSpan('1001ms', 100, 1000)).toEqual({ fault: 'is outside 100ms–1s' })
  })

  it('tells a number without a unit from what is no span at all', () => {
    expect(readSpan('5', 1, 9999)).toEqual({ fault: 'has no unit; write 5s or 5ms' })
    expect(readSpan('soon', 1, 9999)).toEqual({
      fault: 'is not a span of time such as 5s, 250ms or 1m30s',
    })
  })
})

describe('readMinHealthy', () => {
  it.each([
    [1, { count: 1 }],
    [256, { count: 256 }],
    ['3', { count: 3 }],
    ['1%', { percent: 1 }],
    ['100%', { percent: 100 }],
  ])('reads %j', (written, need) => {
    expect(readMinHealthy(written)).toEqual(need)
  })

  it.each([257, '101%', '50 %', '%', 1.5, -1, ''])('refuses %j', (written) => {
    expect(isFault(readMinHealthy(written))).toBe(true)
  })
})

describe('readStatus', () => {
  it.each([
    [200, { from: 200, to: 200 }],
    ['200', { from: 200, to: 200 }],
    ['100-599', { from: 100, to: 599 }],
  ])('reads %j', (written, range) => {
    expect(readStatus(written)).toEqual(range)
  })

  it.each([99, 600, '2xx', '200-', '300-200', '200-600', 20])('refuses %j', (written) => {
    expect(isFault(readStatus(written))).toBe(true)
  })
})

describe('names', () => {
  it.each(['', '@', 'a b', 'a\tb', 'a..b', '.a', 'é.test', `${'a'.repeat(64)}.test`])(
    'refuses %j',
    (text) => {
      expect(isFault(readDomainName(text))).toBe(true)
    },
  )

  it('suggests how a name of another alphabet is written', () => {
    expect(readDomainName('münchen.example.test')).toEqual({
      fault: 'is not ASCII; write xn--mnchen-3ya.example.test',
    })
  })

  it('belong to the nearest zone above them', () => {
    const zones = ['.', 'example.test', 'sub.example.test'].map((text) => ({ apex: octets(text) }))
    const home = (text: string) => {
      const zone = zoneFinder(zones)(octets(text))
      return zone && showName(zone.apex)
    }
    expect(home('www.sub.example.test')).toBe('sub.example.test')
    expect(home('sub.example.test')).toBe('sub.example.test')
    expect(home('www.example.test')).toBe('example.test')
    expect(home('notexample.test')).toBe('.')
    expect(zoneFinder(zones.slice(1))(octets('example.org'))).toBeUndefined()
  })
})

function octets(text: string): Uint8Array {
  const name = readDomainName(text)
  if (isFault(name)) throw new Error(`${text} ${name.fault}`)
  return name
}
