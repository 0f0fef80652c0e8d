/**
 * Who led how many turns: one row of shared cells for each thread, one cell for each address of
 * each member. The control plane gives out cells and sums them; here one is stepped for each turn.
 */

/** As many addresses as are counted apart; 512 KiB a thread, and only what is used is resident. */
export const TALLY_CELLS = 2 ** 16

/** Steps here mean nothing: the cell of those that have none. */
export const NO_CELL = 0

export type Tally = Float64Array

export function createTally(): Tally {
  return new Float64Array(new SharedArrayBuffer(TALLY_CELLS * 8))
}
