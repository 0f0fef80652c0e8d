/**
 * Goal: nobody who speaks HTTP badly, slowly, too much or not at all can keep a connection, memory
 * or the end of the server, or take it from others.
 * Method: a server in this process whose limits are made small, and rude clients; what is waited for
 * is that a connection closes, never that time passes.
 */

import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2'
import { connect, type TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createCounters, sumCounters } from '../../../src/transport/counters.ts'
import type { HttpsLimits } from '../../../src/transport/https/limits.ts'
import { createHttpsServer } from '../../../src/transport/https/server.ts'
import { authority } from '../../support/authority.ts'
import { testCredentials } from '../../support/credentials.ts'
import { eventually } from '../../support/eventually.ts'
import { askHttp1, askHttp2, MESSAGE, openHttp2, targetOf } from '../../support/https.ts'
import { gone } from '../../support/probing.ts'
import { requestFor } from '../../support/request.ts'

const ZONE = `$ORIGIN example.test.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
web IN A 192.0.2.1
${Array.from({ length: 200 }, (_, i) => `large IN TXT "${i} ${'x'.repeat(240)}"`).join('\n')}
`
const { engine } = authority({ 'example.test': ZONE })
const WEB = { path: targetOf('web.example.test A') }
const LARGE = { path: targetOf('large.example.test TXT') }
const LARGE_OCTETS = 50_000

describe('HTTP/2', () => {
  it('is over for whoever takes back what it asks, again and again', async () => {
    const { port, counters } = await start()
    const session = await openHttp2(port)
    for (let asked = 0; asked < 5_000 && !session.destroyed; asked++) {
      await takenBack(session, { ':path': WEB.path })
    }
    await eventually(() => session.destroyed)
    expect(sumCounters([counters]).queries).toBeLessThan(2_500)
    expect((await askHttp2(await openHttp2(port))(WEB)).status).toBe(200)
  })

  it('is over sooner for whoever takes back what it has not asked yet', async () => {
    const { port } = await start({ resets: 20 })
    const session = await openHttp2(port)
    let code: number | undefined
    session.on('goaway', (given) => {
      code = given
    })
    for (let asked = 0; asked < 200 && !session.destroyed; asked++) {
      await takenBack(session, { ':method': 'POST', ':path': '/dns-query', ...MESSAGE })
    }
    await eventually(() => session.destroyed)
    expect(code).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  })

  it('goes on for whoever takes back a little of what it asks', async () => {
    const { port } = await start({ resets: 20 })
    const session = await openHttp2(port)
    const ask = askHttp2(session)
    for (let asked = 0; asked < 60; asked++) {
      await takenBack(session, { ':method': 'POST', ':path': '/dns-query', ...MESSAGE })
      expect((await ask(WEB)).status).toBe(200)
    }
  })

  it('holds little for a client that does not read, and closes it in the end', async () => {
    const { port, counters, server } = await start({
      ...{ unsentOctets: 100_000, quietMs: 1_000, requestMs: 50 },
    })
    const session = await openDeaf(port)
    for (let asked = 0; asked < 90; asked++) {
      session.request({ ':path': LARGE.path }).on('error', () => {})
    }
    await eventually(() => server.connectionCount === 0)
    expect(sumCounters([counters]).answers * LARGE_OCTETS).toBeLessThan(200_000)
  })

  it('closes a connection whose client leaves everything in the socket', async () => {
    const { port, server, counters } = await start({
      ...{ unsentOctets: 1e9, streams: 1_000, quietMs: 2_000, requestMs: 50 },
    })
    const socket = await dial(port, 'h2')
    socket.pause()
    socket.write(askedAtOnce(LARGE.path, 600)) // More than what any socket buffers by itself.
    await eventually(() => sumCounters([counters]).answers * LARGE_OCTETS > 10_000_000)
    await eventually(() => server.connectionCount === 0)
  })

  it('refuses a body that does not come, or that has no end', async () => {
    const { port } = await start({ requestMs: 1_000 })
    const session = await openHttp2(port)
    const statusOf = async (send: (write: (octets: Uint8Array) => void) => void) => {
      const stream = session.request({ ':method': 'POST', ':path': '/dns-query', ...MESSAGE })
      stream.on('error', () => {})
      send((octets) => void stream.write(octets))
      const [headers] = await once(stream, 'response')
      stream.destroy()
      return headers[':status']
    }
    expect(await statusOf((write) => write(Uint8Array.of(0)))).toBe(408)
    expect(await statusOf((write) => write(Buffer.alloc(70_000)))).toBe(413)
    expect((await askHttp2(session)(WEB)).status).toBe(200)
  })

  it('has room for a few bodies at a time in one connection', async () => {
    const { port } = await start({ pendingOctets: 3_000, requestMs: 5_000 })
    const session = await openHttp2(port)
    const opened = Array.from({ length: 5 }, () => {
      const stream = session.request({ ':method': 'POST', ':path': '/dns-query', ...MESSAGE })
      stream.on('error', () => {})
      stream.write(Buffer.alloc(1_000))
      return stream
    })
    const refused: unknown[] = []
    for (const stream of opened) {
      stream.on('response', (headers) => refused.push(headers[':status']))
    }
    await eventually(() => refused.length === 2)
    expect(refused).toEqual([503, 503])
    for (const stream of opened) stream.destroy()
    await eventually(async () => {
      const body = Buffer.concat([requestFor('web.example.test A'), Buffer.alloc(2_000)])
      return (await askHttp2(session)({ method: 'POST', headers: MESSAGE, body })).status !== 503
    })
  })

  it('has its headers bounded', async () => {
    const { port } = await start({ headerOctets: 4_096 })
    const session = await openHttp2(port)
    const ask = askHttp2(session)
    await ask(WEB) // The bound is known from here on; before that it is what nghttp2 takes.
    await expect(ask({ ...WEB, headers: { 'x-large': 'x'.repeat(60_000) } })).rejects.toThrow()
    expect((await askHttp2(await openHttp2(port))(WEB)).status).toBe(200)
  })

  it('answers so many streams at once, and those after them in turn', async () => {
    const { port } = await start({ streams: 10 })
    const ask = askHttp2(await openHttp2(port))
    await ask(WEB) // How many it may be is known from here on.
    const told = await Promise.all(Array.from({ length: 500 }, () => ask(WEB)))
    expect(told.filter(({ status }) => status === 200)).toHaveLength(500)
  })
})

