/**
 * Goal: what backends say of their own load, and what their probes take, decides whom a client is
 * given; and probes come sooner where there is more to answer.
 * Method: one running server over backends that the test makes say what it wants.
 */

import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer as createTcp, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually } from '../support/eventually.ts'
import { type Site, siteOf } from './site.ts'

const [A, B, C] = [1, 2, 3].map((n) => `127.44.0.${n}`) as [string, string, string]
const TOLD = { what: 'what the backends said' }

/** What each backend says: by HTTP on its paths, and to whoever connects to its agent. */
const pages = new Map<string, { body: string; headers?: Record<string, string>; slowMs?: number }>()
const agents = new Map<string, string>([A, B].map((address) => [address, '100%']))
/** How often the path was asked for, on any address. */
const asked = new Map<string, number>()

const endings: (() => Promise<void>)[] = []
const until = (ending: () => Promise<void>) => void endings.push(ending)
let site: Site

describe.skipIf(process.platform !== 'linux')('a backend', () => {
  beforeAll(async () => {
    const [http, agent] = [await startPages(), await startAgents()]
    site = await siteOf(configOf(http, agent), { until })
  })
  afterAll(async () => {
    for (const ending of endings.reverse()) await ending()
  })

  it('tells its weight in the words of an agent, and is drained and back by them', async () => {
    expect(await site.leads('agent.example.test A', 20)).toEqual({ [A]: 10, [B]: 10 })
    agents.set(A, '50%')
    await becomes('agent.example.test A', 30, { [A]: 10, [B]: 20 })
    agents.set(A, 'drain')
    await becomes('agent.example.test A', 4, { [B]: 4 })
    agents.set(A, 'ready 100%')
    await becomes('agent.example.test A', 20, { [A]: 10, [B]: 10 })
    agents.set(A, 'down # disk full')
    await becomes('agent.example.test A', 4, { [B]: 4 })
    expect(await site.command('status')).toContain('disk full')
  })

  it('with the fewest requests and errors is the one that is given', async () => {
    say(A, '/numbers', '1000 10')
    say(B, '/numbers', '10 0')
    await becomes('numbers.example.test A', 4, { [B]: 4 })
    say(A, '/numbers', '1000 10')
    say(B, '/numbers', '9000 500')
    await becomes('numbers.example.test A', 4, { [A]: 4 })
  })

  it('with the lower load in a header, or in JSON, is the one that is given', async () => {
    say(A, '/header', 'ok', { 'x-load': '0.9' })
    say(B, '/header', 'ok', { 'x-load': '9' })
    await becomes('header.example.test A', 4, { [A]: 4 })
    say(A, '/json', '{"load": 30}')
    say(B, '/json', '{"load": 3}')
    await becomes('json.example.test A', 4, { [B]: 4 })
    say(B, '/json', '{"load": 300}')
    await becomes('json.example.test A', 4, { [A]: 4 })
  })

  it('that answers fastest is the one that is given', async () => {
    pages.set(`${A}/fast`, { body: 'ok', slowMs: 120 })
    await becomes('fast.example.test A', 4, { [B]: 4 })
    pages.set(`${A}/fast`, { body: 'ok' })
    pages.set(`${B}/fast`, { body: 'ok', slowMs: 250 })
    await becomes('fast.example.test A', 4, { [A]: 4 })
  })

  it('is probed before its time once it has had so many answers', async () => {
    const probes = () => asked.get('/every')!
    const first = probes()
    await delay(300)
    expect(probes()).toBe(first)
    let answers = 0
    const askOn = async () => {
      await site.leads('every.example.test A', 20)
      answers += 20
      return probes() >= first + 4
    }
    await eventually(askOn, TOLD)
    // Two backends share the answers, and each takes 50 for a probe: none comes for fewer.
    expect(answers).toBeGreaterThanOrEqual(200)
  })

  it('is up if all of its checks are, or any, as it was said', async () => {
    expect(await membersOf('all')).toEqual([A, B, C])
    pages.delete(`${A}/one`)
    await eventually(async () => (await membersOf('all')).join() === [B, C].join(), TOLD)
    expect(await membersOf('any')).toEqual([A, B, C])
    expect(await membersOf('some')).toEqual([A, B, C])
    pages.delete(`${A}/two`)
    await eventually(async () => (await membersOf('any')).join() === [B, C].join(), TOLD)
    await eventually(async () => (await membersOf('some')).join() === [B, C].join(), TOLD)
    say(A, '/two', 'ok')
    await eventually(async () => (await membersOf('any')).length === 3, TOLD)
    expect(await membersOf('all')).toEqual([B, C])
  })
})

