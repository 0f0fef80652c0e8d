/** Goal: counts go on where they were, and nobody inherits those of another. */

import { describe, expect, it } from 'vitest'

import { Cells } from '../../src/control/cells.ts'
import { NO_CELL, TALLY_CELLS } from '../../src/engine/tally.ts'

describe('a cell', () => {
  it('stays with its label', () => {
    const cells = new Cells(() => 0)
    const first = cells.cellOf('web/a v4')
    expect(first).not.toBe(NO_CELL)
    expect(cells.cellOf('web/b v4')).not.toBe(first)
    cells.keep(new Set(['web/a v4']))
    expect(cells.cellOf('web/a v4')).toBe(first)
  })

  it('goes to another only when all others were used, and counts from nothing then', () => {
    const counts = new Map<number, number>()
    const cells = new Cells((cell) => counts.get(cell) ?? 0)
    const labels = Array.from({ length: TALLY_CELLS - 1 }, (_, index) => `web/${index} v4`)
    const given = labels.map((label) => cells.cellOf(label))
    expect(new Set(given).size).toBe(TALLY_CELLS - 1)
    expect(cells.cellOf('web/late v4')).toBe(NO_CELL)
    expect(cells.turnsOf('web/late v4')).toBe(0)

    counts.set(given[0]!, 40)
    cells.keep(new Set(labels.slice(1)))
    expect(cells.cellOf('web/late v4')).toBe(given[0])
    counts.set(given[0]!, 47)
    expect(cells.turnsOf('web/late v4')).toBe(7)
  })
})
