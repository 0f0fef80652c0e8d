/**
 * The roles of a table's parts, said aloud: on a narrow screen its rows are laid out as small
 * grids, and what is laid out as no table is none to some browsers, unless it says so.
 */

export const TABLE = { role: 'table' } as const
export const GROUP = { role: 'rowgroup' } as const
export const ROW = { role: 'row' } as const
export const HEAD = { role: 'columnheader', scope: 'col' } as const
export const ROW_HEAD = { role: 'rowheader', scope: 'row' } as const
export const CELL = { role: 'cell' } as const
