/**
 * Which cell of the tally counts whom. A label keeps its cell over reloads, so that counts go on.
 * Those who are gone give theirs back, but only once no cell is left that was never used does
 * another get it: nobody then leads turns in it any more, whichever roster a worker still has.
 */

import { NO_CELL, TALLY_CELLS } from '../engine/tally.ts'

/** How many turns a cell has counted; a cell counts on when it changes hands. */
export type TurnsOf = (cell: number) => number

interface Holding {
  readonly cell: number
  /** What the cell had counted before. */
  readonly turnsBefore: number
}

export class Cells {
  readonly #turnsOf: TurnsOf
  readonly #holdings = new Map<string, Holding>()
  #firstUnused = NO_CELL + 1
  /** The one that was given back first comes first. */
  readonly #returned: number[] = []

  constructor(turnsOf: TurnsOf) {
    this.#turnsOf = turnsOf
  }

  /** The cell of a label; NO_CELL while all are taken. */
  cellOf(label: string): number {
    const held = this.#holdings.get(label)
    if (held) return held.cell
    const isFresh = this.#firstUnused < TALLY_CELLS
    const cell = isFresh ? this.#firstUnused++ : this.#returned.shift()
    if (cell === undefined) return NO_CELL
    this.#holdings.set(label, { cell, turnsBefore: isFresh ? 0 : this.#turnsOf(cell) })
    return cell
  }

  /** The turns of a label since it has its cell. */
  turnsOf(label: string): number {
    const held = this.#holdings.get(label)
    return held ? this.#turnsOf(held.cell) - held.turnsBefore : 0
  }

  /** Takes back all cells but those of these labels. */
  keep(labels: ReadonlySet<string>): void {
    for (const [label, { cell }] of this.#holdings) {
      if (labels.has(label)) continue
      this.#holdings.delete(label)
      this.#returned.push(cell)
    }
  }
}
