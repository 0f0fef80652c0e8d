/**
 * Goal: Rota answers as NSD, Knot and BIND do, or there is a listed reason why not.
 * Method: load the same zones into all of them, ask each the same questions over UDP, and compare
 * every field that a resolver acts on. What differs must be explained by `differences.ts`; what is
 * listed there must be needed by somebody.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Query } from '../support/query.ts'
import { findTool, requireTool } from '../support/tools.ts'
import { compareReplies, printDifference } from './compare.ts'
import { ALLOWANCES, type Allowance, explain } from './differences.ts'
import { questionsAbout } from './questions.ts'
import { RIVALS, type Respondent, startRespondent, startRota } from './rivals.ts'
import { readZones } from './zone-names.ts'

const ZONES = readZones()
/** A reader looks at the first few; the rest is a number. */
const SHOWN_MAX = 12
/** Questions under way at once: enough to keep servers busy, few enough for a socket's buffer. */
const TOGETHER = 32

let rota: Respondent
const used = new Set<Allowance>()

beforeAll(async () => {
  rota = await startRota(ZONES)
})

afterAll(async () => {
  await rota?.stop()
})

describe.each(RIVALS)('beside $name', (kind) => {
  const isHere = requireTool(kind.program)
  let rival: Respondent

  beforeAll(async () => {
    if (isHere) rival = await startRespondent(kind, ZONES)
  })

  afterAll(async () => {
    await rival?.stop()
  })

  it.skipIf(!isHere).each(ZONES)('answers for $topic alike', async (zone) => {
    const unexplained: string[] = []
    await inTurns(questionsAbout(zone), async (query) => {
      const [ours, theirs] = await Promise.all([rota.ask(query), rival.ask(query)])
      const difference = compareReplies(query, ours, theirs)
      if (!difference) return
      const reasons =
        ours && theirs ? explain({ ...difference, ours, theirs, zoneOf }, kind.name) : undefined
      if (reasons) for (const reason of reasons) used.add(reason)
      else unexplained.push(printDifference(difference))
    })
    expect(summary(unexplained)).toEqual('')
  })
})

describe('the list of allowed differences', () => {
  const isComplete = RIVALS.every(({ program }) => findTool(program) !== undefined)

  it.skipIf(!isComplete)('holds nothing that no reply needs', () => {
    const unused = ALLOWANCES.filter((allowance) => !used.has(allowance))
    expect(unused.map(({ reason }) => reason)).toEqual([])
  })
})

/** Asks several at once, so that thousands of questions take seconds. */
async function inTurns(queries: Query[], ask: (query: Query) => Promise<void>): Promise<void> {
  const left = queries.values()
  const askOn = async () => {
    for (const query of left) await ask(query)
  }
  await Promise.all(Array.from({ length: TOGETHER }, askOn))
}

/** The apex of the closest zone at or above a name. */
function zoneOf(name: string): string | undefined {
  const folded = name.toLowerCase()
  return ZONES.map(({ apex }) => apex)
    .filter((apex) => folded === apex || folded.endsWith(`.${apex}`))
    .sort((a, b) => b.length - a.length)[0]
}

function summary(differences: readonly string[]): string {
  if (differences.length === 0) return ''
  const shown = differences.slice(0, SHOWN_MAX).join('\n')
  return `${differences.length} differences without a listed reason:\n${shown}`
}
