/**
 * Goal: TCP answers whoever speaks it soundly, in order and however the stream is cut, and what is no
 * query does them no harm.
 * Method: a server in this process and real sockets.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeMessage } from '../../../src/wire/message.ts'
import { frameMessage } from '../../../src/wire/frame.ts'
import { LATENCY_SUM, sumCounters } from '../../../src/transport/counters.ts'
import { eventually } from '../../support/eventually.ts'
import { gone, hasV6 } from '../../support/probing.ts'
import { requestFor } from '../../support/request.ts'
import { addressOf, dial, HOSTS, LARGE_OCTETS, query, started, turn } from './clients.ts'

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

describe('garbage', () => {
  it('of any kind does no harm to those who speak soundly', async () => {
    const { port, server } = await started({
      idleMs: 3_000,
      messageMs: 3_000,
      connectionsEach: 1_000,
    })
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
