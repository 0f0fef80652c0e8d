/** The kernel's own price, alone: what remains of a server's cost when it does nothing. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { contest, contestTable } from '../contest.ts'
import { echo as kind } from '../echo.ts'
import { absentees, type Part } from '../part.ts'
import { APEX, balancedZone, DIALECTS, writeQueries } from '../zones.ts'

export const echo: Part = {
  name: 'echo',
  title: 'The kernel alone',
  needs: ['taskset', 'dnsperf', 'cc'],
  async run({ folder, isQuick }) {
    const queries = join(folder, 'echo.queries')
    writeQueries(queries, ['www'], 1)
    const path = join(folder, 'echo.zone')
    writeFileSync(path, balancedZone(['www'], DIALECTS.single))
    const setup = { zones: [{ apex: APEX, path }], threads: 1 }
    const entrant = { label: 'echo', kind, setup, queries }
    const result = await contest([entrant], { rounds: isQuick ? 2 : 5, seconds: isQuick ? 1 : 5 })
    return [
      'A bare `recvmmsg`/`sendmmsg` loop in C, 64 datagrams at a time, with one fixed answer.\n',
      contestTable(result, 'echo') + absentees(result.absent),
    ].join('\n')
  },
}
