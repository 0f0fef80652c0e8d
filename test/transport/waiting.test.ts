/**
 * Goal: who connects while a server has its address and does not answer yet waits, within the
 * limits, and is answered when it starts; an end before the start keeps nobody.
 * Method: servers in this process that are opened and started in two steps, and real clients.
 */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { frameMessage } from '../../src/wire/frame.ts'
import { createCounters, sumCounters } from '../../src/transport/counters.ts'
import type { Gate } from '../../src/transport/gate.ts'
import { createHttpsServer } from '../../src/transport/https/server.ts'
import { createTcpServer } from '../../src/transport/tcp/server.ts'
import { streaming } from '../e2e/asks.ts'
import { authority } from '../support/authority.ts'
import { testCredentials } from '../support/credentials.ts'
import { eventually } from '../support/eventually.ts'
import { askHttp2, openHttp2, targetOf } from '../support/https.ts'
import { gone } from '../support/probing.ts'
import { requestFor } from '../support/request.ts'

const { engine } = authority({
  'example.test': `$ORIGIN example.test.
@ 30 IN SOA ns1 hostmaster 1 3600 600 604800 10
@ 30 IN NS ns1
ns1 30 IN A 127.0.0.1
`,
})
const QUESTION = 'ns1.example.test A'
const endpoint = { address: '127.0.0.1', port: 0 }
const counters = createCounters()

describe('before the start', () => {
  it('queries over TCP wait, and are answered at the start', async () => {
    const { server, port } = await opened(createTcpServer({ endpoint, engine, counters }))
    const socket = dial(port)
    const answered = streaming(socket)(requestFor(QUESTION))
    await eventually(() => server.connectionCount === 1)
    server.start()
    expect(await answered).toBeDefined()
    expect(await streaming(dial(port))(requestFor(QUESTION))).toBeDefined()
  })

  it('whoever has asked and closed its side is answered still', async () => {
    const { server, port } = await opened(createTcpServer({ endpoint, engine, counters }))
    const socket = dial(port)
    socket.end(frameMessage(requestFor(QUESTION)))
    let octets = 0
    socket.on('data', (chunk) => (octets += chunk.length))
    await once(socket, 'finish')
    await eventually(() => server.connectionCount === 1)
    server.start()
    await once(socket, 'close')
    expect(octets).toBeGreaterThan(12)
  })

  it('handshakes wait, and queries over TLS are answered at the start', async () => {
    const credentials = testCredentials()
    const { server, port } = await opened(
      createTcpServer({ endpoint, engine, counters, credentials }),
    )
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    onTestFinished(() => void socket.destroy())
    const answered = streaming(socket)(requestFor(QUESTION))
    await eventually(() => server.connectionCount === 1)
    server.start()
    expect(await answered).toBeDefined()
  })

  it('queries over HTTPS wait', async () => {
    const credentials = testCredentials()
    const { server, port } = await opened(
      createHttpsServer({ endpoint, engine, counters, credentials }),
    )
    const session = openHttp2(port)
    await eventually(() => server.connectionCount === 1)
    server.start()
    const { status } = await askHttp2(await session)({ path: targetOf(QUESTION) })
    expect(status).toBe(200)
  })

  it('the limits hold, for those who came and went too', async () => {
    const limits = { connections: 3, connectionsEach: 2 }
    const { server, port } = await opened(createTcpServer({ endpoint, engine, counters, limits }))
    const [first] = [dial(port), dial(port)]
    await eventually(() => server.connectionCount === 2)
    await gone(dial(port))
    expect([server.connectionCount, server.refusals]).toEqual([2, 1])
    first.resetAndDestroy()
    await eventually(() => server.connectionCount === 1)
    const answered = streaming(dial(port))(requestFor(QUESTION))
    await eventually(() => server.connectionCount === 2)
    server.start()
    expect(await answered).toBeDefined()
  })

  it('an end lets go of who waits, unanswered', async () => {
    const own = createCounters()
    const { server, port } = await opened(createTcpServer({ endpoint, engine, counters: own }))
    const socket = dial(port)
    socket.write(frameMessage(requestFor(QUESTION)))
    await eventually(() => server.connectionCount === 1)
    await Promise.all([server.stop(), gone(socket)])
    expect(sumCounters([own]).queries).toBe(0)
  })

  it('an end does not wait for who waits', async () => {
    const { server, port } = await opened(createTcpServer({ endpoint, engine, counters }))
    dial(port)
    await eventually(() => server.connectionCount === 1)
    vi.useFakeTimers({ toFake: ['setTimeout'] }) // So no grace is ever over.
    onTestFinished(() => void vi.useRealTimers())
    await server.stop()
    expect(server.connectionCount).toBe(0)
  })
})

async function opened(server: Gate) {
  onTestFinished(() => server.stop())
  const { port } = await server.open()
  return { server, port }
}

function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {}) // A connection that is refused is what a test is about.
  socket.on('end', () => socket.end())
  socket.resume()
  return socket
}
