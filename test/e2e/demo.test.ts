/**
 * Goal: the quick start shows within a minute what it promises: three backends, one name, and what
 * becomes of the answers when a backend is stopped from another terminal.
 * Method: the demo's own process on its fixed ports; where somebody has them it is skipped, and
 * fails in CI.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get, request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  type TestContext,
} from 'vitest'

import { written, zoneText } from '../control/configs.ts'
import {
  A,
  B,
  C,
  DNS_PORT,
  demoProblem,
  ECHO_PORT,
  PAGE_PORT,
  SWITCHBOARD,
  TURN_LIMIT_MS,
  takeDemoTurn,
} from '../support/demo-turn.ts'
import { eventually } from '../support/eventually.ts'
import { faultsOfPrinted } from '../support/json-schema.ts'
import { type RunningProcess, waitUntil } from '../support/process.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { isGranted } from '../support/tools.ts'
import { MAIN, run } from './rota.ts'

const WWW = 'www.example.test A'

describe('the demo', () => {
  let endTurn = async () => {}
  beforeAll(async () => {
    endTurn = await takeDemoTurn()
  }, TURN_LIMIT_MS)
  afterAll(() => endTurn())
  beforeEach(async (context: TestContext) => {
    if (!isGranted(await demoProblem())) context.skip()
  })

  it('leads 5 : 3 : 2, says what to try, and ends with 0', async () => {
    const demo = await started()
    expect(demo.output()).toContain(`dig @127.0.0.1 -p ${DNS_PORT} www.example.test +short`)
    expect(demo.output()).toMatch(/http:\/\/127\.0\.0\.1:8053\/lab#token=\S+/)
    const asker = await askerOf(DNS_PORT)
    const leads: string[] = []
    for (let i = 0; i < 20; i++) leads.push(dataOf(await askFor(asker, WWW)))
    expect([A, B, C].map((who) => leads.filter((lead) => lead === who).length)).toEqual([10, 6, 4])
    demo.signal('SIGINT')
    expect(await demo.ended).toBe(0)
  })

  it('prints what happens as JSON lines, beside those of its log', async () => {
    const demo = run(['demo', '--json'])
    await waitUntil(demo, async () => demo.output().includes('"msg":"answering"'))
    expect(await post('/b/stop')).toBe(200)
    await eventually(() => demo.output().includes('"event":"') && demo.output().endsWith('\n'))
    for (const line of demo
      .output()
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one) as object)) {
      expect(faultsOfPrinted('event' in line ? 'DemoLine' : 'LogLine', line)).toEqual([])
    }
  })

  it('takes a backend out of the answers when it is stopped, and back when it is started', async () => {
    const demo = await started()
    const asker = await askerOf(DNS_PORT)
    const answered = async (question: string) => {
      const all = await Promise.all(Array.from({ length: 10 }, () => askFor(asker, question)))
      return [...new Set(all.map(dataOf))].sort()
    }
    expect(await page(B)).toContain('You reached backend b')
    expect(await greeting(B)).toBe('Connected to server b\n')

    expect(await post('/b/stop')).toBe(200)
    await eventually(async () => (await answered(WWW)).join() === [A, C].join())
    await says(demo, 'up -> down: connection refused')
    // Its echo is another check of the same host, and the pool that asks it has noticed too.
    await eventually(async () => {
      const reply = await askFor(asker, 'echo.example.test A')
      return reply!.message.answer.length === 2
    })

    expect(await post('/b/start')).toBe(200)
    await eventually(async () => (await answered(WWW)).join() === [A, B, C].join())
    await says(demo, 'down -> up')
  })

  it('ends with 0 when it is asked to before its first round of probes is over', async () => {
    const silent = createServer()
    silent.listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const { file } = written({
      'rota.yaml': `
listen: { dns: ["127.0.0.1:0"] }
zones: { example.test: example.test.zone }
checks: { page: { http: { port: ${port}, path: / } } }
pools: { web: { check: page, members: [127.0.0.1] } }
names: { www.example.test: { pool: web } }
`,
      'example.test.zone': zoneText('example.test'),
    })
    const demo = run(['demo', '-c', file])
    const [probe] = (await once(silent, 'connection')) as [Socket]
    onTestFinished(() => void probe.destroy())
    demo.signal('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(demo.output()).toBe('')
  })

  it('ends quietly when nobody reads what it tells', async () => {
    const child = spawn(process.execPath, [MAIN, 'demo'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(child, 'exit')
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
    })
    const complaints = text(child.stderr!)
    await once(child.stdout!, 'data')
    child.stdout!.destroy()
    expect(await post('/b/stop')).toBe(200)
    expect(await ended).toEqual([0, null])
    expect(await complaints).toBe('')
  })

  it('says what is wrong with a configuration of its own', async () => {
    const { file } = written({ 'rota.yaml': 'zones: { example.test: nowhere.zone }\n' })
    const demo = run(['demo', '-c', file])
    expect(await demo.ended).toBe(1)
    expect(demo.output()).toContain('rota.yaml:1:10: zone file')
    expect(demo.output()).toContain('there is no such file')
  })
})

async function started(): Promise<RunningProcess> {
  const demo = run(['demo'])
  await waitUntil(demo, async () => demo.output().includes('dig @'))
  return demo
}

/** What it tells and what it answers come by different ways. */
function says(demo: RunningProcess, words: string): Promise<void> {
  return waitUntil(demo, async () => demo.output().includes(words))
}

async function page(host: string): Promise<string> {
  const [response] = await once(get({ host, port: PAGE_PORT, path: '/', agent: false }), 'response')
  return text(response)
}

/** The first words of a backend's echo. */
async function greeting(host: string): Promise<string> {
  const socket = connect(ECHO_PORT, host)
  const [words] = await once(socket, 'data')
  socket.destroy()
  return words.toString()
}

async function post(path: string): Promise<number> {
  const asking = request({ host: SWITCHBOARD, port: PAGE_PORT, method: 'POST', path, agent: false })
  const [response] = await once(asking.end(), 'response')
  response.resume()
  return response.statusCode
}
