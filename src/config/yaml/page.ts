/**
 * A walk over plain YAML by lines: indentation, spaces, comments and what is empty. Whoever meets
 * something that is not plain leaves by `demand`, from however deep.
 */

export interface Page {
  readonly text: string
  /** The next character. */
  at: number
  /** The column of the line's first character that is neither a space nor in a comment. */
  indent: number
}

/** Something is not plain, or not sound; which of the two is for the library to say. */
export class NotPlain extends Error {
  override readonly name = 'NotPlain'
}

/** The indentation of what comes after the last line. */
export const END = -1

export const CODE = {
  NEWLINE: 0x0a,
  SPACE: 0x20,
  QUOTE: 0x22,
  HASH: 0x23,
  APOSTROPHE: 0x27,
  COMMA: 0x2c,
  DASH: 0x2d,
  COLON: 0x3a,
  BRACKET: 0x5b,
  BRACKET_END: 0x5d,
  BRACE: 0x7b,
  BRACE_END: 0x7d,
} as const

/** Throws NotPlain unless the condition holds. */
export function demand(condition: boolean): void {
  if (!condition) throw new NotPlain('not plain YAML')
}

/** The code of the next character, or of one `past` it; NaN past the end. */
export function codeAt({ text, at }: Page, past = 0): number {
  return text.charCodeAt(at + past)
}

/** Whether nothing but a comment may come in this line. */
export function isLineOver(page: Page): boolean {
  const code = codeAt(page)
  return code === CODE.NEWLINE || code === CODE.HASH || page.at === page.text.length
}

/**
 * From behind a value to the first character of the next line that has something to say. Comments
 * on the way are indented more than `margin`.
 */
export function endLine(page: Page, margin = END): void {
  skipSpaces(page)
  if (codeAt(page) === CODE.HASH) {
    demand(codeAt(page, -1) === CODE.SPACE)
    skipComment(page)
  }
  if (page.at < page.text.length) {
    demand(codeAt(page) === CODE.NEWLINE)
    page.at++
  }
  findContent(page, margin)
}

/** From the start of a line to the next content, past empty lines and comments. */
export function findContent(page: Page, margin = END): void {
  for (;;) {
    const { at } = page
    skipSpaces(page)
    page.indent = page.at - at
    if (codeAt(page) === CODE.HASH) {
      demand(page.indent > margin)
      skipComment(page)
    }
    if (page.at === page.text.length) break
    if (codeAt(page) !== CODE.NEWLINE) return
    page.at++
  }
  page.indent = END
}

export function skipSpaces(page: Page): void {
  while (codeAt(page) === CODE.SPACE) page.at++
}

function skipComment(page: Page): void {
  const end = page.text.indexOf('\n', page.at)
  page.at = end < 0 ? page.text.length : end
}
