/** Where two replies to one question differ, and how a person would want to read that. */

import { typeName } from '../../src/wire/registry.ts'

import type { Query } from '../support/query.ts'
import type { Reply } from './reply.ts'

/** A part of a reply that can differ. */
export type Aspect = Exclude<keyof Reply, 'size' | 'looseSize'>

const ASPECTS: readonly Aspect[] = [
  'rcode',
  'opcode',
  'flags',
  'question',
  'answer',
  'authority',
  'additional',
  'edns',
]

export interface Difference {
  readonly query: Query
  readonly aspects: readonly Aspect[]
  /** Undefined where a server stayed silent. */
  readonly ours: Reply | undefined
  readonly theirs: Reply | undefined
}

/** Undefined if the replies say the same. */
export function compareReplies(
  query: Query,
  ours: Reply | undefined,
  theirs: Reply | undefined,
): Difference | undefined {
  const aspects = ASPECTS.filter(
    (aspect) => JSON.stringify(ours?.[aspect]) !== JSON.stringify(theirs?.[aspect]),
  )
  return aspects.length === 0 ? undefined : { query, aspects, ours, theirs }
}

/** The question as `dig` would take it, and each aspect in both replies. */
export function printDifference({ query, aspects, ours, theirs }: Difference): string {
  const edns = query.edns ? ` +edns=${query.edns.version ?? 0}+bufsize=${query.edns.payload}` : ''
  const flags = `${query.isRecursionDesired ? ' +rd' : ''}${query.edns?.isDnssecOk ? ' +do' : ''}`
  const opcode = query.opcode ? ` opcode ${query.opcode}` : ''
  const odd = `${query.class ? ` class ${query.class}` : ''}${opcode}`
  const rows = aspects.flatMap((aspect) => [
    `  ${aspect}: ours   ${print(ours, aspect)}`,
    `  ${aspect}: theirs ${print(theirs, aspect)}`,
  ])
  return [`${query.name} ${typeName(query.type)}${odd}${edns}${flags}`, ...rows].join('\n')
}

function print(reply: Reply | undefined, aspect: Aspect): string {
  return reply === undefined ? '(silence)' : JSON.stringify(reply[aspect])
}
