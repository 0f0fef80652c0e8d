/**
 * Whether anybody notices a reload of a million records: the clients, who must lose no query, and
 * the prober, who must not fall behind. A control run without a reload says what the machine does.
 */

import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { askOnce } from '../../support/ask.ts'
import { encodeQuery } from '../../support/query.ts'
import { rota } from '../../support/servers/rota.ts'
import { type RunningServer, startServer } from '../../support/servers/server.ts'
import { type Backend, startBackend } from '../backend.ts'
import { type LoadResult, load } from '../load.ts'
import { absentees, type Part, reasonOf } from '../part.ts'
import { figure, table } from '../table.ts'
import { APEX, largeLabel, writeLargeZone, writeQueries } from '../zones.ts'

export const reload: Part = {
  name: 'reload',
  title: 'A reload under load',
  needs: ['taskset', 'dnsperf'],
  async run({ folder, isQuick }) {
    const count = isQuick ? 20_000 : RECORDS
    const seconds = isQuick ? 4 : SECONDS
    const path = join(folder, 'reload.zone')
    const queries = join(folder, 'reload.queries')
    await writeLargeZone(path, count, 1)
    writeQueries(queries, [WEB, ...sampleLabels(count)], 100_000)

    const backend = await startBackend()
    try {
      const server = await start(path, backend.port)
      try {
        const control = await run(server, backend, { queries, seconds })
        await writeLargeZone(path, count, 2)
        const reloaded = await run(server, backend, { queries, seconds, serial: 2 })
        return describe(count, seconds, control, reloaded)
      } finally {
        await server.stop()
      }
    } catch (error) {
      return absentees([`Rota: ${reasonOf(error)}`]).trim()
    } finally {
      await backend.close()
    }
  },
}

const RECORDS = 1_000_000
const LOST_AFTER_MS = 2_000
const SECONDS = 15
/** A tenth of what one core answers: what is lost here is not lost to saturation. */
const PER_SECOND = 20_000
const PROBE_EVERY_MS = 100
const READY_WITHIN_MS = 300_000
const WEB = 'web'
const POLL_EVERY_MS = 50

interface Run extends LoadResult {
  readonly probes: number
  readonly longestGapMs: number
  /** From the signal to the first answer out of the new zone; undefined if there was no reload. */
  readonly reloadMs?: number | undefined
}

function start(path: string, backendPort: number): Promise<RunningServer> {
  const member = { name: 'here', v4: '127.0.0.1', weight: 1 }
  const check = { port: backendPort, intervalMs: PROBE_EVERY_MS }
  return startServer(rota, {
    zones: [{ apex: APEX, path }],
    pools: [{ name: WEB, members: [member], check }],
    names: new Map([[`${WEB}.${APEX}`, WEB]]),
    threads: 2,
    readyWithinMs: READY_WITHIN_MS,
  })
}

async function run(
  server: RunningServer,
  backend: Backend,
  { queries, seconds, serial }: { queries: string; seconds: number; serial?: number },
): Promise<Run> {
  backend.restart()
  const loading = load({ port: server.port, queries, seconds, perSecondMax: PER_SECOND })
  const reloading = serial === undefined ? undefined : reloadTo(server, serial, seconds)
  const [result, reloadMs] = await Promise.all([loading, reloading])
  const longestGapMs = backend.longestGapMs()
  return { ...result, probes: backend.probes(), longestGapMs, reloadMs }
}

/** Signals a fifth into the run, and waits for the new serial. NaN if it did not come in time. */
async function reloadTo(server: RunningServer, serial: number, seconds: number): Promise<number> {
  await delay((seconds * 1000) / 5)
  const startedMs = performance.now()
  server.process.signal('SIGHUP')
  const deadlineMs = startedMs + seconds * 1000 * 4
  while (performance.now() < deadlineMs) {
    if ((await serialOf(server.port)) === serial) return performance.now() - startedMs
    await delay(POLL_EVERY_MS)
  }
  return Number.NaN
}

/** The SOA's serial: the first of the five numbers that end a reply of one SOA and nothing else. */
async function serialOf(port: number): Promise<number | undefined> {
  const reply = await askOnce(port, encodeQuery({ name: APEX, type: 6 }), {
    timeoutMs: LOST_AFTER_MS,
  })
  return reply && reply.length > 20 ? reply.readUInt32BE(reply.length - 20) : undefined
}

/** Some names of the zone, spread over the whole of it. */
function sampleLabels(count: number): string[] {
  const step = Math.max(1, Math.floor(count / 1_000))
  return Array.from({ length: Math.floor(count / step) }, (_, i) => largeLabel(i * step))
}

function describe(count: number, seconds: number, control: Run, reloaded: Run): string {
  const head = [
    'run',
    'answered',
    'lost',
    'latency avg µs',
    'max ms',
    'reload s',
    'probes',
    'longest gap ms',
  ]
  const row = (label: string, result: Run) => [
    label,
    figure(result.answered),
    figure(result.lost),
    figure(result.latencyAvgUs),
    figure(result.latencyMaxUs / 1000, 1),
    result.reloadMs === undefined ? '–' : figure(result.reloadMs / 1000, 2),
    figure(result.probes),
    figure(result.longestGapMs),
  ]
  return [
    `Rota with ${figure(count)} records and two workers, ${figure(PER_SECOND)} queries a second`,
    `for ${seconds} s, one backend probed every ${PROBE_EVERY_MS} ms. The zone is written anew and`,
    'SIGHUP sent a fifth into the second run; "reload" is the time until the new serial is answered.\n',
    table(head, [row('control', control), row('reload', reloaded)]),
  ].join('\n')
}
