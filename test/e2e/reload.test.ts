/**
 * Goal: a reload changes everything at once or nothing, and an end owes nobody an answer.
 * Method: a real process, its files written again, signals, and a stream of queries that is asked
 * all the while.
 */

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import { written, zoneText } from '../control/configs.ts'
import { eventually } from '../support/eventually.ts'
import { listen } from '../support/probing.ts'
import { requestFor } from '../support/request.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { streamOf } from '../support/stream.ts'
import { folderOf, type Rota, run, serveFiles } from './rota.ts'

const WWW = 'www.example.test A'

describe('HUP', () => {
  it('changes over to what the files say now', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    const asker = await askerOf(rota.port)
    expect(dataOf(await askFor(asker, WWW))).toBe('192.0.2.1')
    rota.files.rewrite('rota.yaml', configOf('192.0.2.2'))
    rota.files.rewrite('example.test.zone', zoneText('example.test', 'new IN A 192.0.2.77'))
    await reload(rota)
    expect(dataOf(await askFor(asker, WWW))).toBe('192.0.2.2')
    expect(dataOf(await askFor(asker, 'new.example.test A'))).toBe('192.0.2.77')
    expect(rota.logged('reloaded')[0]).toMatchObject({ generation: 2 })
  })

  it('with a faulty configuration changes nothing, and says every fault with its place', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    const before = rota.log().length
    rota.files.rewrite('rota.yaml', configOf('192.0.2.256').replace('web }', 'wob }'))
    rota.process.signal('SIGHUP')
    await eventually(() => rota.logged('reload refused: nothing has changed').length === 1)
    const faults = rota.log().slice(before, -1)
    const places = faults.map(({ at }) => String(at).replace(folderOf(rota.files), ''))
    expect(places).toEqual([expect.stringMatching(/^rota\.yaml:4:/), expect.stringMatching(/:5:/)])
    expect(dataOf(await askFor(await askerOf(rota.port), WWW))).toBe('192.0.2.1')
  })

  it('with a faulty zone file changes nothing, and a mended one is taken', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    rota.files.rewrite('rota.yaml', configOf('192.0.2.2'))
    rota.files.rewrite('example.test.zone', zoneText('example.test', 'new IN A 192.0.2'))
    rota.process.signal('SIGHUP')
    await eventually(() => rota.logged('reload refused: nothing has changed').length === 1)
    const asker = await askerOf(rota.port)
    expect(dataOf(await askFor(asker, WWW))).toBe('192.0.2.1')
    rota.files.rewrite('example.test.zone', zoneText('example.test', 'new IN A 192.0.2.77'))
    await reload(rota)
    expect(dataOf(await askFor(asker, WWW))).toBe('192.0.2.2')
  })

  it('says what only a restart changes', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    rota.files.rewrite('rota.yaml', `workers: 1\n${configOf('192.0.2.2')}`)
    await reload(rota)
    const [line] = rota.log().filter(({ level }) => level === 40)
    expect(line!.msg).toBe(
      'listen, workers and state change only at a restart; all else has been taken',
    )
  })

  it('sent many times at once ends with what the files say last', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    const asker = await askerOf(rota.port)
    for (let last = 2; last <= 20; last++) {
      rota.files.rewrite('rota.yaml', configOf(`192.0.2.${last}`))
      rota.process.signal('SIGHUP')
    }
    await eventually(async () => dataOf(await askFor(asker, WWW)) === '192.0.2.20')
    await reload(rota)
    expect(dataOf(await askFor(asker, WWW))).toBe('192.0.2.20')
  })

  it('under load loses no query, and answers each from one world or the other', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    const stream = await streamOf(rota.port, WWW)
    await stream.answered(100)
    for (let last = 2; last <= 5; last++) {
      rota.files.rewrite('rota.yaml', configOf(`192.0.2.${last}`))
      await reload(rota)
      await stream.answered(100)
    }
    const { lost, data } = await stream.end()
    expect(lost).toBe(0)
    expect([...data].sort()).toEqual([1, 2, 3, 4, 5].map((last) => `192.0.2.${last}`))
  })

  it('while it starts is obeyed after the start', async () => {
    const { child, files, probed } = await starting()
    const [probe] = await probed
    files.rewrite('rota.yaml', configOf('192.0.2.2'))
    child.signal('SIGHUP')
    probe.destroy()
    await eventually(() => child.output().includes('"reloaded"'))
    expect(child.hasEnded()).toBe(false)
  })
})

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('ends with 0, and answers what was asked before', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    const asker = await askerOf(rota.port)
    const asked = Array.from({ length: 100 }, () => askFor(asker, WWW).then(dataOf))
    // One round trip more, so that what was sent has arrived before the signal is.
    await askFor(asker, WWW)
    rota.process.signal(signal)
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['192.0.2.1']))
    expect(await rota.process.ended).toBe(0)
  })

  it('does not wait for a client that stays connected', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    const socket = connect({ port: rota.port, host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    socket.write(requestFor(WWW).subarray(0, 10))
    rota.process.signal(signal)
    expect(await rota.process.ended).toBe(0)
  })

  it('ends with 0 while a reload is under way', async () => {
    const rota = await serveFiles(configOf('192.0.2.1'))
    rota.process.signal('SIGHUP')
    rota.process.signal(signal)
    expect(await rota.process.ended).toBe(0)
    expect(rota.process.output()).not.toContain('Error')
  })

  it('ends with 0 while it starts', async () => {
    const { child, probed } = await starting()
    await probed
    child.signal(signal)
    expect(await child.ended).toBe(0)
    expect(child.output()).toBe('')
  })
})

/** A configuration that answers one address. */
function configOf(address: string): string {
  return `
listen: { dns: ["127.0.0.1:0"] }
zones: { example.test: example.test.zone }
pools: { web: { members: [${address}] } }
names: { www.example.test: { pool: web } }
`
}

/** Reloads, and resolves once the server says that it has. */
async function reload(rota: Rota): Promise<void> {
  const before = rota.logged('reloaded').length
  rota.process.signal('SIGHUP')
  await eventually(() => rota.logged('reloaded').length > before)
}

/** A server in its first round of probes, held there by a backend that does not answer. */
async function starting() {
  const backend = createServer()
  const { port } = await listen(backend)
  const probed = once(backend, 'connection') as Promise<[Socket]>
  const files = written({
    'rota.yaml': configOf('127.0.0.1').replace(
      'members:',
      `check: { http: { port: ${port}, path: / }, timeout: 4s }, when_all_down: nodata, members:`,
    ),
    'example.test.zone': zoneText('example.test'),
  })
  const child = run(['serve', '-c', files.file])
  return { child, files, probed }
}
