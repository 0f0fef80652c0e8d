/** Whether an answer costs more when it is one of many: 10 balanced names against 100,000. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { KINDS } from '../../support/servers/kinds.ts'
import type { Setup } from '../../support/servers/server.ts'
import { contest, contestTable, type Entrant } from '../contest.ts'
import { absentees, type Part } from '../part.ts'
import {
  APEX,
  balancedZone,
  DIALECTS,
  type Dialect,
  MEMBERS,
  poolOf,
  writeQueries,
} from '../zones.ts'

export const names: Part = {
  name: 'names',
  title: 'Ten names and a hundred thousand',
  needs: ['taskset', 'dnsperf', 'cc'],
  async run({ folder, isQuick }) {
    const entrants: Entrant[] = []
    for (const count of [FEW, isQuick ? 1_000 : MANY]) {
      const labels = Array.from({ length: count }, (_, i) => `n${i}`)
      const queries = join(folder, `names-${count}.queries`)
      writeQueries(queries, labels, isQuick ? 10_000 : QUERIES)
      const words = count.toLocaleString('en-US')
      entrants.push(
        {
          label: `Rota, ${words}`,
          kind: KINDS.rota,
          setup: setup(folder, labels, 'full'),
          queries,
        },
        {
          label: `gdnsd, ${words}`,
          kind: KINDS.gdnsd,
          setup: setup(folder, labels, 'dyna'),
          queries,
        },
      )
    }
    const result = await contest(entrants, isQuick ? QUICK : FULL)
    return [
      'As above, with a pool of its own for every name; the questions are drawn at random over all',
      'names, from a file of the same length.\n',
      contestTable(result, BASE) + absentees(result.absent),
    ].join('\n')
  },
}

const FEW = 10
const MANY = 100_000
/** Ten for each of many names: the file is read in order, over and over. */
const QUERIES = 1_000_000
const BASE = `gdnsd, ${FEW}`
const FULL = { rounds: 5, seconds: 4 }
const QUICK = { rounds: 2, seconds: 1 }
/** Reading 100,000 pools is work for any server, and not what is measured here. */
const READY_WITHIN_MS = 300_000

function setup(folder: string, labels: readonly string[], dialect: keyof typeof DIALECTS): Setup {
  const path = join(folder, `names-${dialect}-${labels.length}.zone`)
  const write: Dialect = DIALECTS[dialect]
  writeFileSync(path, balancedZone(labels, write))
  return {
    zones: [{ apex: APEX, path }],
    pools: labels.map((label) => ({ name: poolOf(label), members: MEMBERS })),
    names: new Map(labels.map((label) => [`${label}.${APEX}`, poolOf(label)])),
    threads: 1,
    readyWhen: [{ name: `${labels.at(-1)}.${APEX}`, type: 1 }],
    readyWithinMs: READY_WITHIN_MS,
  }
}
