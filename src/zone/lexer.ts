/**
 * Cuts a master file into entries, and an entry into words (RFC 1035 §5.1).
 *
 * An entry ends with its line, unless parentheses carry it on. Words keep their escapes: only the
 * reader of a field knows what they mean there. Always true between entries:
 *   - `at` is the start of a line or the end of the text, so a faulty entry costs no other;
 *   - every entry moves `at` on, so reading ends whatever the octets are.
 *
 * One lexer reads a whole file and reuses its arrays; only a fault allocates.
 */

import type { Tokens } from '../wire/rdata/rdata.ts'

export interface Lexer {
  text: Uint8Array
  /** How much of `text` is to be read. */
  size: number
  readonly tokens: Tokens
  /** The entry's line begins with a blank: its owner is that of the entry before. */
  startsBlank: boolean
  /** Where the first word of the entry stands, both counted from 1. */
  line: number
  column: number
  /** The first fault of the entry; then its words are not to be trusted. */
  fault: LexFault | undefined
  /** Where the entry's first line starts, and its number: places are counted from here. */
  entryAt: number
  entryLine: number
  /** Where reading goes on, the number of that line, and where that line starts. */
  at: number
  lineNow: number
  lineAt: number
}

export interface LexFault {
  /** Offset of the fault in the text, and how many octets it covers. */
  readonly at: number
  readonly length: number
  readonly message: string
}

/** A TXT record of empty strings has 65,535 words; twice that bounds what nonsense can cost. */
export const WORDS_MAX = 131_072

const PLAIN = 0
const BLANK = 1
const LINE_END = 2
const COMMENT = 3
const OPEN = 4
const CLOSE = 5
const QUOTE = 6
const ESCAPE = 7
const CONTROL = 8

const TAB = 0x09
const LINE_FEED = 0x0a
const RETURN = 0x0d

/** What each octet means outside quotes. Above 127 all are plain: names and text may hold any. */
const KIND = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet < 0x20 || octet === 0x7f ? CONTROL : PLAIN,
)
KIND[0x20 /* space */] = BLANK
KIND[TAB] = BLANK
KIND[LINE_FEED] = LINE_END
KIND[RETURN] = LINE_END
KIND[0x3b /* ; */] = COMMENT
KIND[0x28 /* ( */] = OPEN
KIND[0x29 /* ) */] = CLOSE
KIND[0x22 /* " */] = QUOTE
KIND[0x5c /* \ */] = ESCAPE

/** Far more words than a common entry has; `push` makes room for the others. */
const WORDS_AT_FIRST = 64

export function createLexer(text: Uint8Array): Lexer {
  const lexer: Lexer = {
    text,
    size: 0,
    tokens: {
      text,
      count: 0,
      start: new Int32Array(WORDS_AT_FIRST),
      end: new Int32Array(WORDS_AT_FIRST),
      quoted: new Uint8Array(WORDS_AT_FIRST),
    },
    startsBlank: false,
    line: 1,
    column: 1,
    fault: undefined,
    entryAt: 0,
    entryLine: 1,
    at: 0,
    lineNow: 1,
    lineAt: 0,
  }
  feed(lexer, text, text.length)
  return lexer
}

/** Sets the lexer to read the first `size` octets of `text`, from line 1. */
export function feed(lexer: Lexer, text: Uint8Array, size: number): void {
  lexer.text = text
  lexer.tokens.text = text
  lexer.size = size
  lexer.at = startsWithMark(text, size) ? 3 : 0
  lexer.lineNow = 1
  lexer.lineAt = lexer.at
}

/** Reads the next entry that has words or a fault; false when there is none any more. */
export function nextEntry(lexer: Lexer): boolean {
  const { text, size, tokens } = lexer
  let at = lexer.at
  let depth = 0
  let openedAt = 0
  tokens.count = 0
  lexer.fault = undefined
  beginEntry(lexer, at)
  while (at < size) {
    switch (KIND[text[at]]) {
      case BLANK:
        at++
        break
      case LINE_END: {
        const isFeed = text[at++] === LINE_FEED
        // A carriage return before a line feed is a part of it; alone it ends an entry as well.
        if (!isFeed && text[at] === LINE_FEED && at < size) break
        if (isFeed) {
          lexer.lineNow++
          lexer.lineAt = at
        }
        if (depth > 0) break
        if (tokens.count > 0 || lexer.fault !== undefined) {
          lexer.at = at
          return true
        }
        beginEntry(lexer, at)
        break
      }
      case COMMENT:
        at = endOfLine(text, at, size)
        break
      case OPEN:
        if (depth++ === 0) openedAt = at
        at++
        break
      case CLOSE:
        if (depth > 0) depth--
        else fail(lexer, at, 1, 'this parenthesis closes none')
        at++
        break
      case QUOTE:
        at = readQuoted(lexer, at)
        break
      case CONTROL:
        failControl(lexer, at++)
        break
      default: // PLAIN or ESCAPE
        at = readWord(lexer, at)
    }
  }
  lexer.at = at
  if (depth > 0) fail(lexer, openedAt, 1, 'this parenthesis is never closed')
  return tokens.count > 0 || lexer.fault !== undefined
}

