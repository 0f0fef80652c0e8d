/**
 * Goal: nobody who does not speak soundly can keep a connection, or memory.
 * Method: a server in this process and real sockets; limits are made small, and what is waited for
 * is that a connection closes, never that time passes.
 */

import { describe, expect, it, onTestFinished } from 'vitest'

import { sumCounters } from '../../../src/transport/counters.ts'
import { eventually } from '../../support/eventually.ts'
import { gone } from '../../support/probing.ts'
import { addressOf, dial, LARGE_OCTETS, query, started, turn } from './clients.ts'

describe('a connection is closed', () => {
  it('once it has been idle for its time', async () => {
    const { port, server } = await started({ idleMs: 1_000 })
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
    const { port } = await started({ messageMs: 2_000, idleMs: 2_000 })
    const client = await dial(port)
    const octets = query('h1.example.test A')
    const startedMs = performance.now()
    let asked = 0
    // Each write ends one message and begins the next, for longer than one message may take.
    client.socket.write(octets.subarray(0, 5))
    while (performance.now() < startedMs + 2_500) {
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
