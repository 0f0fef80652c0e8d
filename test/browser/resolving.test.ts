/**
 * Goal: what users have is what the weights say: a real browser that has no other resolver than
 * Rota reaches the backends by their shares, and the others once one has died.
 * Method: Chromium, Rota on port 53 and three backends in a network of their own, whose resolv.conf
 * names Rota. Each visit is a new browsing context, which has a cache of names of its own, as a new
 * user would. What counts is what the backends write down.
 */

import type { Browser } from 'playwright-core'
import { expect, it } from 'vitest'

import { written, zoneText } from '../control/configs.ts'
import { MAIN } from '../e2e/rota.ts'
import { type Namespace, namespaceProblem, openNamespace } from '../support/namespace.ts'
import { type RunningProcess, waitUntil } from '../support/process.ts'
import { isGranted } from '../support/tools.ts'
import { browserProblem, CHROMIUM, openBrowser } from './browser.ts'

const PORT = 8080
const ADDRESSES = { a: '127.0.0.11', b: '127.0.0.12', c: '127.0.0.13' }
type Name = keyof typeof ADDRESSES

const YAML = `
listen: { dns: ["127.0.0.1:53"] }
workers: 1
zones: { example.test: example.test.zone }
defaults: { ttl: 1 }
checks:
  web:
    http: { port: ${PORT}, path: /healthz }
    interval: 500ms
    fast_interval: 100ms
    timeout: 500ms
pools:
  web:
    check: web
    policy: weighted
    members:
      a: { v4: ${ADDRESSES.a}, weight: 5 }
      b: { v4: ${ADDRESSES.b}, weight: 3 }
      c: { v4: ${ADDRESSES.c}, weight: 2 }
  all: { check: web, members: [${Object.values(ADDRESSES)}] }
names:
  www.example.test: { pool: web, answers: 1 }
  all.example.test: { pool: all }
`

/** Writes a line for each page, and none for the prober. */
const BACKEND = `
const [name, address] = process.argv.slice(1)
const pages = (request, response) => {
  if (request.url === '/') console.log('page for ' + request.headers.host)
  response.writeHead(200, { 'content-type': 'text/html', connection: 'close' })
  response.end('<!doctype html><link rel="icon" href="data:,"><h1>' + name + '</h1>')
}
require('node:http').createServer(pages).listen(${PORT}, address, () => console.log('listening'))
`

it.skipIf(!isGranted(browserProblem ?? namespaceProblem()))(
  'reaches the backends by their weights, and the others when one has died',
  async () => {
    const network = await openNamespace('127.0.0.1')
    const site = await openSite(network)
    const browser = await openBrowser({ executable: network.wrapped(CHROMIUM!) })

    for (let visits = 0; visits < 20; visits++) await visit(browser, 'www.example.test')
    expect(site.pages()).toEqual({ a: 10, b: 6, c: 4 })

    site.backends.a.signal('SIGKILL')
    // Several addresses: the browser goes on to the next by itself, before anybody has noticed.
    const reached = await visit(browser, 'all.example.test')
    expect(['b', 'c']).toContain(reached)

    await waitUntil(site.rota, async () => site.rota.output().includes('up -> down'))
    const before = site.pages()
    for (let visits = 0; visits < 10; visits++) await visit(browser, 'www.example.test')
    const after = site.pages()
    expect(after.a).toBe(before.a)
    expect([after.b - before.b, after.c - before.c]).toEqual([6, 4])
  },
  120_000,
)

/** The name of whom a new user reaches. */
async function visit(browser: Browser, host: string): Promise<string> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(`http://${host}:${PORT}/`)
    return await page.locator('h1').innerText()
  } finally {
    await context.close()
  }
}

interface Site {
  readonly rota: RunningProcess
  readonly backends: Readonly<Record<Name, RunningProcess>>
  /** How many pages each backend says it has served. */
  pages(): Record<Name, number>
}

async function openSite(network: Namespace): Promise<Site> {
  const start = (name: Name) =>
    network.start({ command: process.execPath, args: ['-e', BACKEND, name, ADDRESSES[name]] })
  const backends = { a: start('a'), b: start('b'), c: start('c') }
  for (const backend of Object.values(backends)) {
    await waitUntil(backend, async () => backend.output().includes('listening'))
  }
  const { file } = written({ 'rota.yaml': YAML, 'example.test.zone': zoneText('example.test') })
  const rota = network.start({ command: process.execPath, args: [MAIN, 'serve', '-c', file] })
  await waitUntil(rota, async () => rota.output().includes('"answering"'))
  const pagesOf = (name: Name) => backends[name].output().split('page for').length - 1
  return {
    rota,
    backends,
    pages: () => ({ a: pagesOf('a'), b: pagesOf('b'), c: pagesOf('c') }),
  }
}
