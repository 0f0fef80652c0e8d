/**
 * `$GENERATE start-stop[/step] owner [ttl] [class] type data` (BIND): a record for each number of a
 * range. Each round prints one line from the templates of owner and data and reads it like any
 * other, so whatever a record may be, a generated one may be.
 */

import { hasArguments } from './directives.ts'
import { wordAt } from './keywords.ts'
import { createLexer, feed, nextEntry } from './lexer.ts'
import { type Reader, type Source, tellAt, tellToken } from './reader.ts'
import { readData, readHead, stateOwner } from './record.ts'
import { printTemplate, readTemplate, type Template, templateSize } from './template.ts'

/** In one zone, all directives together: a line of text must not fill the memory. */
export const GENERATED_MAX = 4_194_304

const NUMBER_MAX = 0x7fff_ffff

const RANGE = 1
const OWNER = 2
const HEAD = 3

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

interface Range {
  readonly start: number
  readonly stop: number
  readonly step: number
}

/** Follows the `$GENERATE` that is the current entry of `source`. */
export function generate(reader: Reader, source: Source): void {
  const needs = '$GENERATE needs start-stop[/step], an owner, a type and data'
  if (!hasArguments(reader, source, 4, Number.POSITIVE_INFINITY, needs)) return
  const range = readRange(reader, source)
  const first = range ? readHead(reader, source, HEAD) : -1
  if (!range || first < 0) return
  const line = lineTemplate(reader, source, first)
  if (!line) return

  // The owner before the directive is the one that the entry after it may leave out.
  const owner = reader.owner.slice(0, reader.ownerLength)
  const ownerState = reader.ownerState
  runRange(reader, source, range, line)
  reader.owner.set(owner)
  reader.ownerLength = owner.length
  reader.ownerState = ownerState
}

/** One fault ends the directive: the other rounds would most likely repeat it. */
function runRange(reader: Reader, source: Source, range: Range, line: Template): void {
  const { file, origin, depth } = source
  const text = new Uint8Array(templateSize(line))
  const lexer = createLexer(text)
  const round: Source = { file, origin, depth, lexer, opener: source, generates: 0 }
  for (let number = range.start; number <= range.stop; number += range.step) {
    const before = reader.records
    round.generates = number
    feed(lexer, text, printTemplate(line, number, text, 0))
    nextEntry(lexer)
    if (lexer.fault) {
      const { at, length, message } = lexer.fault
      tellAt(reader, round, at, length, message)
      return
    }
    stateOwner(reader, round, 0)
    readData(reader, round, 1)
    if (reader.records === before) return
  }
}

function readRange(reader: Reader, source: Source): Range | undefined {
  const { text, start, end } = source.lexer.tokens
  const word = wordAt(text, start[RANGE], end[RANGE])
  const parts = /^(\d{1,10})-(\d{1,10})(?:\/(\d{1,10}))?$/.exec(word)
  const [from, to, step] = parts ? [+parts[1], +parts[2], +(parts[3] ?? 1)] : [0, -1, 1]
  if (from > to || step < 1 || to > NUMBER_MAX || step > NUMBER_MAX) {
    const rule = `start-stop[/step], 0 ≤ start ≤ stop ≤ ${NUMBER_MAX}, step 1 or more`
    tellToken(reader, source, RANGE, `$GENERATE: range "${word}" is not ${rule}`)
    return undefined
  }
  reader.generated += Math.floor((to - from) / step) + 1
  if (reader.generated <= GENERATED_MAX) return { start: from, stop: to, step }
  const message = `$GENERATE: a zone generates at most ${GENERATED_MAX} records`
  tellToken(reader, source, RANGE, message)
  return undefined
}

/** The template of a whole line: owner, blank, data. */
function lineTemplate(reader: Reader, source: Source, first: number): Template | undefined {
  const { count } = source.lexer.tokens
  if (first >= count) {
    tellToken(reader, source, count, '$GENERATE needs data after the type')
    return undefined
  }
  const line: Template[number][] = []
  // BIND's form: data of several words are one word in quotes, and the quotes are no part of them.
  const isWrapped = first + 1 === count && source.lexer.tokens.quoted[first] !== 0
  for (let token = OWNER; token < count; token = Math.max(token + 1, first)) {
    const octets = isWrapped && token === first ? unwrap(source, token) : wordOctets(source, token)
    const template = readTemplate(octets, 0, octets.length)
    if (typeof template === 'string') {
      tellToken(reader, source, token, `$GENERATE: ${template}`)
      return undefined
    }
    line.push(...template, Uint8Array.of(SPACE))
  }
  return line
}

/** A word as it stands in the file, with its quotes if it has any. */
function wordOctets(source: Source, token: number): Uint8Array {
  const { text, start, end, quoted } = source.lexer.tokens
  return text.subarray(start[token] - quoted[token], end[token] + quoted[token])
}

/** What stands between quotes, with `\"` made into `"`. */
function unwrap(source: Source, token: number): Uint8Array {
  const { text, start, end } = source.lexer.tokens
  const octets: number[] = []
  for (let at = start[token]; at < end[token]; at++) {
    if (text[at] === BACKSLASH) {
      if (text[at + 1] !== QUOTE) octets.push(text[at])
      at++
    }
    octets.push(text[at])
  }
  return Uint8Array.from(octets)
}
