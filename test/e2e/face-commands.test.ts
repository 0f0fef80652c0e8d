/**
 * Goal: what commands tell adds up, is of one mind with the API, and does nothing to a terminal.
 * Method: a short failover under users who try again, whose figures are added; and a server that was
 * told what would play tricks on a screen, seen by every command.
 */

import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Status } from '../../src/admin/status.ts'
import type { FailoverFigures } from '../../src/app/demo/failover/figures.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/folder.ts'
import { run } from './rota.ts'
import { siteOf } from './site.ts'

/** It clears the screen, names the window, turns the line around, and is a line of its own. */
const NASTY = 'safe \u001b[2J\u001b]0;owned\u0007 \u202Eesrever\r\nweb/a down \u009b31m'
const UNSEEN = /(?!\n)[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu

const USERS = 8
const REQUESTS = 9
const SHORT = ['--users', `${USERS}`, '--requests', `${REQUESTS}`, '--pace', '300ms']
const PLAN = ['--ttl', '2/1', '--interval', '300ms', '--phases', 'abc,ac,abc', '--seed', '7']

describe('rota demo failover', () => {
  it('prints figures that add up, and a page that asks nobody for anything', async () => {
    const folder = temporaryFolder('failover')
    onTestFinished(() => folder.remove())
    const file = join(folder.path, 'report.html')
    const manner = ['--retry', 'next', '--resolver', 'shared', '--json', '--report', file]
    const child = run(['demo', 'failover', ...SHORT, ...PLAN, ...manner])
    const code = await child.ended
    const output = child.output()
    const figures = JSON.parse(output.slice(output.indexOf('\n{') + 1)) as FailoverFigures
    const { plan, phases, windows, failures, requests, succeeded, failed, rescued } = figures
    expect(plan).toMatchObject({ users: USERS, requests: REQUESTS, retry: 'next', seed: 7 })
    expect(phases.map(({ running }) => running.join(''))).toEqual(['abc', 'ac', 'abc'])
    for (const phase of phases) {
      expect(phase.requests).toBe(USERS * REQUESTS)
      expect(phase.succeeded + phase.failed).toBe(phase.requests)
      expect(sum(Object.values(phase.served))).toBe(phase.succeeded)
      // Who waits for the same query as another has neither.
      expect(phase.fromCache + phase.queries).toBeLessThanOrEqual(phase.requests)
      expect(phase.queries).toBeGreaterThan(0)
      expect(phase.rescued).toBeLessThanOrEqual(phase.succeeded)
      expect(phase.requestsPerSecond).toBeCloseTo(phase.requests / phase.seconds, 0)
      expect(phase.averageMs).toBeLessThanOrEqual(Math.max(phase.p95Ms!, phase.averageMs!))
    }
    expect(phases[1]!.served).not.toHaveProperty('b')
    expect(sum(phases.map((phase) => phase.requests))).toBe(requests)
    expect(sum(phases.map((phase) => phase.succeeded))).toBe(succeeded)
    expect(sum(phases.map((phase) => phase.failed))).toBe(failed)
    expect(sum(phases.map((phase) => phase.rescued))).toBe(rescued)
    expect([failed, failures.length]).toEqual([0, 0])
    expect(windows.map(({ backend, phase }) => [backend, phase])).toEqual([
      ['b', windows[0]!.phase],
    ])
    expect(code).toBe(figures.isKept ? 0 : 1)

    const page = readFileSync(file, 'utf8')
    expect(page).not.toMatch(/\b(src|href|action)="(?!#|data:)/)
    expect(page).not.toMatch(/@import|url\((?!#|data:)|<script[^>]*\ssrc/)
    expect(page).toContain(`${requests}`)
  })
})

describe('what somebody else has said', () => {
  it('plays no tricks on a terminal, in any command', async () => {
    const greeter = createServer((socket) => {
      socket.on('error', () => {})
      socket.end(`554 ${NASTY}\r\n`)
    })
    greeter.listen(0, '127.0.0.1')
    await once(greeter, 'listening')
    onTestFinished(() => void greeter.close())
    const { port } = greeter.address() as AddressInfo
    const site = await siteOf(`
pools:
  mail:
    check: { smtp: { port: ${port} }, interval: 1s, fast_interval: 100ms }
    members: { a: 127.0.0.1, b: 127.0.0.2 }
  web: { check: { heartbeat: }, members: { a: 192.0.2.1, b: 192.0.2.2 } }
names: { www.example.test: { pool: web }, mail.example.test: { pool: mail } }
`)
    const override = { pool: 'web', member: 'b', word: 'drain', reason: NASTY, author: 'ana' }
    expect((await site.api('POST /api/v1/overrides', override)).status).toBe(422)
    const named = { ...override, reason: 'disk swap', author: NASTY }
    expect((await site.api('POST /api/v1/overrides', named)).status).toBe(422)
    const report = await site.api('POST /api/v1/pools/web/members/a/failures', { evidence: NASTY })
    expect(report.status).toBe(200)
    const isDown = ({ members }: Status['pools'][0]) => members[0]!.addresses[0]!.verdict === 'down'
    await eventually(async () => (await site.status()).pools.some(isDown))
    const explain = ['explain', 'mail.example.test']
    for (const words of [['status'], ['top', '--once'], ['history'], explain]) {
      const text = await site.command(...words)
      expect([words, text.match(UNSEEN)]).toEqual([words, null])
      expect(text).not.toMatch(/^web\/a down/m)
      expect(text).toContain('554 safe')
    }
  })

  it('is the same to rota top as to the API', async () => {
    const site = await siteOf(`
pools: { web: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 3 }, b: 192.0.2.2 } } }
names: { www.example.test: { pool: web, answers: 1 } }
`)
    await site.command('drain', 'web/b', '--by', 'ana', '--reason', 'disk swap')
    const once = await site.command('top', '--once')
    expect(once).toMatch(/ a +192\.0\.2\.1 .* 100\.0% /)
    expect(once).toMatch(/ b +192\.0\.2\.2 .*\(drain\) +- .*disk swap/)
    const told = JSON.parse(await site.command('top', '--json')) as Status
    const status = await site.status()
    expect(told.pools[0]!.members.map(({ name, isServing }) => [name, isServing])).toEqual([
      ['a', true],
      ['b', false],
    ])
    expect(Object.keys(told).sort()).toEqual(Object.keys(status).sort())
    const overrideOf = ({ pools }: Status) => pools[0]!.members[1]!.override
    expect(overrideOf(told)).toEqual(overrideOf(status))
    expect(overrideOf(told)).toMatchObject({ word: 'drain', reason: 'disk swap' })
  })
})

function sum(all: readonly number[]): number {
  return all.reduce((total, one) => total + one, 0)
}
