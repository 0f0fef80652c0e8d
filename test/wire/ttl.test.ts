/**
 * Goal: times to live mean what people who write zone files mean by them.
 * Method: the examples and the edges of the range, then a property over all spans.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readTtl, TTL_SECONDS_MAX } from '../../src/wire/ttl.ts'

describe('readTtl', () => {
  it.each([
    ['0', 0],
    ['300', 300],
    ['2147483647', TTL_SECONDS_MAX],
    ['1h', 3_600],
    ['1h30m', 5_400],
    ['1H30M', 5_400],
    ['1w2d3h4m5s', 604_800 + 2 * 86_400 + 3 * 3_600 + 4 * 60 + 5],
    ['1m30', 90],
    ['0s', 0],
  ])('reads %s as %i seconds', (text, seconds) => {
    expect(ttlOf(text)).toBe(seconds)
  })

  it.each(['', 'h', '1x', '-1', '+1', '1.5h', '1hh', '1 h', '2147483648', '4294967296', '3551w'])(
    'refuses "%s"',
    (text) => {
      expect(ttlOf(text)).toBe(-1)
    },
  )

  it('reads the word between its bounds and nothing beside it', () => {
    const line = new TextEncoder().encode('9h15m7')
    expect(readTtl(line, 2, 5)).toBe(900)
  })

  it('reads every span in units as in plain seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: TTL_SECONDS_MAX }), (seconds) => {
        const days = Math.floor(seconds / 86_400)
        const rest = seconds % 86_400
        const units = `${days}d${Math.floor(rest / 3_600)}h${rest % 3_600}s`
        expect(ttlOf(units)).toBe(seconds)
        expect(ttlOf(String(seconds))).toBe(seconds)
      }),
    )
  })
})

function ttlOf(text: string): number {
  const octets = new TextEncoder().encode(text)
  return readTtl(octets, 0, octets.length)
}
