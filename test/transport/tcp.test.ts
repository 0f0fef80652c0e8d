/**
 * Goal: TCP answers whoever speaks it soundly, in order and however the stream is cut, and nobody
 * who does not can keep a connection, memory, or the end of the server.
 * Method: a server in this process and real sockets; limits are made small, and what is waited for
 * is that a connection closes, never that time passes.
 */

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { decodeMessage } from '../../src/wire/message.ts'
import { createFramer, feedFramer, frameMessage } from '../../src/wire/frame.ts'
import { createCounters, LATENCY_SUM, sumCounters } from '../../src/transport/counters.ts'
import type { TcpLimits } from '../../src/transport/tcp/limits.ts'
import { createTcpServer } from '../../src/transport/tcp/server.ts'
import { eventually } from '../support/eventually.ts'
import { authority } from '../support/authority.ts'
import { gone, hasV6 } from '../support/probing.ts'
import { requestFor } from '../support/request.ts'

const HOSTS = 250
const ZONE = `$ORIGIN example.test.
$TTL 30
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
${lines(HOSTS, (i) => `h${i} IN A 198.51.100.${i}`)}
${lines(200, (i) => `large IN TXT "${i} ${'x'.repeat(240)}"`)}
`
const { engine } = authority({ 'example.test': ZONE })
/** The octets of the longest answer, TXT of `large`, without its frame. */
const LARGE_OCTETS = 50_000

describe('a stream', () => {
  it('is answered in the order in which it asks', async () => {
    const { port } = await started()
    const hosts = Array.from({ length: 1_000 }, (_, i) => (i * 7) % HOSTS)
    const client = await dial(port)
    for (const host of hosts) client.socket.write(query(`h${host}.example.test A`))
    expect(await client.answers(hosts.length)).toEqual(hosts.map(addressOf))
  })

  it('may bring all its queries in one write', async () => {
    const { port } = await started()
    const hosts = Array.from({ length: 3_000 }, (_, i) => i % HOSTS)
    const client = await dial(port)
    client.socket.write(Buffer.concat(hosts.map((host) => query(`h${host}.example.test A`))))
    expect(await client.answers(hosts.length)).toEqual(hosts.map(addressOf))
  })

  it('may come an octet at a time', async () => {
    const { port } = await started()
    const client = await dial(port)
    const octets = Buffer.concat([query('h1.example.test A'), query('h2.example.test A')])
    for (const octet of octets) {
      client.socket.write(Uint8Array.of(octet))
      await turn()
    }
    expect(await client.answers(2)).toEqual([addressOf(1), addressOf(2)])
  })

  it('may be cut anywhere', async () => {
    const { port } = await started()
    const octets = Buffer.concat(Array.from({ length: 6 }, (_, i) => query(`h${i}.example.test A`)))
    const expected = Array.from({ length: 6 }, (_, i) => addressOf(i))
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: octets.length - 1 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const client = await dial(port)
        let from = 0
        for (const to of [...places.sort((a, b) => a - b), octets.length]) {
          client.socket.write(octets.subarray(from, to))
          await turn()
          from = to
        }
        expect(await client.answers(6)).toEqual(expected)
        client.socket.destroy()
      }),
      { numRuns: 30 },
    )
  })

  it('is answered whole, without TC, where a datagram would not do', async () => {
    const { port, counters } = await started()
    const client = await dial(port)
    client.socket.write(query('large.example.test TXT'))
    const [message] = await client.messages(1)
    expect(message!.length).toBeGreaterThan(LARGE_OCTETS)
    expect(decodeMessage(message!)!.answer).toHaveLength(200)
    expect(sumCounters([counters])).toMatchObject({ queries: 1, answers: 1, truncations: 0 })
    expect(counters[LATENCY_SUM]).toBeGreaterThan(0)
  })

  it('is answered though its client has said all it has to say', async () => {
    const { port } = await started()
    const client = await dial(port)
    client.socket.end(Buffer.concat([query('h1.example.test A'), query('h2.example.test A')]))
    expect(await client.answers(2)).toEqual([addressOf(1), addressOf(2)])
    await gone(client.socket)
  })

  it.skipIf(!hasV6)('may come by IPv6', async () => {
    const { port } = await started({}, '::1')
    const client = await dial(port, '::1')
    client.socket.write(query('h9.example.test A'))
    expect(await client.answers(1)).toEqual([addressOf(9)])
  })

  it('gets no answer to what is no query, and one to the query after it', async () => {
    const { port, counters } = await started()
    const client = await dial(port)
    const response = requestFor('h1.example.test A')
    response[2]! |= 0x80
    client.socket.write(
      Buffer.concat([
        frameMessage(response),
        frameMessage(Uint8Array.of(1, 2, 3)),
        query('h3.example.test A'),
      ]),
    )
    expect(await client.answers(1)).toEqual([addressOf(3)])
    expect(sumCounters([counters])).toMatchObject({ queries: 3, answers: 1, silences: 2 })
  })
})

