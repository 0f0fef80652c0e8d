/**
 * Goal: a backend that dies leaves the answers, and comes back to them, while nobody who asks is
 * ever told a failure.
 * Method: real backends that are stopped and started under a stream of queries.
 */

import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { streamOf } from '../support/stream.ts'
import { serveFiles } from './rota.ts'

/** Any address of 127/8 is one of a Linux machine's own. */
const [A, B] = ['127.0.0.21', '127.0.0.22']
const WWW = 'www.example.test A'

describe.skipIf(process.platform !== 'linux')('a backend', () => {
  it('that dies leaves the answers, and comes back once it is well', async () => {
    const { backends, port } = await backendsOn([A, B])
    const rota = await serveFiles(configOf(port))
    const stream = await streamOf(rota.port, WWW)
    const asker = await askerOf(rota.port)
    const answered = async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => askFor(asker, WWW)))
      return [...new Set(all.map(dataOf))].sort()
    }
    expect(await answered()).toEqual([A, B])

    await backends.get(B)!.stop()
    await eventually(async () => (await answered()).join() === A)
    const down = { members: ['web/b'], address: B, evidence: 'connection refused' }
    expect(await rota.says('up -> down')).toMatchObject(down)

    await backends.get(B)!.start()
    await eventually(async () => (await answered()).join() === [A, B].join())
    expect(await rota.says('down -> up')).toMatchObject({ members: ['web/b'], address: B })
    expect(await stream.end()).toMatchObject({ lost: 0, data: new Set([A, B]) })
  })

  it('that was dead before the start is not in the first answer', async () => {
    const { backends, port } = await backendsOn([A, B])
    await backends.get(A)!.stop()
    const rota = await serveFiles(configOf(port))
    const asker = await askerOf(rota.port)
    const all = await Promise.all(Array.from({ length: 20 }, () => askFor(asker, WWW)))
    expect(new Set(all.map(dataOf))).toEqual(new Set([B]))
    expect(rota.logged('answering')[0]).toMatchObject({ members: { probed: 2, up: 1 } })
  })

  it('that is the last to die takes nobody with it: everybody is answered', async () => {
    const { backends, port } = await backendsOn([A, B])
    const rota = await serveFiles(configOf(port))
    const stream = await streamOf(rota.port, WWW)
    await stream.answered(20)
    for (const backend of backends.values()) await backend.stop()
    await eventually(() => rota.logged('up -> down').length === 2)
    await stream.answered(20)
    expect(await stream.end()).toMatchObject({ lost: 0, data: new Set([A, B]) })
  })

  it('that is the last to die leaves no data where nodata was wanted, and its return is seen', async () => {
    const { backends, port } = await backendsOn([A, B])
    const rota = await serveFiles(configOf(port).replace('check:', 'when_all_down: nodata, check:'))
    const asker = await askerOf(rota.port)
    for (const backend of backends.values()) await backend.stop()
    await eventually(async () => dataOf(await askFor(asker, WWW)) === 'NOERROR')
    expect((await askFor(asker, WWW))!.authority[0]).toContain('SOA')
    await backends.get(A)!.start()
    await eventually(async () => dataOf(await askFor(asker, WWW)) === A)
  })

  it('keeps its verdict over a reload', async () => {
    const { backends, port } = await backendsOn([A, B])
    await backends.get(B)!.stop()
    const rota = await serveFiles(configOf(port))
    const stream = await streamOf(rota.port, WWW)
    rota.files.rewrite('rota.yaml', `server_id: again\n${configOf(port)}`)
    rota.process.signal('SIGHUP')
    await eventually(() => rota.logged('reloaded').length === 1)
    await stream.answered(50)
    expect(await stream.end()).toMatchObject({ lost: 0, data: new Set([A]) })
  })
})

interface Backend {
  start(): Promise<void>
  /** Listens no more; who connects is refused. */
  stop(): Promise<void>
}

/** One answer each in turn, so that two answers in a row show both. */
function configOf(port: number): string {
  const timing = 'interval: 1s, fast_interval: 100ms, timeout: 1s, rise: 2, fall: 3'
  return `
listen: { dns: ["127.0.0.1:0"] }
zones: { example.test: example.test.zone }
pools:
  web: { check: { tcp: { port: ${port} }, ${timing} }, members: { a: ${A}, b: ${B} } }
names: { www.example.test: { pool: web, answers: 1 } }
`
}

/** Backends that accept connections, all on one port of addresses of their own. */
async function backendsOn(addresses: readonly string[]) {
  const port = await freePort(addresses[0])
  const backends = new Map(addresses.map((address) => [address, backendOf(address, port)]))
  onTestFinished(async () => {
    await Promise.all([...backends.values()].map((backend) => backend.stop()))
  })
  for (const backend of backends.values()) await backend.start()
  return { backends, port }
}

function backendOf(address: string, port: number): Backend {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  return {
    async start() {
      server = createServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.once('close', () => sockets.delete(socket))
      })
      server.listen(port, address)
      await once(server, 'listening')
    },
    async stop() {
      if (!server?.listening) return
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
