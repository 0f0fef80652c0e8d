/**
 * Goal: the lab page can see, stop and start the demo's backends and hear from each who it is; pages
 * of strangers learn nothing from a backend.
 * Method: the routes as values over real backends on ports that the system picks, and a browser's
 * headers spelt out.
 */

import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'

import { DemoBackends } from '../../src/app/demo/backends.ts'
import { demoRoutes } from '../../src/app/demo/routes.ts'
import { written, zoneText } from '../control/configs.ts'

const PAGE = 'http://127.0.0.1:8053'

describe('the routes of the demo', () => {
  it('list the backends, and stop and start one', async () => {
    const { backends, ask } = await demo()
    const page = `http://127.0.0.1:${backends.find('b')!.endpoints!.page.port}`
    const running = { name: 'b', address: '127.0.0.1', colour: '#123456', isRunning: true, page }
    const stopped = { ...running, isRunning: false }
    expect(await ask('GET /backends')).toMatchObject({
      value: { backends: [{ name: 'a' }, running, { name: 'c' }] },
    })
    expect(await ask('POST /backends/{name}/stop', 'b')).toEqual({ status: 200, value: stopped })
    expect(backends.find('b')!.isRunning).toBe(false)
    expect(await ask('GET /backends')).toMatchObject({
      value: { backends: [{ isRunning: true }, stopped, { isRunning: true }] },
    })
    expect(await ask('POST /backends/{name}/start', 'b')).toEqual({ status: 200, value: running })
  })

  it('say which backends there are to who asks for another', async () => {
    const { ask } = await demo()
    expect(await ask('POST /backends/{name}/stop', 'd')).toMatchObject({
      problem: { status: 404, remedy: 'there are a, b, c' },
    })
  })

  it('say why a backend could not start', async () => {
    const { backends, ask } = await demo()
    const { port } = backends.find('b')!.endpoints!.page
    await backends.find('b')!.stop()
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const answer = await ask('POST /backends/{name}/start', 'b')
    squatter.close()
    expect(answer).toMatchObject({ problem: { status: 409 } })
    expect(JSON.stringify(answer)).toContain('the port is taken')
  })

  it('promise what the configuration promises, as it is now', async () => {
    const { ask, files } = await demo()
    const www = { name: 'www.example.test', answersMs: 3_400, cachesMs: 32_300 }
    expect(await ask('GET /failovers')).toEqual({ status: 200, value: { failovers: [www] } })
    files.rewrite('rota.yaml', 'pools: [nonsense')
    expect(await ask('GET /failovers')).toEqual({ status: 200, value: { failovers: [] } })
  })
})

describe('who a backend is', () => {
  it('is for the page of the demo to read, in the words of the echo', async () => {
    const { backends } = await demo()
    backends.friends = [PAGE]
    const answer = await whoAmI(backends, { origin: PAGE })
    expect(answer.body).toBe('Connected to server a\n')
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'cache-control': 'no-store',
      vary: 'origin',
    })
  })

  it.each([
    ['the page of a stranger', { origin: 'http://evil.example.org' }],
    ['a page without an origin', { origin: 'null' }],
    ['a program', {}],
  ])('is shared with no browser by asking as %s', async (_, headers) => {
    const { backends } = await demo()
    backends.friends = [PAGE]
    const answer = await whoAmI(backends, headers)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.headers['vary']).toBe('origin')
  })

  it('is shared with nobody before the demo knows its own page', async () => {
    const { backends } = await demo()
    const answer = await whoAmI(backends, { origin: PAGE })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

async function demo() {
  const backends = new DemoBackends(
    ['a', 'b', 'c'].map((name) => ({
      ...{ name, colour: '#123456', address: '127.0.0.1', echoPort: 0, pagePort: 0 },
    })),
  )
  onTestFinished(() => backends.stop())
  await backends.start()
  const files = written({
    'rota.yaml': `
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 1 }, interval: 2s, fast_interval: 500ms, timeout: 1s } }
pools: { web: { check: web, members: [192.0.2.1, 192.0.2.2] } }
names: { www.example.test: { pool: web, ttl: 30/5 } }
`,
    'example.test.zone': zoneText('example.test'),
  })
  const routes = demoRoutes(backends, files.file)
  const ask = (line: string, name = '') => {
    const route = routes.find(({ method, path }) => `${method} ${path}` === inFull(line))
    return route!.answer({ path: { name }, query: {} }, undefined)
  }
  return { backends, files, ask }
}

function inFull(line: string): string {
  return line.replace(' ', ' /api/v1/demo')
}

async function whoAmI(backends: DemoBackends, headers: Record<string, string>) {
  const { address, port } = backends.find('a')!.endpoints!.page
  const asking = get({ host: address, port, path: '/whoami', headers, agent: false })
  const [response] = await once(asking, 'response')
  return { headers: response.headers, body: await text(response) }
}
