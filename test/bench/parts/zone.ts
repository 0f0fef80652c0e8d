/** A zone of a million records: how long until it is answered from, and how much memory it has. */

import { join } from 'node:path'

import { KINDS } from '../../support/servers/kinds.ts'
import { type RunningServer, type ServerKind, startServer } from '../../support/servers/server.ts'
import { findTool } from '../../support/tools.ts'
import { cpuTime } from '../cpu.ts'
import { type Memory, memoryOf } from '../memory.ts'
import { absentees, type Part, reasonOf } from '../part.ts'
import { figure, table } from '../table.ts'
import { APEX, largeLabel, writeLargeZone } from '../zones.ts'

export const zone: Part = {
  name: 'zone',
  title: 'A million records',
  needs: [],
  async run({ folder, isQuick }) {
    const count = isQuick ? 20_000 : RECORDS
    const large = join(folder, 'large.zone')
    const small = join(folder, 'small.zone')
    await writeLargeZone(large, count)
    await writeLargeZone(small, 1)

    const absent: string[] = []
    const rows = []
    for (const [label, kind] of CONTENDERS) {
      if (findTool(kind.program) === undefined) {
        absent.push(`${label}: program "${kind.program}" is not installed`)
        continue
      }
      try {
        rows.push(row(label, await loadOnce(kind, small, 1), await loadOnce(kind, large, count)))
      } catch (error) {
        absent.push(`${label}: ${reasonOf(error)}`)
      }
    }
    return [
      `From start to the first answer for the last of ${figure(count)} names, two workers or`,
      'threads, both cores; "empty" is the same server with one record, "zone" the difference.',
      'CPU is user and system time until then; peak is VmHWM. NSD is several processes: the sum',
      'of their shares.\n',
      table(HEAD, rows) + absentees(absent),
    ].join('\n')
  },
}

const RECORDS = 1_000_000
/** The slowest take a minute on a busy machine. */
const READY_WITHIN_MS = 300_000

const CONTENDERS: readonly [string, ServerKind][] = [
  ['Rota', KINDS.rota],
  ['gdnsd', KINDS.gdnsd],
  ['Knot', KINDS.knot],
  ['NSD', KINDS.nsd],
  ['BIND', KINDS.bind],
]

const HEAD = [
  'server',
  'ready s',
  'empty s',
  'zone s',
  'CPU s',
  'resident MiB',
  'empty MiB',
  'zone MiB',
  'peak MiB',
]

interface Loading extends Memory {
  readonly readyMs: number
  readonly cpuMs: number
}

async function loadOnce(kind: ServerKind, path: string, count: number): Promise<Loading> {
  const server = await startServer(kind, {
    zones: [{ apex: APEX, path }],
    threads: 2,
    readyWhen: [{ name: `${largeLabel(count - 1)}.${APEX}`, type: 1 }],
    readyWithinMs: READY_WITHIN_MS,
    pollEveryMs: 20,
  })
  try {
    return observe(server)
  } finally {
    await server.stop()
  }
}

function observe(server: RunningServer): Loading {
  const { userMs, systemMs } = cpuTime(server.process.pid)
  const memory = memoryOf(server.process.pid)
  return { ...memory, readyMs: server.readyAfterMs, cpuMs: userMs + systemMs }
}

function row(label: string, empty: Loading, full: Loading): string[] {
  const seconds = (spentMs: number) => figure(spentMs / 1000, 2)
  const mebibytes = (sizeKiB: number) => figure(sizeKiB / 1024)
  return [
    label,
    seconds(full.readyMs),
    seconds(empty.readyMs),
    seconds(full.readyMs - empty.readyMs),
    seconds(full.cpuMs),
    mebibytes(full.residentKiB),
    mebibytes(empty.residentKiB),
    mebibytes(full.residentKiB - empty.residentKiB),
    mebibytes(full.peakKiB),
  ]
}