/** The line and column of an offset within the current entry; columns count characters. */
export function placeOf(lexer: Lexer, offset: number): { line: number; column: number } {
  let line = lexer.entryLine
  let column = 1
  for (let at = lexer.entryAt; at < offset; at++) {
    const octet = lexer.text[at]
    if (octet === LINE_FEED) {
      line++
      column = 1
      continue
    }
    // As strings count them: UTF-8 continues a character with 10xxxxxx, and one that begins with
    // 1111xxxx takes two places.
    if ((octet & 0xc0) !== 0x80) column += octet >= 0xf0 ? 2 : 1
  }
  return { line, column }
}

/** Some editors begin a file with U+FEFF. It is no part of any name. */
function startsWithMark(text: Uint8Array, size: number): boolean {
  return size >= 3 && text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf
}

function beginEntry(lexer: Lexer, at: number): void {
  lexer.entryAt = lexer.lineAt
  lexer.entryLine = lexer.lineNow
  lexer.startsBlank = at < lexer.size && KIND[lexer.text[at]] === BLANK
}

function readWord(lexer: Lexer, start: number): number {
  const { text, size } = lexer
  let at = start
  for (;;) {
    while (at < size && KIND[text[at]] === PLAIN) at++
    if (at >= size || text[at] !== 0x5c) break
    if (!isEscapable(lexer, at + 1)) {
      fail(lexer, at, 1, 'this backslash escapes nothing: a character must follow it')
      at++
      break
    }
    at += 2
  }
  push(lexer, start, at, 0)
  return at
}

function readQuoted(lexer: Lexer, openedAt: number): number {
  const { text, size } = lexer
  let at = openedAt + 1
  for (; at < size; at++) {
    const kind = KIND[text[at]]
    if (kind === PLAIN) continue
    if (kind === QUOTE) {
      push(lexer, openedAt + 1, at, 1)
      return at + 1
    }
    if (kind === LINE_END) break
    if (kind === CONTROL) failControl(lexer, at)
    if (kind === ESCAPE && isEscapable(lexer, at + 1)) at++
  }
  fail(lexer, openedAt, 1, 'this quote is not closed on its line')
  return at
}

function isEscapable({ text, size }: Lexer, at: number): boolean {
  return at < size && KIND[text[at]] !== LINE_END && KIND[text[at]] !== CONTROL
}

function endOfLine(text: Uint8Array, at: number, size: number): number {
  const end = text.indexOf(LINE_FEED, at)
  return end < 0 || end > size ? size : end
}

function push(lexer: Lexer, start: number, end: number, quoted: 0 | 1): void {
  const { tokens } = lexer
  const index = tokens.count
  if (index === 0) {
    lexer.line = lexer.lineNow
    lexer.column = start - quoted - lexer.lineAt + 1
  }
  if (index === tokens.start.length) {
    if (index === WORDS_MAX) {
      fail(lexer, start, end - start, `an entry has at most ${WORDS_MAX} words`)
      return
    }
    grow(tokens)
  }
  tokens.start[index] = start
  tokens.end[index] = end
  tokens.quoted[index] = quoted
  tokens.count = index + 1
}

function grow(tokens: Tokens): void {
  const { start, end, quoted } = tokens
  tokens.start = new Int32Array(start.length * 2)
  tokens.end = new Int32Array(end.length * 2)
  tokens.quoted = new Uint8Array(quoted.length * 2)
  tokens.start.set(start)
  tokens.end.set(end)
  tokens.quoted.set(quoted)
}

function failControl(lexer: Lexer, at: number): void {
  const digits = String(lexer.text[at]).padStart(3, '0')
  fail(lexer, at, 1, `a control character cannot stand here: write it as \\${digits}`)
}

function fail(lexer: Lexer, at: number, length: number, message: string): void {
  lexer.fault ??= { at, length, message }
}