describe('a connection is closed', () => {
  it('once it has been idle for its time', async () => {
    const { port, server } = await started({ idleMs: 30 })
    const client = await dial(port)
    client.socket.write(query('h1.example.test A'))
    expect(await client.answers(1)).toEqual([addressOf(1)])
    await gone(client.socket)
    await eventually(() => server.connectionCount === 0)
  })

  it('when it never says anything', async () => {
    const { port } = await started({ idleMs: 30 })
    await gone((await dial(port)).socket)
  })

  it('when a message that has begun does not end in its time', async () => {
    const { port } = await started({ messageMs: 30 })
    const client = await dial(port)
    client.socket.write(query('h1.example.test A').subarray(0, 20))
    await gone(client.socket)
  })

  it('when a message has no end, however steadily its octets come', async () => {
    const { port } = await started({ messageMs: 60 })
    const client = await dial(port)
    client.socket.write(Uint8Array.of(0x0f, 0xff))
    const drip = setInterval(() => {
      if (client.socket.writable) client.socket.write(Uint8Array.of(0))
    }, 5)
    onTestFinished(() => clearInterval(drip))
    await gone(client.socket)
  })

  it('not while messages end in time, though each leaves the next one begun', async () => {
    const { port } = await started({ messageMs: 1_000, idleMs: 1_000 })
    const client = await dial(port)
    const octets = query('h1.example.test A')
    const startedMs = performance.now()
    let asked = 0
    // Each write ends one message and begins the next, for longer than one message may take.
    client.socket.write(octets.subarray(0, 5))
    while (performance.now() < startedMs + 1_500) {
      client.socket.write(Buffer.concat([octets.subarray(5), octets.subarray(0, 5)]))
      asked++
      await client.messages(asked)
    }
    expect(client.socket.closed).toBe(false)
  })

  it('when it announces a message longer than any query', async () => {
    const { port, counters } = await started({ queryOctets: 512 })
    const client = await dial(port)
    client.socket.write(Buffer.concat([query('h1.example.test A'), Uint8Array.of(2, 1)]))
    expect(await client.answers(1)).toEqual([addressOf(1)])
    await gone(client.socket)
    expect(sumCounters([counters])).toMatchObject({ queries: 1 })
  })

  it('when its client resets it, and others go on', async () => {
    const { port, server } = await started()
    const [rude, other] = [await dial(port), await dial(port)]
    rude.socket.write(query('large.example.test TXT'))
    rude.socket.resetAndDestroy()
    other.socket.write(query('h5.example.test A'))
    expect(await other.answers(1)).toEqual([addressOf(5)])
    await eventually(() => server.connectionCount === 1)
  })
})

