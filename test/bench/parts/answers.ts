/** What one weighted answer costs: three members, weights 5, 3 and 2, one record in each answer. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { KINDS } from '../../support/servers/kinds.ts'
import type { Setup } from '../../support/servers/server.ts'
import { contest, contestTable, type Entrant } from '../contest.ts'
import { echo } from '../echo.ts'
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

export const answers: Part = {
  name: 'answers',
  title: 'One weighted answer',
  needs: ['taskset', 'dnsperf', 'cc'],
  async run({ folder, isQuick }) {
    const queries = join(folder, 'answers.queries')
    writeQueries(queries, [LABEL], 1)
    const { rota, gdnsd, knot, nsd, bind, powerdns } = KINDS
    const setups = {
      full: setup(folder, 'full'),
      dyna: setup(folder, 'dyna'),
      single: setup(folder, 'single'),
      lua: setup(folder, 'lua'),
    }
    const portable: Setup = { ...setups.full, env: { ROTA_TRANSPORT: 'portable' } }
    const entrants: Entrant[] = [
      { label: 'echo in C (the kernel alone)', kind: echo, setup: setups.single, queries },
      { label: 'Rota', kind: rota, setup: setups.full, queries },
      { label: BASE, kind: gdnsd, setup: setups.dyna, queries },
      { label: 'Knot, static', kind: knot, setup: setups.single, queries },
      { label: 'NSD, static', kind: nsd, setup: setups.single, queries },
      { label: 'BIND, static', kind: bind, setup: setups.single, queries },
      { label: 'PowerDNS, static', kind: powerdns, setup: setups.single, queries },
      { label: 'PowerDNS, pickwrandom', kind: powerdns, setup: setups.lua, queries },
      { label: 'Rota, portable transport', kind: rota, setup: portable, queries },
    ]
    const result = await contest(entrants, isQuick ? QUICK : FULL)
    return [
      'One A record of three members (weights 5, 3, 2), EDNS in every query; the server has one',
      'worker on core 0, the load comes from core 1. µs of processor time for each answered query',
      `and answers a second at saturation, latency at 10,000 queries a second; medians of`,
      `${(isQuick ? QUICK : FULL).rounds} interleaved rounds.\n`,
      contestTable(result, BASE) + absentees(result.absent),
    ].join('\n')
  },
}

const BASE = 'gdnsd'
const LABEL = 'www'
const FULL = { rounds: 5, seconds: 4 }
const QUICK = { rounds: 2, seconds: 1 }

function setup(folder: string, dialect: keyof typeof DIALECTS): Setup {
  const path = join(folder, `answers-${dialect}.zone`)
  const write: Dialect = DIALECTS[dialect]
  writeFileSync(path, balancedZone([LABEL], write))
  return {
    zones: [{ apex: APEX, path }],
    pools: [{ name: poolOf(LABEL), members: MEMBERS }],
    names: new Map([[`${LABEL}.${APEX}`, poolOf(LABEL)]]),
    threads: 1,
    // The balanced name, so that a server that is up without its pool is not measured.
    readyWhen: [{ name: `${LABEL}.${APEX}`, type: 1 }],
  }
}
