/**
 * Goal: the ticks of a chart are round, stand where they should, and never crowd; there is room
 * above its highest.
 * Method: the arithmetic by itself, by examples and by laws.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  ceilingOf,
  countTicks,
  pathOf,
  scaleOf,
  timeTicks,
} from '../../src/dashboard/shared/axis.ts'

describe('a ceiling', () => {
  it.each([
    [0, 5],
    [4, 5],
    [19, 30],
    [99, 150],
    [450, 500],
  ])('has room above %i', (highest, ceiling) => {
    expect(ceilingOf(highest)).toBe(ceiling)
  })

  it('is never far above', () => {
    fc.assert(
      fc.property(fc.double({ min: 4, max: 1e9, noNaN: true }), (highest) => {
        const ceiling = ceilingOf(highest)
        expect(ceiling).toBeGreaterThan(highest)
        expect(ceiling).toBeLessThan(highest * 2)
      }),
    )
  })
})

describe('ticks', () => {
  it('of counts begin at nothing and are round', () => {
    expect(countTicks(100, 25)).toEqual([0, 25, 50, 75, 100])
    expect(countTicks(5, 1.3)).toEqual([0, 2, 4])
    expect(countTicks(750, 160)).toEqual([0, 200, 400, 600])
  })

  it('of time are where clocks have them', () => {
    expect(timeTicks({ min: 1_000, max: 61_000 }, 12_000)).toEqual({
      stepMs: 15_000,
      times: [15_000, 30_000, 45_000, 60_000],
    })
    expect(timeTicks({ min: 60_001, max: 119_999 }, 50_000).times).toEqual([])
  })

  it('are within their span, and no two closer than they may be', () => {
    const span = fc.record({ min: fc.nat(1e9), long: fc.integer({ min: 1, max: 300_000 }) })
    fc.assert(
      fc.property(span, fc.integer({ min: 1, max: 900_000 }), ({ min, long }, stepMin) => {
        const { times } = timeTicks({ min, max: min + long }, stepMin)
        for (const time of times) expect(time >= min && time <= min + long).toBe(true)
        for (const [index, time] of times.slice(1).entries()) {
          expect(time - times[index]!).toBeGreaterThanOrEqual(stepMin)
        }
      }),
    )
  })
})

describe('a line', () => {
  it('goes from point to point, to a tenth of a pixel', () => {
    const x = scaleOf({ min: 1_000, max: 2_000 }, 46, 146)
    expect([1_000, 1_500, 2_000].map(x)).toEqual([46, 96, 146])
    expect(pathOf([1_000, 1_333].map((at) => [x(at), 7]))).toBe('M46.0 7.0L79.3 7.0')
    expect(pathOf([])).toBe('')
  })
})
