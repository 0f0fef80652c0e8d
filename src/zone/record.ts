/**
 * One entry that is a record: `[owner] [ttl] [class] type data`, TTL and class in either order
 * (RFC 1035 §5.1). A record that is wrong is told and dropped; what it said of owner and TTL still
 * holds for the records after it.
 */

import { nearest } from '../base/nearest.ts'

import { FOLD, isDigit, nameFault, printName, readName } from '../wire/name.ts'
import { quoteWord } from '../wire/rdata/field.ts'
import { readRdata } from '../wire/rdata/read.ts'
import { CLASS, TYPE, typeName } from '../wire/registry.ts'
import { readTtl, TTL_SECONDS_MAX } from '../wire/ttl.ts'

import { isMetaType, NO_KEYWORD, readClass, readType, zoneTypeNames } from './keywords.ts'
import { NO_TTL, type Reader, type Source, tellToken } from './reader.ts'

/** What a TTL may be, for messages. */
export const TTL_RANGE = `0–${TTL_SECONDS_MAX} seconds, or units like 1h30m`

const DOLLAR = 0x24

/** Reads the current entry of `source` as a record and hands it to the sink. */
export function readRecord(reader: Reader, source: Source): void {
  let token = 0
  if (!source.lexer.startsBlank) stateOwner(reader, source, token++)
  else if (reader.ownerState === 'unstated') assumeOwner(reader, source)
  token = readHead(reader, source, token)
  if (token >= 0) readData(reader, source, token)
}

/** Makes the word at `token` the owner of this record and of those that leave theirs out. */
export function stateOwner(reader: Reader, source: Source, token: number): void {
  const { tokens } = source.lexer
  const { text, start, end } = tokens
  const { owner } = reader
  const length = readName(text, start[token], end[token], source.origin, owner, 0)
  reader.ownerState = 'faulty'
  if (length < 0) {
    tellToken(reader, source, token, `owner ${quoteWord(tokens, token)} ${nameFault(length)}`)
    return
  }
  for (let i = 0; i < length; i++) owner[i] = FOLD[owner[i]]
  reader.ownerLength = length
  if (isWithinApex(reader)) {
    reader.ownerState = 'good'
    return
  }
  const zone = printName(reader.apex)
  tellToken(reader, source, token, `owner ${printName(owner)} is outside the zone ${zone}`)
}

/**
 * Reads TTL, class and type from the word at `token`. Returns the index of the first word of data,
 * or -1 after a fault.
 */
export function readHead(reader: Reader, source: Source, token: number): number {
  const { tokens } = source.lexer
  const { text, count, start, end, quoted } = tokens
  reader.ttl = NO_TTL
  let isClassGiven = false
  for (let at = token; at < count; at++) {
    if (quoted[at] !== 0) return failType(reader, source, at)
    if (isDigit(text[start[at]])) {
      if (reader.ttl !== NO_TTL) return fail(reader, source, at, 'the TTL is given twice')
      reader.ttl = readTtl(text, start[at], end[at])
      if (reader.ttl < 0) return failTtl(reader, source, at)
      reader.lastTtl = reader.ttl
      continue
    }
    const type = readType(text, start[at], end[at])
    if (type !== NO_KEYWORD) {
      reader.type = type
      if (!isMetaType(type)) return at + 1
      return fail(reader, source, at, `type ${typeName(type)} is for questions, not for zones`)
    }
    const class_ = readClass(text, start[at], end[at])
    if (class_ === NO_KEYWORD) return failType(reader, source, at)
    if (isClassGiven) return fail(reader, source, at, 'the class is given twice')
    if (class_ !== CLASS.IN) {
      const given = quoteWord(tokens, at)
      return fail(reader, source, at, `class ${given} is not served: a zone is of class IN`)
    }
    isClassGiven = true
  }
  return fail(reader, source, count, 'a record needs a type and data')
}

