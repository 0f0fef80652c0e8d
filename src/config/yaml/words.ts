/** The words and quotes of plain YAML, and what they mean. */

import { CODE, codeAt, demand, type Page } from './page.ts'

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** A word may begin with the first, and go on with the second: none means anything to YAML there. */
const [FIRST, LATER] = [
  classOf(`${LETTERS_AND_DIGITS}_./`),
  classOf(`${LETTERS_AND_DIGITS}_./-:%+@=*`),
]

/** What may be more than a word by YAML 1.2 §10.3.2: a number, or one of a few words. */
const ODD_WORD =
  /^([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|0[ox][\da-f]+|[-+]?\.(inf|nan)|null|true|false)$/i
/** As many digits as a number holds exactly. */
const WHOLE_NUMBER = /^\d{1,15}$/

export function isQuote(code: number): boolean {
  return code === CODE.QUOTE || code === CODE.APOSTROPHE
}

/** Text between quotes in one line, with nothing in it that stands for something else. */
export function readQuoted(page: Page): string {
  const { text, at } = page
  const quote = text[at]
  const end = text.indexOf(quote, at + 1)
  demand(end > 0)
  const word = text.slice(at + 1, end)
  demand(!/[\n\\]/.test(word))
  page.at = end + 1
  return word
}

/** A word, a whole number, true or false. */
export function readScalar(page: Page): string | number | boolean {
  const word = takeWord(page)
  demand(!word.endsWith(':'))
  if (!ODD_WORD.test(word)) return word
  if (WHOLE_NUMBER.test(word)) return Number(word)
  demand(word === 'true' || word === 'false')
  return word === 'true'
}

/** A key without quotes, up to its colon; a number only where it is written as it is printed. */
export function readBareKey(page: Page): string {
  const word = takeWord(page)
  demand(word.endsWith(':'))
  page.at--
  const key = word.slice(0, -1)
  demand(!ODD_WORD.test(key) || String(Number(key)) === key)
  return key
}

function takeWord(page: Page): string {
  const { text, at } = page
  demand(FIRST[codeAt(page)] === 1)
  let end = at + 1
  while (LATER[text.charCodeAt(end)] === 1) end++
  page.at = end
  return text.slice(at, end)
}

/** A table by character code; whatever is past its end is in no class. */
function classOf(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