function configOf(http: number, agent: number): string {
  const often = 'interval: 600ms, fast_interval: 100ms, timeout: 600ms, rise: 1, fall: 2'
  const page = (path: string, more = often) => `{ http: { port: ${http}, path: ${path} }, ${more} }`
  const report = (words: string) => `report: ${words}, ${often}`
  return `
defaults: { answers: 1, ttl: 5/1 }
prober: { suspect_when: 100% }  # These failures are meant.
checks:
  agent: { tcp: { port: ${agent} }, ${report('agent')} }
  numbers: ${page('/numbers', report('two-numbers'))}
  header: ${page('/header', report('{ header: X-Load }'))}
  json: ${page('/json', report('json'))}
  fast: ${page('/fast', 'interval: 600ms, fast_interval: 100ms, timeout: 600ms, fall: 9')}
  every: ${page('/every', 'interval: 1h, every: 50 answers')}
  one: ${page('/one')}
  two: ${page('/two')}
  three: ${page('/three')}
  any: { any_of: [one, two] }
  some: { at_least: 2, of: [one, two, three] }
pools:
  agent: { check: agent, policy: weighted, when_all_down: nodata, members: [${A}, ${B}] }
  numbers: { check: numbers, policy: least-load, members: [${A}, ${B}] }
  header: { check: header, policy: least-load, members: [${A}, ${B}] }
  json: { check: json, policy: least-load, members: [${A}, ${B}] }
  fast: { check: fast, policy: fastest, members: [${A}, ${B}] }
  every: { check: every, members: [${A}, ${B}] }
  all: { check: [one, two], answers: 8, members: [${A}, ${B}, ${C}] }
  any: { check: any, answers: 8, members: [${A}, ${B}, ${C}] }
  some: { check: some, answers: 8, members: [${A}, ${B}, ${C}] }
names:
  agent.example.test: { pool: agent }
  numbers.example.test: { pool: numbers }
  header.example.test: { pool: header }
  json.example.test: { pool: json }
  fast.example.test: { pool: fast }
  every.example.test: { pool: every }
  all.example.test: { pool: all }
  any.example.test: { pool: any }
  some.example.test: { pool: some }
`
}

function say(address: string, path: string, body: string, headers: Record<string, string> = {}) {
  pages.set(`${address}${path}`, { body, headers })
}

/** Waits until so many answers are led by these. */
async function becomes(question: string, times: number, leads: Record<string, number>) {
  let last: Record<string, number> = {}
  const isSo = async () => {
    last = await site.leads(question, times)
    return JSON.stringify(sorted(last)) === JSON.stringify(sorted(leads))
  }
  await eventually(isSo, TOLD).catch(() => expect(last).toEqual(leads))
}

function sorted(counts: Record<string, number>) {
  return Object.entries(counts).sort()
}

async function membersOf(pool: string): Promise<string[]> {
  return (await site.answer(`${pool}.example.test A`)).split(' ').sort()
}

/** Backends that serve what the test has them say, and 404 for anything else. */
async function startPages(): Promise<number> {
  for (const address of [A, B, C]) {
    for (const path of ['/one', '/two', '/three', '/fast', '/every', '/header'])
      say(address, path, 'ok')
    say(address, '/numbers', '0 0')
    say(address, '/json', '{}')
  }
  const server = createHttp(async ({ socket, url }, response) => {
    asked.set(url!, (asked.get(url!) ?? 0) + 1)
    const page = pages.get(`${socket.localAddress!.replace('::ffff:', '')}${url}`)
    if (page?.slowMs) await delay(page.slowMs)
    response.writeHead(page ? 200 : 404, page?.headers ?? {}).end(page?.body)
  })
  return listen(server)
}

/** Agents that say one line to whoever connects, as HAProxy asks for. */
async function startAgents(): Promise<number> {
  return listen(
    createTcp((socket: Socket) => {
      socket.on('error', () => {})
      socket.end(`${agents.get(socket.localAddress!.replace('::ffff:', ''))}\n`)
    }),
  )
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  until(async () => void server.close())
  return (server.address() as { port: number }).port
}
