/**
 * Goal: what a scraper reads of a real server is true, is there from the first scrape on, and has no
 * fault that Prometheus itself would find.
 * Method: one server with a life of its own: asked over UDP and TCP, a backend that dies, a drain, a
 * registration, reloads that are taken and refused; what it tells is compared with what was done.
 */

import { spawnSync } from 'node:child_process'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { METRICS } from '../../src/admin/metrics/exposition.ts'
import { type Answer, askApi } from '../admin/support.ts'
import { samplesOf, typesOf, valuesOf } from '../admin/metrics/scrape.ts'
import { zoneText } from '../control/configs.ts'
import { FOREIGN } from '../monitoring/foreign.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/folder.ts'
import { requestFor } from '../support/request.ts'
import { askerOf, askFor } from '../support/resolver.ts'
import { requireTool } from '../support/tools.ts'
import { serveFiles } from './rota.ts'

const TOKEN = 'a-token-that-nobody-would-guess'
const QUERIES = 25

/** Told only of what is not everywhere. */
const CONDITIONAL =
  /^rota_(certificate_end_timestamp_seconds|state_write_timestamp_seconds|webhook_\w+)$/

interface Scrapes {
  /** As soon as it answered, and when all had happened. */
  readonly first: string
  readonly last: Answer
  readonly openMetrics: Answer
}

/** The server lives once, in the test that comes first; what it told is what all look at. */
let lived: Promise<Scrapes> | undefined
const scrapes = () => {
  lived ??= live()
  return lived
}

