/**
 * What it costs to be watched: an answer while `/metrics` is scraped ten times a second and while it
 * is not, and one scrape of a server with ten thousand members.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { freePort } from '../../support/ports.ts'
import { rota } from '../../support/servers/rota.ts'
import {
  type Pool,
  type ServerKind,
  type Setup,
  startServer,
} from '../../support/servers/server.ts'
import { cpuTime } from '../cpu.ts'
import { median } from '../measure.ts'
import type { Part } from '../part.ts'
import { figure, table } from '../table.ts'
import { compileVolley, type Volley } from '../volley.ts'
import { APEX, balancedZone, DIALECTS, MEMBERS, poolOf, writeQueries } from '../zones.ts'

export const scrape: Part = {
  name: 'scrape',
  title: 'What a scrape costs',
  needs: ['taskset', 'cc'],
  async run({ folder, isQuick }) {
    const { rounds, seconds, scrapes } = isQuick ? QUICK : FULL
    const queries = join(folder, 'scrape.queries')
    writeQueries(queries, [LABEL], 1)
    const zone = join(folder, 'scrape.zone')
    writeFileSync(zone, balancedZone([LABEL], DIALECTS.full))

    const small = [{ name: poolOf(LABEL), members: MEMBERS }]
    const costs = await withServer(zone, small, ({ port, pid, url }) =>
      costsOf(compileVolley(folder), { port, pid, url, queries, rounds, seconds }),
    )
    const large = await withServer(zone, [...small, ...manyPools()], ({ pid, url }) =>
      timesOf(pid, url, scrapes),
    )
    const head = ['', 'µs CPU for an answer', 'scrapes']
    const rows = costs.map(({ label, costUs, scrapes: made }) => [
      ...[label, figure(costUs, 2), figure(made)],
    ])
    return [
      `One worker at saturation and the main thread, together on core 0; medians of ${rounds}`,
      'interleaved rounds. What scrapes cost is in the figure, so the difference is theirs.\n',
      table(head, rows),
      `\nOne scrape of ${figure(MANY)} members, asked for over an idle server: medians of ${scrapes}.\n`,
      table(
        ['ms', 'ms CPU', 'KiB'],
        [[figure(large.ms, 1), figure(large.cpuMs, 1), figure(large.octets / 1024)]],
      ),
    ].join('\n')
  },
}

const FULL = { rounds: 5, seconds: 4, scrapes: 50 }
const QUICK = { rounds: 2, seconds: 1, scrapes: 10 }
const LABEL = 'www'
const EVERY_MS = 100
const MANY = 10_000
const POOL_SIZE = 250
const WARM_UP_SECONDS = 2

interface Served {
  readonly port: number
  readonly pid: number
  /** Where it is scraped. */
  readonly url: string
}

/** Rota with an API besides. */
function rotaWithApi(http: number): ServerKind {
  return {
    ...rota,
    configure(folder, port, setup) {
      const launch = rota.configure(folder, port, setup)
      const path = join(folder, 'rota.yaml')
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.replace('listen: { ', `listen: { http: "127.0.0.1:${http}", `))
      return launch
    },
  }
}

async function withServer<T>(
  zone: string,
  pools: readonly Pool[],
  use: (served: Served) => Promise<T>,
): Promise<T> {
  const http = await freePort()
  const setup: Setup = {
    zones: [{ apex: APEX, path: zone }],
    pools,
    names: new Map(pools.map(({ name }, index) => [nameOf(index), name])),
    ...{ threads: 1, core: 0, readyWhen: [{ name: `${LABEL}.${APEX}`, type: 1 }] },
  }
  const server = await startServer(rotaWithApi(http), setup)
  try {
    const url = `http://127.0.0.1:${http}/metrics`
    return await use({ port: server.port, pid: server.process.pid, url })
  } finally {
    await server.stop()
  }
}

/** The first pool has the name that is asked for. */
function nameOf(index: number): string {
  return index === 0 ? `${LABEL}.${APEX}` : `n${index}.${APEX}`
}

function manyPools(): Pool[] {
  return Array.from({ length: MANY / POOL_SIZE }, (_, pool) => ({
    name: `many-${pool}`,
    members: Array.from({ length: POOL_SIZE }, (_, member) => ({
      ...{ name: `m${member}`, v4: `198.51.${pool}.${member}`, weight: 1 },
    })),
  }))
}

interface Load extends Served {
  readonly queries: string
  readonly rounds: number
  readonly seconds: number
}

interface Cost {
  readonly label: string
  readonly costUs: number
  readonly scrapes: number
}

async function costsOf(volley: Volley, load: Load): Promise<Cost[]> {
  const { port, pid, url, queries, rounds, seconds } = load
  await volley(port, queries, WARM_UP_SECONDS)
  await scrapeOnce(url)
  const run = async (isScraped: boolean) => {
    const before = cpuTime(pid)
    const scraper = isScraped ? startScraper(url) : undefined
    const { answered } = await volley(port, queries, seconds)
    const scrapes = (await scraper?.stop()) ?? 0
    const after = cpuTime(pid)
    const spentMs = after.userMs + after.systemMs - before.userMs - before.systemMs
    return { costUs: (spentMs * 1000) / answered, scrapes }
  }
  const alone: Awaited<ReturnType<typeof run>>[] = []
  const watched: typeof alone = []
  for (let round = 0; round < rounds; round++) {
    alone.push(await run(false))
    watched.push(await run(true))
  }
  return [
    { label: 'nobody scrapes', samples: alone },
    { label: `a scrape every ${EVERY_MS} ms`, samples: watched },
  ].map(({ label, samples }) => ({
    label,
    costUs: median(samples.map(({ costUs }) => costUs)),
    scrapes: samples.reduce((sum, one) => sum + one.scrapes, 0),
  }))
}

/** Scrapes at a steady pace until it is stopped, and then says how often it did. */
function startScraper(url: string): { stop(): Promise<number> } {
  let isOver = false
  let scrapes = 0
  const done = (async () => {
    while (!isOver) {
      await Promise.all([scrapeOnce(url), delay(EVERY_MS)])
      scrapes++
    }
  })()
  return {
    async stop() {
      isOver = true
      await done
      return scrapes
    },
  }
}

async function timesOf(pid: number, url: string, scrapes: number) {
  for (let warmUp = 0; warmUp < scrapes; warmUp++) await scrapeOnce(url)
  const before = cpuTime(pid)
  const times: number[] = []
  let octets = 0
  for (let made = 0; made < scrapes; made++) {
    const startedMs = performance.now()
    octets = await scrapeOnce(url)
    times.push(performance.now() - startedMs)
  }
  const after = cpuTime(pid)
  const spentMs = after.userMs + after.systemMs - before.userMs - before.systemMs
  return { ms: median(times), cpuMs: spentMs / scrapes, octets }
}

async function scrapeOnce(url: string): Promise<number> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`a scrape was answered with ${response.status}`)
  return (await response.arrayBuffer()).byteLength
}
