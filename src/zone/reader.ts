/**
 * The state of reading one zone: what a record may leave out because an earlier one said it, and
 * where the reader stands in which file. The reader is one for the zone; a source is one for each
 * file that is open, so that `$INCLUDE` gives the origin back by merely returning.
 */

import type { Diagnostic } from '../base/diagnostic.ts'
import { createFaults, type Faults } from '../base/faults.ts'

import { foldName, NAME_OCTETS_MAX } from '../wire/name.ts'
import { RDATA_OCTETS_MAX } from '../wire/rdata/read.ts'
import type { RdataFault } from '../wire/rdata/rdata.ts'

import { createLexer, type Lexer, placeOf } from './lexer.ts'
import type { ZoneSink } from './sink.ts'

/** Fetches the file that `fromFile` includes as `path`, or says why it cannot be had. */
export type Include = (
  path: string,
  fromFile: string,
) => { readonly octets: Uint8Array; readonly file: string } | { readonly problem: string }

export interface Reader {
  /** Lower case. */
  readonly apex: Uint8Array
  readonly sink: ZoneSink
  readonly include: Include
  readonly faults: Faults
  /** Every file that was read, the main one first; records tell their file by its index. */
  readonly files: string[]
  /** How many records went to the sink. */
  records: number
  /** How many files were included, and how many records `$GENERATE` made, all together. */
  includes: number
  generated: number

  /** The last stated owner, in lower case. */
  readonly owner: Uint8Array
  ownerLength: number
  ownerState: OwnerState
  /** Seconds, or NO_TTL: what `$TTL` said, and what the last record that said anything said. */
  defaultTtl: number
  lastTtl: number

  /** What the words before the data of the current record said; `ttl` may be NO_TTL. */
  type: number
  ttl: number
  readonly rdata: Uint8Array
  readonly rdataFault: RdataFault
}

/**
 * Records that inherit a faulty owner are read for their own faults and then dropped: the one fault
 * was told where it was made.
 */
export type OwnerState = 'unstated' | 'good' | 'faulty'

export const NO_TTL = -1

export interface Source {
  /** Index into the reader's files. */
  readonly file: number
  readonly lexer: Lexer
  /** Completes relative names; as written, since data keep the case of their names. */
  origin: Uint8Array
  /** The source whose `$INCLUDE` or `$GENERATE` opened this one. */
  readonly opener: Source | undefined
  readonly depth: number
  /** For the lines that `$GENERATE` makes: faults are shown at the directive, for this number. */
  generates: number | undefined
}

export interface ReaderOptions {
  readonly apex: Uint8Array
  readonly sink: ZoneSink
  readonly include: Include
  readonly report: (diagnostic: Diagnostic) => void
}

export function createReader({ apex, sink, include, report }: ReaderOptions): Reader {
  return {
    apex: foldName(apex),
    sink,
    include,
    faults: createFaults(report),
    files: [],
    records: 0,
    includes: 0,
    generated: 0,
    owner: new Uint8Array(NAME_OCTETS_MAX + 1),
    ownerLength: 0,
    ownerState: 'unstated',
    defaultTtl: NO_TTL,
    lastTtl: NO_TTL,
    type: 0,
    ttl: NO_TTL,
    rdata: new Uint8Array(RDATA_OCTETS_MAX + 1),
    rdataFault: { token: 0, message: '' },
  }
}

/** Opens a file's text; the file may have been read before. */
export function openSource(
  reader: Reader,
  file: string,
  octets: Uint8Array,
  origin: Uint8Array,
  opener: Source | undefined,
): Source {
  const known = reader.files.indexOf(file)
  return {
    file: known >= 0 ? known : reader.files.push(file) - 1,
    lexer: createLexer(octets),
    origin,
    opener,
    depth: opener ? opener.depth + 1 : 0,
    generates: undefined,
  }
}

/** Tells a fault of text[at..at + length) in the current entry. */
export function tellAt(
  reader: Reader,
  source: Source,
  at: number,
  length: number,
  message: string,
  severity: Diagnostic['severity'] = 'error',
): void {
  const { opener, generates } = source
  if (opener && generates !== undefined) {
    tellToken(reader, opener, 0, `for ${generates}: ${message}`, severity)
    return
  }
  reader.faults.add(severity, message, () => ({
    file: reader.files[source.file],
    ...placeOf(source.lexer, at),
    length: Math.max(1, length),
  }))
}

/** Tells a fault of a word, its quotes included; one past the last is the end of the entry. */
export function tellToken(
  reader: Reader,
  source: Source,
  token: number,
  message: string,
  severity: Diagnostic['severity'] = 'error',
): void {
  const { count, start, end, quoted } = source.lexer.tokens
  if (token < count) {
    const margin = quoted[token]
    const length = end[token] - start[token] + 2 * margin
    tellAt(reader, source, start[token] - margin, length, message, severity)
  } else {
    const last = count - 1
    tellAt(reader, source, count > 0 ? end[last] + quoted[last] : 0, 1, message, severity)
  }
}
