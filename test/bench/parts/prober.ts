/** Ten thousand targets, probed by Rota and by HAProxy: what it costs, and how even it is. */

import { readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { freePort } from '../../support/ports.ts'
import { type Launch, type RunningProcess, startProcess, waitUntil } from '../../support/process.ts'
import { findTool } from '../../support/tools.ts'
import { cpuTime } from '../cpu.ts'
import { loopbackAddress } from '../loopback.ts'
import { memoryOf } from '../memory.ts'
import { absentees, type Part, reasonOf } from '../part.ts'
import { figure, table } from '../table.ts'

export const prober: Part = {
  name: 'prober',
  title: 'Ten thousand targets',
  needs: ['taskset'],
  async run({ folder, isQuick }) {
    const scale = isQuick ? { count: 1_000, seconds: 5 } : { count: TARGETS, seconds: 20 }
    const rows = []
    const absent: string[] = []
    for (const contender of CONTENDERS) {
      const { label, program } = contender
      if (findTool(program) === undefined) {
        absent.push(`${label}: program "${program}" is not installed`)
        continue
      }
      try {
        rows.push(row(label, await observe(contender, folder, scale)))
      } catch (error) {
        absent.push(`${label}: ${reasonOf(error)}`)
      }
    }
    return [
      `${figure(scale.count)} addresses of the loopback, each probed every ${INTERVAL_MS / 1000} s; the`,
      'prober on core 0, what it probes on core 1. Cores are processor time for each second, µs',
      'that for each probe; bursts are the fullest tenth of a second to the mean, as the probed',
      `saw them; descriptors are the most in ${scale.seconds} s. HAProxy gives its TCP connections up`,
      'before they are made, so that nobody sees them arrive.\n',
      table(HEAD, rows) + absentees(absent),
    ].join('\n')
  },
}

const TARGETS = 10_000
const INTERVAL_MS = 5_000
/** The first round, and a compiler that has had its say. */
const WARM_UP_MS = 8_000
const WINDOW_MS = 100

const HEAD = ['prober', 'cores', 'µs', 'probes/s', 'burst', 'descriptors', 'resident MiB']

interface Subject {
  readonly port: number
  readonly count: number
  readonly folder: string
}

interface Contender {
  readonly label: string
  readonly program: string
  readonly launch: (subject: Subject) => Launch | Promise<Launch>
  /** Whether those who are probed see it come: not where a connection is given up half-made. */
  readonly isSeen: boolean
}

const CONTENDERS: readonly Contender[] = [
  { label: 'Rota, tcp', program: 'node', launch: (to) => rota(to, 'tcp'), isSeen: true },
  { label: 'HAProxy, tcp', program: 'haproxy', launch: (to) => haproxy(to, ''), isSeen: false },
  { label: 'Rota, http', program: 'node', launch: (to) => rota(to, 'http'), isSeen: true },
  {
    label: 'HAProxy, http',
    program: 'haproxy',
    launch: (to) => haproxy(to, '  option httpchk GET /\n'),
    isSeen: true,
  },
]

interface Sample {
  readonly cores: number
  /** Undefined where nobody saw them. */
  readonly perSecond?: number
  readonly burst?: number
  readonly descriptors: number
  readonly residentKiB: number
}

async function observe(
  { launch, isSeen }: Contender,
  folder: string,
  { count, seconds }: { readonly count: number; readonly seconds: number },
): Promise<Sample> {
  const probed = startProcess(script('probed.ts', [], 1))
  try {
    await waitUntil(probed, async () => /^port \d+\n/.test(probed.output()))
    const port = Number(/^port (\d+)/.exec(probed.output())![1])
    const subject = startProcess({ ...(await launch({ port, count, folder })), core: 0 })
    try {
      await delay(WARM_UP_MS)
      if (subject.hasEnded()) throw new Error(subject.output())
      return await sample(subject, isSeen ? probed : undefined, seconds)
    } finally {
      await subject.stop()
    }
  } finally {
    await probed.stop()
  }
}

async function sample(
  subject: RunningProcess,
  probed: RunningProcess | undefined,
  seconds: number,
): Promise<Sample> {
  const first = windowNow() + 1
  const before = cpuTime(subject.pid)
  const startedMs = performance.now()
  let descriptors = 0
  while (performance.now() - startedMs < seconds * 1000) {
    descriptors = Math.max(descriptors, readdirSync(`/proc/${subject.pid}/fd`).length)
    await delay(WINDOW_MS / 2)
  }
  const after = cpuTime(subject.pid)
  const elapsedMs = performance.now() - startedMs
  const spentMs = after.userMs - before.userMs + after.systemMs - before.systemMs
  const last = windowNow() - 1
  await delay(3 * WINDOW_MS) // What came in the last window is told after it.
  const arrivals = arrivalsOf(probed?.output() ?? '', first, last)
  const mean = arrivals.reduce((sum, each) => sum + each, 0) / arrivals.length
  return {
    cores: spentMs / elapsedMs,
    ...(mean > 0 && {
      perSecond: (mean * 1000) / WINDOW_MS,
      burst: Math.max(...arrivals) / mean,
    }),
    descriptors,
    residentKiB: memoryOf(subject.pid).residentKiB,
  }
}

/** How many came in each window from `first` to `last`. */
function arrivalsOf(output: string, first: number, last: number): number[] {
  return [...output.matchAll(/^(\d+) (\d+)$/gm)]
    .filter(([, window]) => Number(window) >= first && Number(window) <= last)
    .map(([, , count]) => Number(count))
}

function windowNow(): number {
  return Math.floor(Date.now() / WINDOW_MS)
}

function rota({ port, count }: Subject, kind: 'tcp' | 'http'): Launch {
  return script('probing.ts', [port, count, INTERVAL_MS, kind].map(String))
}

/** One thread and one backend; it needs a door, though nobody knocks. */
async function haproxy({ port, count, folder }: Subject, option: string): Promise<Launch> {
  const servers = Array.from(
    { length: count },
    (_, index) => `  server s${index} ${loopbackAddress(index)}:${port} check\n`,
  )
  const path = join(folder, 'haproxy.cfg')
  writeFileSync(
    path,
    [
      'global\n  nbthread 1\n  maxconn 100\n',
      'defaults\n  mode tcp\n  timeout connect 2s\n  timeout check 2s\n',
      '  timeout client 2s\n  timeout server 2s\n',
      `frontend door\n  bind 127.0.0.1:${await freePort()}\n  default_backend all\n`,
      `backend all\n  balance first\n${option}`,
      `  default-server inter ${INTERVAL_MS} fastinter 1s rise 2 fall 3\n`,
      ...servers,
    ].join(''),
  )
  return { command: findTool('haproxy')!, args: ['-db', '-f', path] }
}

function script(name: string, args: readonly string[], core?: number): Launch {
  const path = resolve(import.meta.dirname, '..', name)
  const command = process.execPath
  return { command, args: ['--import', 'tsx', path, ...args], ...(core !== undefined && { core }) }
}

function row(label: string, { cores, perSecond, burst, ...taken }: Sample): string[] {
  return [
    label,
    figure(cores, 3),
    perSecond === undefined ? '–' : figure((cores * 1e6) / perSecond),
    perSecond === undefined ? '–' : figure(perSecond),
    burst === undefined ? '–' : `${figure(burst, 2)}×`,
    figure(taken.descriptors),
    figure(taken.residentKiB / 1024),
  ]
}