describe('HTTP/1.1', () => {
  it('is over for whoever sends a head that has no end, however steadily', async () => {
    const { port, server } = await start({ quietMs: 80 })
    const socket = await dial(port)
    socket.write('GET /dns-query HTTP/1.1\r\nHost: x\r\nX: ')
    const drip = setInterval(() => socket.write('x'), 5)
    onTestFinished(() => clearInterval(drip))
    await gone(socket)
    await eventually(() => server.connectionCount === 0)
  })

  it('is over for a head that is too large', async () => {
    const { port } = await start({ headerOctets: 4_096 })
    const socket = await dial(port)
    const answer = textOf(socket)
    socket.write(`GET /dns-query HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(8_000)}\r\n\r\n`)
    expect(await answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('is over for a body that is announced and does not come', async () => {
    const { port } = await start({ requestMs: 50 })
    const socket = await dial(port)
    const answer = textOf(socket)
    socket.write(
      'POST /dns-query HTTP/1.1\r\nHost: x\r\nContent-Type: application/dns-message\r\n' +
        'Content-Length: 30\r\n\r\n12345',
    )
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*connection: close/s)
  })

  it('is over for a body that is too large, chunked or announced', async () => {
    const { port } = await start()
    for (const size of ['Content-Length: 70000', 'Transfer-Encoding: chunked']) {
      const socket = await dial(port)
      const answer = textOf(socket)
      socket.write(
        'POST /dns-query HTTP/1.1\r\nHost: x\r\nContent-Type: application/dns-message\r\n' +
          `${size}\r\n\r\n11170\r\n${'x'.repeat(70_000)}\r\n`,
      )
      expect(await answer).toMatch(/^HTTP\/1\.1 413 .*connection: close/s)
    }
  })

  it('answers a client that pipelines as much as Node takes, which is one record of TLS', async () => {
    const { port } = await start()
    const socket = await dial(port)
    const answer = textOf(socket)
    const head = `GET ${WEB.path} HTTP/1.1\r\nHost: x\r\n`
    socket.write(`${`${head}\r\n`.repeat(99)}${head}Connection: close\r\n\r\n`)
    expect((await answer).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(100)
  })

  it('holds little for a client that pipelines and does not read', async () => {
    const { port, counters, server } = await start({ unsentOctets: 100_000, quietMs: 300 })
    const socket = await dial(port)
    socket.pause()
    const head = `GET ${LARGE.path} HTTP/1.1\r\nHost: x\r\n\r\n`
    socket.write(head.repeat(2_000))
    await eventually(() => server.connectionCount === 0)
    expect(sumCounters([counters]).answers * LARGE_OCTETS).toBeLessThan(30_000_000)
  })
})

describe('connections', () => {
  it('of one client are bounded, and many are served', async () => {
    const { port, server } = await start({
      connectionsEach: 100,
      handshakeMs: 60_000,
      quietMs: 60_000,
    })
    const kept = await Promise.all(Array.from({ length: 100 }, () => openHttp2(port)))
    const above = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    above.on('error', () => {})
    await gone(above)
    expect(server.refusals).toBe(1)
    const told = await Promise.all(kept.map((session) => askHttp2(session)(WEB)))
    expect(told.every(({ status }) => status === 200)).toBe(true)
  })

  it('that idle are closed, of either version', async () => {
    const { port, server } = await start({ quietMs: 2_000 })
    const session = await openHttp2(port)
    await askHttp2(session)(WEB)
    await askHttp1(port)(WEB)
    await dial(port)
    await eventually(() => server.connectionCount === 0)
  })

  it('stay open for whoever finishes requests, for longer than one may be quiet', async () => {
    const { port } = await start({ quietMs: 2_000 })
    const session = await openHttp2(port)
    const startedMs = performance.now()
    while (performance.now() < startedMs + 2_500) {
      expect((await askHttp2(session)(WEB)).status).toBe(200)
    }
    expect(session.closed).toBe(false)
  })

  it('that bring garbage or reset do no harm to those who speak soundly', async () => {
    const { port, server } = await start({ quietMs: 3_000, connectionsEach: 1_000 })
    const sound = askHttp2(await openHttp2(port))
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('h2', 'http/1.1'),
        fc.boolean(),
        async (octets, protocol, isReset) => {
          const rude = await dial(port, protocol)
          const preface = protocol === 'h2' ? 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' : ''
          rude.write(Buffer.concat([Buffer.from(preface), octets]))
          if (isReset) rude.destroy()
          else rude.end()
          expect((await sound(WEB)).status).toBe(200)
        },
      ),
      { numRuns: 60 },
    )
    await eventually(() => server.connectionCount === 0)
  })

  it('are let go at the end, whatever they do', async () => {
    const { port, server } = await start()
    const session = await openHttp2(port)
    const pending = session.request({ ':method': 'POST', ':path': '/dns-query', ...MESSAGE })
    pending.on('error', () => {})
    await askHttp1(port)(WEB)
    await dial(port)
    await server.stop()
    await eventually(() => server.connectionCount === 0)
  })
})

async function start(limits: Partial<HttpsLimits> = {}) {
  const counters = createCounters()
  const endpoint = { address: '127.0.0.1', port: 0 }
  const credentials = testCredentials()
  const server = createHttpsServer({ endpoint, engine, counters, limits, credentials })
  const { port } = await server.open()
  server.start()
  onTestFinished(() => server.stop())
  return { server, port, counters }
}

/** One that lets nothing come to its streams. */
async function openDeaf(port: number): Promise<ClientHttp2Session> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    rejectUnauthorized: false,
    settings: { initialWindowSize: 0 },
  })
  session.on('error', () => {})
  onTestFinished(() => void session.destroy())
  await once(session, 'connect')
  return session
}

