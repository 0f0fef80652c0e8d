/**
 * `$INCLUDE file [origin]`: opens another file in the place of the directive. It "never changes the
 * relative origin of the parent file, regardless of changes to the relative origin made within the
 * included file" (RFC 1035 §5.1).
 *
 * Files may include files, but never themselves. Both bounds below are needed: a chain is bounded
 * by its depth, and files that each include the next one twice by their number.
 */

import { wordAt } from './keywords.ts'
import { hasArguments, originAt } from './directives.ts'
import { openSource, type Reader, type Source, tellToken } from './reader.ts'

/** NSD stops at 10. Nobody was ever seen to nest more than three files in earnest. */
export const INCLUDE_DEPTH_MAX = 16

/** A host of many small zones in one file includes thousands; more are a mistake or an attack. */
export const INCLUDES_MAX = 10_000

/** Opens the file that the current entry includes; undefined after telling why it cannot be. */
export function openInclude(reader: Reader, source: Source): Source | undefined {
  const needs = '$INCLUDE needs a file, and may give an origin'
  if (!hasArguments(reader, source, 1, 2, needs)) return undefined
  const { text, count, start, end } = source.lexer.tokens
  const origin = count > 2 ? originAt(reader, source, 2) : source.origin
  if (!origin) return undefined
  if (source.depth === INCLUDE_DEPTH_MAX) {
    return refuse(reader, source, `files include each other more than ${INCLUDE_DEPTH_MAX} deep`)
  }
  if (reader.includes === INCLUDES_MAX) {
    return refuse(reader, source, `a zone includes at most ${INCLUDES_MAX} files`)
  }
  reader.includes++
  const path = wordAt(text, start[1], end[1])
  const found = reader.include(path, reader.files[source.file])
  if ('problem' in found) return refuse(reader, source, `"${path}": ${found.problem}`)
  const chain = chainTo(reader, source)
  if (chain.includes(found.file)) {
    return refuse(reader, source, `file includes itself: ${[...chain, found.file].join(' -> ')}`)
  }
  return openSource(reader, found.file, found.octets, origin, source)
}

function chainTo(reader: Reader, source: Source): string[] {
  const above = source.opener ? chainTo(reader, source.opener) : []
  return [...above, reader.files[source.file]]
}

function refuse(reader: Reader, source: Source, message: string): undefined {
  tellToken(reader, source, 1, `$INCLUDE: ${message}`)
}
