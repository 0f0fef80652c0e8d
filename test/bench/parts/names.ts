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
    const many = isQuick ? 1_000 : MANY
    for (const [count, pools] of [
      [FEW, FEW],
      [many, FEW],
      [many, many],
    ]) {
      const labels = Array.from({ length: count }, (_, i) => `n${i}`)
      const queries = join(folder, `names-${count}-${pools}.queries`)
      writeQueries(queries, labels, isQuick ? 10_000 : QUERIES)
      const words = `${inWords(count)} in ${inWords(pools)} pools`
      entrants.push(
        {
          label: `Rota, ${words}`,
          kind: KINDS.rota,
          setup: setup(folder, labels, pools, 'full'),
          queries,
        },
        {
          label: `gdnsd, ${words}`,
          kind: KINDS.gdnsd,
          setup: setup(folder, labels, pools, 'dyna'),
          queries,
        },
      )
    }
    const result = await contest(entrants, isQuick ? QUICK : FULL)
    return [
      'As above; the names share ten pools, or have one each. The questions are drawn at random over',
      'all names, from a file of the same length.\n',
      contestTable(result, BASE) + absentees(result.absent),
    ].join('\n')
  },
}

const FEW = 10
const MANY = 100_000
/** Ten for each of many names: the file is read in order, over and over. */
const QUERIES = 1_000_000
const BASE = `gdnsd, ${inWords(FEW)} in ${inWords(FEW)} pools`
const FULL = { rounds: 5, seconds: 4 }
const QUICK = { rounds: 2, seconds: 1 }
/** Reading 100,000 pools is work for any server, and not what is measured here. */
const READY_WITHIN_MS = 300_000

function inWords(count: number): string {
  return count.toLocaleString('en-US')
}

function setup(
  folder: string,
  labels: readonly string[],
  pools: number,
  dialect: keyof typeof DIALECTS,
): Setup {
  const path = join(folder, `names-${dialect}-${labels.length}-${pools}.zone`)
  const write: Dialect = DIALECTS[dialect]
  const poolFor = (label: string) => poolOf(`n${Number(label.slice(1)) % pools}`)
  writeFileSync(path, balancedZone(labels, write, poolFor))
  const poolNames = labels.slice(0, pools).map(poolFor)
  return {
    zones: [{ apex: APEX, path }],
    pools: poolNames.map((name) => ({ name, members: MEMBERS })),
    names: new Map(labels.map((label) => [`${label}.${APEX}`, poolFor(label)])),
    threads: 1,
    readyWhen: [{ name: `${labels.at(-1)}.${APEX}`, type: 1 }],
    readyWithinMs: READY_WITHIN_MS,
  }
}
