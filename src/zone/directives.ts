/** `$ORIGIN` (RFC 1035 §5.1) and `$TTL` (RFC 2308 §4): what records after them may leave out. */

import { NAME_OCTETS_MAX, nameFault, readName } from '../wire/name.ts'
import { quoteWord } from '../wire/rdata/field.ts'
import { readTtl } from '../wire/ttl.ts'

import { NO_TTL, type Reader, type Source, tellToken } from './reader.ts'
import { TTL_RANGE } from './record.ts'

/** `$ORIGIN name`: completes relative names from here to the end of this file. */
export function readOrigin(reader: Reader, source: Source): void {
  if (!hasArguments(reader, source, 1, 1, '$ORIGIN needs a name')) return
  const origin = originAt(reader, source, 1)
  if (origin) source.origin = origin
}

/** `$TTL ttl`: the TTL of records that give none, from here on, in this file and any other. */
export function readDefaultTtl(reader: Reader, source: Source): void {
  if (!hasArguments(reader, source, 1, 1, `$TTL needs ${TTL_RANGE}`)) return
  const { text, start, end } = source.lexer.tokens
  const ttl = readTtl(text, start[1], end[1])
  if (ttl >= 0) {
    reader.defaultTtl = ttl
    return
  }
  tellToken(reader, source, 1, `$TTL ${quoteWord(source.lexer.tokens, 1)} is not ${TTL_RANGE}`)
  // One fault is enough: the records that rely on this line are not at fault as well.
  if (reader.defaultTtl === NO_TTL) reader.defaultTtl = 0
}

/** The name at `token`, completed by the origin so far; undefined after telling what is wrong. */
export function originAt(reader: Reader, source: Source, token: number): Uint8Array | undefined {
  const { text, start, end } = source.lexer.tokens
  const name = new Uint8Array(NAME_OCTETS_MAX + 1)
  const length = readName(text, start[token], end[token], source.origin, name, 0)
  if (length >= 0) return name.slice(0, length)
  const given = quoteWord(source.lexer.tokens, token)
  tellToken(reader, source, token, `origin ${given} ${nameFault(length)}`)
  return undefined
}

/** Whether a directive has as many words after it as it takes; tells `needs` if not. */
export function hasArguments(
  reader: Reader,
  source: Source,
  fewest: number,
  most: number,
  needs: string,
): boolean {
  const { tokens } = source.lexer
  const { count } = tokens
  if (count <= fewest) tellToken(reader, source, count, needs)
  else if (count > most + 1) {
    const given = quoteWord(tokens, most + 1)
    tellToken(reader, source, most + 1, `${needs}; ${given} is one word too many`)
  }
  return count > fewest && count <= most + 1
}
