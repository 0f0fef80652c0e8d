/**
 * Goal: what befalls a server itself is recorded where it happens: a worker that dies, a reload, a
 * prober that doubts what it sees, and the end.
 * Method: the compiled server in this process, one of whose workers is ended, and whose backends all
 * go away in one moment.
 */

import { existsSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import type { Event } from '../../src/control/history/event.ts'
import { TYPE } from '../../src/wire/registry.ts'
import { written, zoneText } from '../control/configs.ts'
import { askOnce } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { encodeQuery } from '../support/query.ts'

const COMPILED = resolve(import.meta.dirname, '../../dist/app/server.js')
const POOLS = 10
/** One after another: some milliseconds, and far from the two seconds that receivers have. */
const ASKED = 20

describe('what befalls a server', () => {
  it('is recorded where it happens', async () => {
    const backend = createServer((socket) => socket.on('error', () => {}).end())
    await new Promise<void>((done) => backend.listen(0, '0.0.0.0', done))
    onTestFinished(() => void backend.close())
    const { server, files, yaml } = await started((backend.address() as AddressInfo).port)
    const heard: Event[] = []
    server.history.subscribe((event) => heard.push(event))
    const has = (kind: Event['kind']) => eventually(() => heard.some((one) => one.kind === kind))

    await server.udp!.kill(0)
    await has('respawn')
    files.rewrite('rota.yaml', `${yaml}maps: { unused: { file: lost } }\n`)
    await server.reload()
    files.rewrite('rota.yaml', 'zones: 5')
    await server.reload()
    await new Promise((done) => backend.close(done))
    await has('doubt')
    await server.stop()

    const [before] = server.history.since(0).events
    expect(before).toMatchObject({ kind: 'start', generation: 1, listen: [expect.any(String)] })
    const own = heard.filter(({ kind }) => kind !== 'flip' && kind !== 'ladder')
    expect(own).toMatchObject([
      { kind: 'respawn', endpoint: expect.stringContaining('127.0.0.1:'), reason: 'it ended' },
      { kind: 'reload', isTaken: true, generation: 2, errors: 0, warnings: 1 },
      { kind: 'reload', isTaken: false, generation: 2, problem: expect.stringContaining(':1:') },
      { kind: 'doubt', isSuspect: true, why: expect.stringContaining('addresses in') },
      { kind: 'stop' },
    ])
  })

  it('is told to receivers at its end while it still answers, however slow they are', async () => {
    let answeredCount = 0
    const receiver = createHttpServer(async (_, response) => {
      const question = encodeQuery({ name: 'example.test.', type: TYPE.SOA })
      const { port } = server.endpoints[0]!
      while (answeredCount < ASKED && (await askOnce(port, question))) answeredCount++
      response.end()
    })
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
    onTestFinished(() => void receiver.close())
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
    const { server } = await started(1, `webhooks: [{ url: "${url}", events: [stop] }]\n`)
    await server.stop()
    expect(answeredCount).toBe(ASKED)
  })
})

async function started(port: number, more = '') {
  if (!existsSync(COMPILED)) throw new Error('there is no dist/; build it with "npm run build"')
  const { Server } = (await import(COMPILED)) as typeof import('../../src/app/server.ts')
  const numbers = Array.from({ length: POOLS }, (_, index) => index + 1)
  const yaml = `
listen: { dns: ["127.0.0.1:0"] }
workers: 1
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: ${port} }, interval: 1s, fast_interval: 200ms } }
pools:
${numbers.map((n) => `  p${n}: { check: web, members: { a: 127.0.${n}.1, b: 127.0.${n}.2 } }`).join('\n')}
names:
${numbers.map((n) => `  n${n}.example.test: { pool: p${n} }`).join('\n')}
${more}`
  const files = written({ 'rota.yaml': yaml, 'example.test.zone': zoneText('example.test') })
  const silent = () => {}
  const server = new Server({
    source: { file: files.file },
    ...{ path: 'auto', clock: systemClock, random: Math.random },
    log: { info: silent, warn: silent, error: silent },
  })
  await server.start()
  onTestFinished(() => server.stop())
  return { server, files, yaml }
}