/** All that a client of HTTP/2 sends who asks so often, and takes whatever comes. */
function askedAtOnce(path: string, times: number): Buffer {
  const most = Buffer.from([0x7f, 0xff, 0x00, 0x00])
  const field = (text: string) => [text.length, ...Buffer.from(text)]
  // GET and https from the static table, then fields in so many words (RFC 7541).
  const block = [
    0x82,
    0x87,
    0,
    ...field(':path'),
    ...field(path),
    0,
    ...field(':authority'),
    1,
    120,
  ]
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(FRAME.SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, 4]), most])),
    frame(FRAME.WINDOW_UPDATE, 0, 0, most),
    ...Array.from({ length: times }, (_, at) =>
      frame(FRAME.HEADERS, END_STREAM | END_HEADERS, at * 2 + 1, Buffer.from(block)),
    ),
  ])
}

/** RFC 9113 §4.1, §6. */
const FRAME = { HEADERS: 1, SETTINGS: 4, WINDOW_UPDATE: 8 }
const END_STREAM = 1
const END_HEADERS = 4

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Opens a stream and cancels it. */
async function takenBack(session: ClientHttp2Session, headers: OutgoingHttpHeaders) {
  const stream = session.request(headers, { endStream: headers[':method'] === undefined })
  stream.on('error', () => {})
  await turn()
  stream.destroy(new Error('taken back'))
}

async function dial(port: number, protocol = 'http/1.1'): Promise<TLSSocket> {
  const socket = connect({
    ...{ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: [protocol] },
  })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  return socket
}

/** All that comes until the connection ends. */
async function textOf(socket: TLSSocket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk
  })
  await gone(socket)
  return text
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
