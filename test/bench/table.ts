/** Tables in Markdown that can also be read as they are, in a terminal. */

export type Cell = string | number

/** Columns of text lean left, those of numbers right; each is as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isNumeric = head.map((_, column) => rows.every((row) => isFigure(row[column]!)))
  const width = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => String(row[column]).length)),
  )
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell, i) => pad(String(cell), width[i]!, isNumeric[i]!)).join(' | ')} |`
  const rule = width.map(
    (size, i) => '-'.repeat(size - (isNumeric[i] ? 1 : 0)) + (isNumeric[i] ? ':' : ''),
  )
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

/** A number with thousands marked, so that 1,000,000 is not mistaken for 100,000. */
export function figure(value: number, decimals = 0): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
}

function isFigure(cell: Cell): boolean {
  return typeof cell === 'number' || /^(–|-?[\d,.]+[×%]?)$/.test(cell)
}

function pad(text: string, width: number, isNumeric: boolean): string {
  return isNumeric ? text.padStart(width) : text.padEnd(width)
}