/** Reads the data from the word at `token` and hands the record to the sink. */
export function readData(reader: Reader, source: Source, token: number): void {
  const { lexer, origin } = source
  const { type, rdata, rdataFault, owner, ownerLength } = reader
  const length = readRdata(type, lexer.tokens, token, origin, rdata, rdataFault)
  if (length < 0) {
    const { token: at, message } = rdataFault
    tellToken(reader, source, at, `${typeName(type)}: ${message}`)
  }
  const ttl = ttlOf(reader, source, length)
  if (length < 0 || reader.ownerState !== 'good') return
  const { line, column } = source.generates === undefined ? lexer : source.opener!.lexer
  reader.records++
  reader.sink.add(owner, ownerLength, type, ttl, rdata, length, source.file, line, column)
}

/**
 * RFC 2308 §4: a record without a TTL has that of `$TTL`; without one, RFC 1035 §5.1 takes "the
 * last explicitly stated" one. Where there is none either, BIND gives an SOA, and the records after
 * it, the SOA's own MINIMUM.
 */
function ttlOf(reader: Reader, source: Source, rdataLength: number): number {
  if (reader.ttl !== NO_TTL) return reader.ttl
  if (reader.defaultTtl !== NO_TTL) return reader.defaultTtl
  if (reader.lastTtl !== NO_TTL) return reader.lastTtl
  // Told once: what follows is then read as if this record had said it.
  if (reader.type === TYPE.SOA && rdataLength >= 0) {
    reader.defaultTtl = soaMinimum(reader.rdata, rdataLength)
    const message = `no TTL is given: the SOA's minimum of ${reader.defaultTtl} seconds is used`
    tellToken(reader, source, 0, message, 'warning')
  } else {
    reader.defaultTtl = 0
    const remedy = 'write one, or begin the file with $TTL'
    tellToken(reader, source, 0, `no TTL is given and none was given before: ${remedy}`)
  }
  return reader.defaultTtl
}

/** MINIMUM is the last field of an SOA (RFC 1035 §3.3.13); RFC 2181 §8: above the range is zero. */
function soaMinimum(rdata: Uint8Array, length: number): number {
  const view = new DataView(rdata.buffer, rdata.byteOffset + length - 4, 4)
  const seconds = view.getUint32(0)
  return seconds <= TTL_SECONDS_MAX ? seconds : 0
}

/** NSD takes a file whose first entry has no owner, BIND does not. The apex is what is meant. */
function assumeOwner(reader: Reader, source: Source): void {
  reader.owner.set(reader.apex)
  reader.ownerLength = reader.apex.length
  reader.ownerState = 'good'
  const message = `no owner is given before this record: ${printName(reader.apex)} is assumed`
  tellToken(reader, source, 0, message, 'warning')
}

function isWithinApex({ owner, ownerLength, apex }: Reader): boolean {
  const surplus = ownerLength - apex.length
  let at = 0
  while (at < surplus) at += owner[at] + 1
  if (at !== surplus) return false
  for (let i = 0; i < apex.length; i++) if (owner[at + i] !== apex[i]) return false
  return true
}

function failTtl(reader: Reader, source: Source, token: number): -1 {
  // Told once: the records that would inherit this TTL are not at fault as well.
  if (reader.lastTtl === NO_TTL) reader.lastTtl = 0
  const given = quoteWord(source.lexer.tokens, token)
  return fail(reader, source, token, `TTL ${given} is not ${TTL_RANGE}`)
}

function failType(reader: Reader, source: Source, token: number): -1 {
  const { tokens } = source.lexer
  const { text, start, quoted } = tokens
  const given = quoteWord(tokens, token)
  if (quoted[token] !== 0) {
    return fail(reader, source, token, `${given} stands in quotes where a type is needed`)
  }
  if (text[start[token]] === DOLLAR) {
    return fail(reader, source, token, `directive ${given} must stand at the start of its line`)
  }
  const likely = nearest(given.slice(1, -1), zoneTypeNames())
  const remedy = likely === undefined ? 'write TYPE and its number' : `did you mean ${likely}?`
  return fail(reader, source, token, `type ${given} is not known: ${remedy}`)
}

function fail(reader: Reader, source: Source, token: number, message: string): -1 {
  tellToken(reader, source, token, message)
  return -1
}
