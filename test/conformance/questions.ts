/**
 * What is asked about a zone: each of its names and their neighbours (below, beside, above, under a
 * wildcard, in other letters), by each of its types and those that servers treat specially. The way
 * of asking (EDNS, DO, RD) walks along with the questions, so each way meets each kind of answer.
 */

import { CLASS, OPCODE, TYPE, typeNumber } from '../../src/wire/registry.ts'

import type { Query } from '../support/query.ts'
import type { ZoneFile } from './zone-names.ts'

/** Types with rules of their own, one that a zone may lack, and one that nobody has met. */
const ALWAYS = ['A', 'AAAA', 'NS', 'SOA', 'CNAME', 'DNAME', 'DS', 'MX', 'TXT', 'TYPE65280', 'ANY']

/** Five ways of asking: a prime, so that walking along rows and columns skips none. */
const WAYS: readonly Partial<Query>[] = [
  { edns: { payload: 1232 } },
  {},
  { edns: { payload: 1232, isDnssecOk: true } },
  { edns: { payload: 4096 }, isRecursionDesired: true },
  { isRecursionDesired: true },
]

/** All questions about a zone. The same zone gives the same questions. */
export function questionsAbout(zone: ZoneFile): Query[] {
  const own = zone.records.map(({ type }) => type)
  const types = [...new Set([...ALWAYS, ...own])].map((type) => typeNumber(type)!)
  const names = [...namesAround(zone)]
  const queries: Query[] = []
  for (const [row, name] of names.entries()) {
    for (const [column, type] of types.entries()) {
      queries.push({ name, type, ...WAYS[(row + column) % WAYS.length] })
    }
  }
  return [...queries, ...oddities(zone)]
}

/** The zone's names with their neighbours, each once. */
export function namesAround({ apex, records, targets }: ZoneFile): Set<string> {
  const names = new Set<string>()
  const owners = new Set(records.map(({ owner }) => owner))
  for (const owner of owners) {
    names.add(owner)
    for (const label of ['below', '*', 'x.y']) addName(names, `${label}.${owner}`)
    for (const name of ancestors(owner, apex)) {
      names.add(name)
      addName(names, `beside.${name}`)
    }
    if (owner.startsWith('*.')) {
      for (const label of ['any', 'ANY', 'one.two', '_x']) names.add(owner.replace('*', label))
    }
  }
  for (const target of targets) names.add(target)
  for (const name of [...owners].slice(0, 12)) names.add(swapCase(name))
  return names
}

/** Names above `name`, up to and with the apex: its empty non-terminals among them. */
function ancestors(name: string, apex: string): string[] {
  const above: string[] = []
  let rest = name
  while (rest.length > apex.length) {
    // A label ends at a dot that is not escaped.
    rest = rest.replace(/^(?:\\.|[^.\\])+\./, '')
    above.push(rest)
  }
  return above
}

function addName(names: Set<string>, name: string): void {
  if (name.length < 250) names.add(name)
}

/** The case of every other letter turned over, as resolvers do against forgers (0x20). */
function swapCase(name: string): string {
  return name.replace(/[a-z]/gi, (letter, at: number) =>
    at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase(),
  )
}

/** Questions that are not about data: other classes, opcodes and neighbourhoods. */
function oddities({ apex }: ZoneFile): Query[] {
  const ask = { name: apex, type: TYPE.A }
  return [
    { ...ask, class: CLASS.HS },
    { ...ask, class: 4_242 },
    { ...ask, opcode: OPCODE.STATUS },
    { ...ask, opcode: OPCODE.IQUERY },
    { ...ask, opcode: 7 },
    { ...ask, opcode: 15, edns: { payload: 1232 } },
    { name: '.', type: TYPE.NS },
    { name: 'example.test.', type: TYPE.SOA, edns: { payload: 1232 } },
    { name: `not-${apex}`, type: TYPE.A },
    { name: 'www.example.org.', type: TYPE.A, isRecursionDesired: true },
    { name: apex, type: TYPE.SOA, edns: { payload: 512, version: 1 } },
    { name: apex, type: TYPE.SOA, edns: { payload: 0 } },
  ]
}