describe('limits', () => {
  it('refuse what one client has too many of, and count it', async () => {
    const { port, server } = await started({ connectionsEach: 3 })
    const kept = await Promise.all([dial(port), dial(port), dial(port)])
    await gone((await dial(port)).socket)
    expect(server.refusals).toBe(1)
    const other = await dial(port, '127.0.0.1', '127.0.0.9')
    for (const client of [...kept, other]) {
      client.socket.write(query('h1.example.test A'))
      expect(await client.answers(1)).toEqual([addressOf(1)])
    }
  })

  it('refuse what all clients together have too many of', async () => {
    const { port, server } = await started({ connections: 3 })
    const kept = [await dial(port), await dial(port), await dial(port, '127.0.0.1', '127.0.0.9')]
    await gone((await dial(port, '127.0.0.1', '127.0.0.8')).socket)
    expect(server.refusals).toBe(1)
    kept[0]!.socket.destroy()
    await eventually(() => server.connectionCount === 2)
    const next = await dial(port)
    next.socket.write(query('h1.example.test A'))
    expect(await next.answers(1)).toEqual([addressOf(1)])
  })

  it('hold what is kept for a client that does not read, and close it in the end', async () => {
    const { port, counters, server } = await started({
      unsentOctets: 100_000,
      idleMs: 200,
      messageMs: 200,
    })
    const client = await dial(port)
    client.socket.pause()
    // 2,000 queries in 60 KB ask for 100 MB of answers.
    const many = Buffer.concat(Array.from({ length: 2_000 }, () => query('large.example.test TXT')))
    client.socket.write(many)
    await eventually(() => server.connectionCount === 0)
    // What the kernel takes of it, some MB, is not the server's to hold.
    expect(sumCounters([counters]).answers * LARGE_OCTETS).toBeLessThan(30_000_000)
  })

  it('let a client that reads late have all its answers', async () => {
    const { port } = await started({ unsentOctets: 100_000 })
    const client = await dial(port)
    client.socket.pause()
    const asked = 400
    const names = Array.from({ length: asked }, (_, i) =>
      i % 2 ? 'large.example.test TXT' : 'h1.example.test A',
    )
    client.socket.end(Buffer.concat(names.map(query)))
    await turn()
    client.socket.resume()
    const lengths = (await client.messages(asked)).map(({ length }) => length > 1_000)
    expect(lengths).toEqual(names.map((name) => name.startsWith('large')))
  })
})

describe('garbage', () => {
  it('of any kind does no harm to those who speak soundly', async () => {
    const { port, server } = await started({ idleMs: 200, messageMs: 200, connectionsEach: 1_000 })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (octets) => {
        const rude = await dial(port)
        rude.socket.end(octets)
        const sound = await dial(port)
        sound.socket.end(query('h7.example.test A'))
        expect(await sound.answers(1)).toEqual([addressOf(7)])
      }),
      { numRuns: 200 },
    )
    await eventually(() => server.connectionCount === 0)
  })

  it('in sound frames is answered or left, and the stream goes on', async () => {
    const { port } = await started()
    const client = await dial(port)
    let answered = 0
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (octets) => {
        client.socket.write(Buffer.concat([frameMessage(octets), query('h8.example.test A')]))
        const sound = (message: Uint8Array) => message[0] === 0x12 && message[1] === 0x34
        const messages = await client.until((all) => all.filter(sound).length > answered)
        answered = messages.filter(sound).length
      }),
      { numRuns: 1_000 },
    )
    expect(client.socket.closed).toBe(false)
  })
})

