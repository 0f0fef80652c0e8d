/**
 * The plain part of YAML, which long files are made of, read in one walk: maps and lists by
 * indentation, `{ }` and `[ ]`, words, whole numbers, true, false and quotes without escapes.
 *
 * Always true: what is read here, the yaml library reads as the same tree with the same places.
 * Whatever could mean anything else, an error included, is left to it: nothing is guessed.
 */

import { CODE, codeAt, demand, END, endLine, findContent, isLineOver, NotPlain } from './page.ts'
import { type Page, skipSpaces } from './page.ts'
import type { Spot } from './spot.ts'
import { isQuote, readBareKey, readQuoted, readScalar } from './words.ts'

/** Reads a text that is plain throughout; undefined where the library must judge. */
export function readPlain(text: string): Spot | undefined {
  try {
    return readWhole({ text, at: 0, indent: 0 })
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

/** A key that stands at [from, to). */
interface Key {
  readonly from: number
  readonly to: number
  readonly word: string
}

const NO_KEY: Key = { from: -1, to: -1, word: '' }
/** A configuration has six levels; what nests deeper is left to the library. */
const DEPTH_MAX = 16
/** YAML 1.2 §7.4 lets a key have 1,024 characters, its quotes included. */
const KEY_CHARACTERS_MAX = 1_000

function readWhole(page: Page): Spot {
  findContent(page)
  const root = readMap(page, NO_KEY, 0)
  // Whatever is indented as nothing before it ends every map and list, and this one too early.
  demand(page.indent === END)
  return root
}

/** A map by indentation, from its first key; afterwards the page is at what follows it. */
function readMap(page: Page, owner: Key, depth: number): Spot {
  demand(depth < DEPTH_MAX)
  const { at, indent } = page
  const value: Tree = {}
  const inside = new Map<string, Spot>()
  while (page.indent === indent) {
    const key = readKey(page, value)
    const spot = readAfterKey(page, key, indent, depth + 1)
    value[key.word] = spot.value
    inside.set(key.word, spot)
  }
  return spotOf(owner, at, page.at, value, inside)
}

/** A list by indentation, each of its elements a word or within brackets. */
function readList(page: Page, owner: Key, depth: number): Spot {
  demand(depth < DEPTH_MAX)
  const { at, indent } = page
  const value: unknown[] = []
  const inside = new Map<string, Spot>()
  while (page.indent === indent && isElement(page)) {
    page.at += 1
    skipSpaces(page)
    const spot = readValue(page, NO_KEY, indent, depth + 1)
    inside.set(String(value.length), spot)
    value.push(spot.value)
    endLine(page)
  }
  return spotOf(owner, at, page.at, value, inside)
}

/** What a key in a block has: a value in its line, a block below it, or nothing. */
function readAfterKey(page: Page, key: Key, indent: number, depth: number): Spot {
  const { at } = page
  skipSpaces(page)
  if (!isLineOver(page)) {
    const spot = readValue(page, key, indent, depth)
    endLine(page)
    return spot
  }
  endLine(page)
  // The elements of a list may stand as far left as its key.
  if (page.indent >= indent && isElement(page)) return readList(page, key, depth)
  return page.indent > indent ? readMap(page, key, depth) : spotOf(key, at, at, null)
}

/** A value that begins in this line. The lines that it goes on to are indented past `indent`. */
function readValue(page: Page, owner: Key, indent: number, depth: number): Spot {
  const code = codeAt(page)
  if (code === CODE.BRACE) return readFlowMap(page, owner, indent, depth)
  if (code === CODE.BRACKET) return readFlowList(page, owner, indent, depth)
  const { at } = page
  const value = isQuote(code) ? readQuoted(page) : readScalar(page)
  return spotOf(owner, at, page.at, value)
}

/** `{ key: value, … }` */
function readFlowMap(page: Page, owner: Key, indent: number, depth: number): Spot {
  demand(depth < DEPTH_MAX)
  const { at } = page
  const value: Tree = {}
  const inside = new Map<string, Spot>()
  openFlow(page, indent)
  while (codeAt(page) !== CODE.BRACE_END) {
    const key = readKey(page, value)
    const from = page.at
    skipSpaces(page)
    const isNothing = codeAt(page) === CODE.COMMA || codeAt(page) === CODE.BRACE_END
    const spot = isNothing ? spotOf(key, from, from, null) : readValue(page, key, indent, depth + 1)
    value[key.word] = spot.value
    inside.set(key.word, spot)
    separateFlow(page, indent, CODE.BRACE_END)
  }
  page.at++
  return spotOf(owner, at, page.at, value, inside)
}

/** `[value, …]` */
function readFlowList(page: Page, owner: Key, indent: number, depth: number): Spot {
  demand(depth < DEPTH_MAX)
  const { at } = page
  const value: unknown[] = []
  const inside = new Map<string, Spot>()
  openFlow(page, indent)
  while (codeAt(page) !== CODE.BRACKET_END) {
    const spot = readValue(page, NO_KEY, indent, depth + 1)
    inside.set(String(value.length), spot)
    value.push(spot.value)
    separateFlow(page, indent, CODE.BRACKET_END)
  }
  page.at++
  return spotOf(owner, at, page.at, value, inside)
}

/** A key and its colon, which a space or the end of the line must follow. */
function readKey(page: Page, owner: Tree): Key {
  const { at } = page
  const word = isQuote(codeAt(page)) ? readQuoted(page) : readBareKey(page)
  const to = page.at
  demand(codeAt(page) === CODE.COLON && to - at <= KEY_CHARACTERS_MAX)
  page.at++
  demand(
    codeAt(page) === CODE.SPACE || codeAt(page) === CODE.NEWLINE || page.at === page.text.length,
  )
  // Said before, or a word such as __proto__ that every object has.
  demand(!(word in owner))
  return { from: at, to, word }
}

function openFlow(page: Page, indent: number): void {
  page.at++
  skipFlowSpace(page, indent)
}

/** After an element: a comma and what comes next, or the end. */
function separateFlow(page: Page, indent: number, end: number): void {
  skipFlowSpace(page, indent)
  if (codeAt(page) === end) return
  demand(codeAt(page) === CODE.COMMA)
  page.at++
  skipFlowSpace(page, indent)
}

/** Spaces, comments and line ends within brackets. */
function skipFlowSpace(page: Page, indent: number): void {
  skipSpaces(page)
  if (!isLineOver(page)) return
  endLine(page, indent)
  demand(page.indent > indent)
}

/** Whether an element of a list begins here: a dash and a space. */
function isElement(page: Page): boolean {
  return codeAt(page) === CODE.DASH && codeAt(page, 1) === CODE.SPACE
}

function spotOf(
  key: Key,
  from: number,
  to: number,
  value: unknown,
  inside?: ReadonlyMap<string, Spot>,
): Spot {
  const isShown = key === NO_KEY || (value !== null && inside === undefined)
  return { keyFrom: key.from, keyTo: key.to, from, to, isShown, value, inside }
}

type Tree = Record<string, unknown>