describe('a scrape', () => {
  it('is text that nothing may cache, in the format that was asked for', async () => {
    const { last, openMetrics } = await scrapes()
    expect(last.status).toBe(200)
    expect(last.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(openMetrics.headers['content-type']).toMatch(/^application\/openmetrics-text/)
    expect(openMetrics.text.endsWith('# EOF\n')).toBe(true)
  })

  it.skipIf(!requireTool('promtool'))('has no fault that promtool finds', async () => {
    const { first, last } = await scrapes()
    for (const text of [first, last.text]) {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      })
      expect(`${stdout}${stderr}`).toBe('')
      expect(status).toBe(0)
    }
  })

  it.skipIf(!requireTool('promtool'))(
    'is OpenMetrics that Prometheus reads to its end',
    async () => {
      const { openMetrics } = await scrapes()
      const folder = temporaryFolder('openmetrics')
      onTestFinished(() => folder.remove())
      // What reads the format is the import of old samples, and those have times.
      const file = join(folder.path, 'scrape')
      writeFileSync(file, openMetrics.text.replace(/^([^#\n].*)$/gm, '$1 1700000000'))
      const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder.path, 'blocks')]
      const { status, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    },
  )

  it('has every metric that is declared, with samples from the start where they can be known', async () => {
    const { first, last } = await texts()
    const types = typesOf(last)
    expect(METRICS.filter(({ name, type }) => types.get(name) !== type)).toEqual([])
    expect(FOREIGN.filter((name) => !types.has(name))).toEqual([])
    const names = new Set(samplesOf(last).map(({ name }) => name.replace(/_bucket$/, '')))
    const silent = METRICS.map(({ name }) => name).filter((name) => !names.has(name))
    expect(silent.filter((name) => !CONDITIONAL.test(name))).toEqual([])

    const keysOf = (text: string) =>
      samplesOf(text)
        .filter(({ name }) => types.get(name) === 'counter' && name.startsWith('rota_'))
        .map(({ name, labels }) => JSON.stringify([name, labels]))
    const fromStart = new Set(keysOf(first))
    // Whoever registers is known from then on.
    const late = keysOf(last).filter((key) => !fromStart.has(key) && !key.includes('"x"'))
    expect(late).toEqual([])
  })

  it('counts what was asked, and how it was answered', async () => {
    const { first, last } = await texts()
    expect(valuesOf(first, 'rota_dns_queries_total')).toMatchObject({ 'udp 4': 0, 'tcp 4': 0 })
    expect(valuesOf(last, 'rota_dns_queries_total')).toMatchObject({
      ...{ 'udp 4': QUERIES + 2, 'tcp 4': 1, 'udp 6': 0, 'tls 4': 0 },
    })
    expect(valuesOf(last, 'rota_dns_queries_by_type_total')).toMatchObject({
      ...{ A: QUERIES + 1, AAAA: 1, MX: 1, other: 0 },
    })
    expect(valuesOf(last, 'rota_dns_answers_total')).toMatchObject({
      'udp 4 NOERROR': QUERIES,
      'udp 4 NXDOMAIN': 1,
      'udp 4 REFUSED': 1,
      'tcp 4 NOERROR': 1,
    })
    expect(valuesOf(last, 'rota_dns_answer_duration_seconds_count')).toMatchObject({
      ...{ udp: QUERIES + 2, tcp: 1 },
    })
    const turns = Object.values(valuesOf(last, 'rota_member_turns_total'))
    expect(turns.reduce((sum, count) => sum + count, 0)).toBe(QUERIES)
  })

  it('tells what died, and how soon it was out of the answers', async () => {
    const { first, last } = await texts()
    expect(valuesOf(first, 'rota_member_up')).toEqual({ 'web a 4': 1 })
    expect(valuesOf(last, 'rota_member_up')).toMatchObject({ 'web a 4': 0 })
    expect(valuesOf(last, 'rota_member_weight')).toMatchObject({ 'web a 4': 0, 'web b 4': 0 })
    expect(valuesOf(last, 'rota_pool_flips_total')).toMatchObject({ 'web down': 1 })
    expect(valuesOf(last, 'rota_failover_duration_seconds_count')).toEqual({ '': 1 })
    expect(valuesOf(last, 'rota_failover_last_seconds')['']).toBeGreaterThan(0)
    const { 'web success': well, 'web failure': failed } = valuesOf(last, 'rota_probes_total')
    expect(well).toBeGreaterThan(0)
    expect(failed).toBeGreaterThan(0)
  })

  it('tells what operators and backends asked for, and that a reload was refused', async () => {
    const { last } = await texts()
    expect(valuesOf(last, 'rota_overrides')).toMatchObject({ drain: 1 })
    expect(valuesOf(last, 'rota_pool_registrations')).toEqual({ web: 1 })
    expect(valuesOf(last, 'rota_reloads_total')).toEqual({ taken: 1, refused: 1 })
    expect(valuesOf(last, 'rota_last_reload_successful')).toEqual({ '': 0 })
    expect(valuesOf(last, 'rota_generation')).toEqual({ '': 2 })
    expect(valuesOf(last, 'rota_zone_serial')).toEqual({ 'example.test.': 1 })
  })
})

async function texts() {
  const { first, last } = await scrapes()
  return { first, last: last.text }
}

async function live(): Promise<Scrapes> {
  const backend = await listening()
  const yaml = configOf((backend.address() as AddressInfo).port)
  const env = { ROTA_TOKEN: TOKEN }
  const rota = await serveFiles(yaml, zoneText('example.test'), { env })
  const http = Number(String(rota.logged('answering')[0]!['http']).split(':').at(-1))
  const ask = (line: string, body?: unknown) => askApi(http, line, { token: TOKEN, body })
  const scrape = async () => (await ask('GET /metrics')).text
  const first = await scrape()

  const asker = await askerOf(rota.port)
  for (let query = 0; query < QUERIES; query++) await askFor(asker, 'www.example.test A')
  await askFor(asker, 'nobody.example.test MX')
  await askFor(asker, 'example.org A')
  await askByStream(rota.port, requestFor('www.example.test AAAA'))

  const drain = { pool: 'web', member: 'b', word: 'drain', reason: 'disk swap', author: 'ana' }
  await ask('POST /api/v1/overrides', drain)
  await ask('POST /api/v1/pools/web/members', { name: 'x', v4: '192.0.2.9' })
  await ask('POST /api/v1/reload')
  rota.files.rewrite('rota.yaml', `${yaml}nonsense: 1\n`)
  await ask('POST /api/v1/reload')
  backend.close()
  await eventually(async () => valuesOf(await scrape(), 'rota_flips_total')['down'] === 1)

  const last = await ask('GET /metrics')
  const accept = 'application/openmetrics-text;version=1.0.0'
  return { first, last, openMetrics: await askApi(http, 'GET /metrics', { headers: { accept } }) }
}

function configOf(port: number): string {
  return `
listen: { dns: ["127.0.0.1:0"], http: "127.0.0.1:0" }
workers: 1
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: ${port} }, interval: 200ms, fall: 2 } }
pools:
  web:
    register: { networks: [192.0.2.0/24], lease: 30s, members: 2 }
    when_all_down: [last_good for 10m, all]
    members: { a: { v4: 127.0.0.1, check: web }, b: 192.0.2.2 }
names: { www.example.test: { pool: web } }
`
}

async function listening(): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Asks over TCP, and waits until something is answered. */
async function askByStream(port: number, message: Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write(Uint8Array.of(message.length >> 8, message.length & 0xff, ...message))
  await once(socket, 'data')
  socket.destroy()
}