describe('stop', () => {
  it('answers what was asked before it, and closes', async () => {
    const { port, server } = await started()
    const client = await dial(port)
    const hosts = Array.from({ length: 500 }, (_, i) => i % HOSTS)
    await new Promise((resolve) =>
      client.socket.write(
        Buffer.concat(hosts.map((host) => query(`h${host}.example.test A`))),
        resolve,
      ),
    )
    const stopped = server.stop()
    expect(await client.answers(hosts.length)).toEqual(hosts.map(addressOf))
    await Promise.all([stopped, gone(client.socket)])
    await expect(dial(port)).rejects.toThrow('ECONNREFUSED')
  })

  it('does not wait for clients that stay, silent or chatty', async () => {
    const { port, server } = await started()
    const [silent, chatty, deaf] = [await dial(port), await dial(port), await dial(port)]
    deaf.socket.pause()
    deaf.socket.write(
      Buffer.concat(Array.from({ length: 100 }, () => query('large.example.test TXT'))),
    )
    const response = requestFor('h1.example.test A')
    response[2]! |= 0x80
    const chat = setInterval(() => chatty.socket.write(frameMessage(response)), 20)
    onTestFinished(() => clearInterval(chat))
    // Half-open for as long as it likes: it does not answer the server's end with its own.
    for (const { socket } of [silent, chatty]) socket.removeAllListeners('end')
    await eventually(() => server.connectionCount === 3)
    await server.stop()
    await eventually(() => server.connectionCount === 0)
  })

  it('of a server without clients is over at once, as often as it is asked for', async () => {
    const { server } = await started()
    await Promise.all([server.stop(), server.stop()])
  })
})

describe('start', () => {
  it('says who to ask where the port is taken', async () => {
    const squatter = createServer()
    squatter.listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    onTestFinished(() => void squatter.close())
    const { port } = squatter.address() as { port: number }
    const server = createTcpServer({
      endpoint: { address: '127.0.0.1', port },
      engine,
      counters: createCounters(),
    })
    await expect(server.open()).rejects.toThrow(
      `TCP 127.0.0.1:${port}: the port is taken; see who has it with "ss -ltnp sport = :${port}"`,
    )
    await server.stop()
  })
})

interface Client {
  readonly socket: Socket
  /** Resolves to the first messages that came, once there are so many. */
  messages(count: number): Promise<Uint8Array[]>
  /** Resolves to all messages so far, once they are enough. */
  until(isEnough: (all: readonly Uint8Array[]) => boolean): Promise<readonly Uint8Array[]>
  /** The data of the first answers' only records. */
  answers(count: number): Promise<string[]>
}

async function started(limits: Partial<TcpLimits> = {}, address = '127.0.0.1') {
  const counters = createCounters()
  const server = createTcpServer({ endpoint: { address, port: 0 }, engine, counters, limits })
  const { port } = await server.open()
  server.start()
  onTestFinished(() => server.stop())
  return { server, port, counters }
}

/** Connects; rejects where nobody listens. The connection is gone when the test is over. */
async function dial(port: number, address = '127.0.0.1', localAddress?: string): Promise<Client> {
  const socket = connect({
    port,
    host: address,
    allowHalfOpen: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  onTestFinished(() => void socket.destroy())
  const messages: Uint8Array[] = []
  let wake = () => {}
  const framer = createFramer()
  socket.on('data', (chunk) => {
    feedFramer(framer, chunk, (message) => messages.push(Uint8Array.from(message)))
    wake()
  })
  socket.once('end', () => socket.end())
  socket.once('close', () => wake())
  await once(socket, 'connect')
  // A refused or reset connection is what some tests are about; `close` follows.
  socket.on('error', () => {})
  const client: Client = {
    socket,
    async until(isEnough) {
      while (!isEnough(messages)) {
        if (socket.closed) throw new Error(`closed after ${messages.length}`)
        await new Promise((resolve) => {
          wake = () => resolve(undefined)
        })
      }
      return messages
    },
    async messages(count) {
      return (await client.until((all) => all.length >= count)).slice(0, count)
    },
    async answers(count) {
      const found = await client.messages(count)
      return found.map((message) =>
        decodeMessage(message)!
          .answer.map(({ text }) => text)
          .join(),
      )
    },
  }
  return client
}

function query(question: string): Uint8Array {
  return frameMessage(requestFor(question))
}

function addressOf(host: number): string {
  return `198.51.100.${host}`
}

function lines(count: number, lineOf: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => lineOf(index)).join('\n')
}

/** One turn of the event loop, in which the server reads what was written. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
