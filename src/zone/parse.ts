/**
 * Master files to records (RFC 1035 §5): what BIND, NSD and Knot take, read in one pass.
 *
 * Nothing is thrown and nothing is given up: a bad entry is told with its place and dropped, and
 * reading goes on, so that a person sees every fault at once. Pure: the files that a file includes
 * are fetched by the caller's `include`.
 */

import { nearest } from '../base/nearest.ts'

import { quoteWord } from '../wire/rdata/field.ts'

import { readDefaultTtl, readOrigin } from './directives.ts'
import { generate } from './generate.ts'
import { openInclude } from './include.ts'
import { wordAt } from './keywords.ts'
import { nextEntry } from './lexer.ts'
import {
  createReader,
  openSource,
  type Reader,
  type ReaderOptions,
  type Source,
  tellAt,
  tellToken,
} from './reader.ts'
import { readRecord } from './record.ts'

export interface ZoneText extends ReaderOptions {
  /** What messages call the file, and what `include` is told it is included from. */
  readonly file: string
  readonly octets: Uint8Array
}

export interface ZoneReading {
  /** Every file that was read, the main one first; a record's `file` is an index into it. */
  readonly files: readonly string[]
  /** How many records went to the sink. */
  readonly records: number
}

/**
 * Reads a zone from its master file and hands each record to `sink`, in the order of the text. What
 * is wrong goes to `report`; after an error the sink does not have the whole zone.
 */
export function parseZone(zone: ZoneText): ZoneReading {
  const reader = createReader(zone)
  readSource(reader, openSource(reader, zone.file, zone.octets, zone.apex, undefined))
  reader.faults.close()
  return { files: reader.files, records: reader.records }
}

function readSource(reader: Reader, source: Source): void {
  const { lexer } = source
  while (nextEntry(lexer)) {
    if (lexer.fault) {
      const { at, length, message } = lexer.fault
      tellAt(reader, source, at, length, message)
      // Whatever owner the entry was to state, those that leave theirs out meant that one.
      if (!lexer.startsBlank) reader.ownerState = 'faulty'
    } else if (isDirective(source)) followDirective(reader, source)
    else readRecord(reader, source)
  }
}

const DOLLAR = 0x24

function isDirective({ lexer }: Source): boolean {
  const { text, start, quoted } = lexer.tokens
  return text[start[0]] === DOLLAR && quoted[0] === 0 && !lexer.startsBlank
}

/** Each does what the current entry of `source` says, or tells what is wrong with it. */
const DIRECTIVES: Readonly<Record<string, (reader: Reader, source: Source) => void>> = {
  $ORIGIN: readOrigin,
  $TTL: readDefaultTtl,
  $INCLUDE: readInclude,
  $GENERATE: generate,
}

function followDirective(reader: Reader, source: Source): void {
  const { tokens } = source.lexer
  const word = wordAt(tokens.text, tokens.start[0], tokens.end[0]).toUpperCase()
  if (Object.hasOwn(DIRECTIVES, word)) {
    DIRECTIVES[word](reader, source)
    return
  }
  const likely = nearest(word, Object.keys(DIRECTIVES))
  const remedy = likely ? `did you mean ${likely}?` : `known are ${DIRECTIVE_NAMES}`
  tellToken(reader, source, 0, `directive ${quoteWord(tokens, 0)} is not known: ${remedy}`)
}

const DIRECTIVE_NAMES = Object.keys(DIRECTIVES).join(', ')

/** Both the origin and the last stated owner are what they were when the included file is read. */
function readInclude(reader: Reader, source: Source): void {
  const included = openInclude(reader, source)
  if (!included) return
  const owner = reader.owner.slice(0, reader.ownerLength)
  const ownerState = reader.ownerState
  readSource(reader, included)
  reader.owner.set(owner)
  reader.ownerLength = owner.length
  reader.ownerState = ownerState
}
