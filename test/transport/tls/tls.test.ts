/**
 * Goal: DNS over TLS answers as TCP does, under the identity of the moment, and nobody who does not
 * come to a handshake keeps a connection.
 * Method: a server in this process, clients of node:tls; limits are made small.
 */

import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createFramer, feedFramer, frameMessage } from '../../../src/wire/frame.ts'
import { decodeMessage } from '../../../src/wire/message.ts'
import { createCounters, sumCounters } from '../../../src/transport/counters.ts'
import type { TcpLimits } from '../../../src/transport/tcp/limits.ts'
import { createTcpServer } from '../../../src/transport/tcp/server.ts'
import { authority } from '../../support/authority.ts'
import { EXPIRED_CERTIFICATE, EXPIRED_KEY, TEST_CERTIFICATE } from '../../support/certificate.ts'
import { testCredentials } from '../../support/credentials.ts'
import { eventually } from '../../support/eventually.ts'
import { gone } from '../../support/probing.ts'
import { requestFor } from '../../support/request.ts'

const ZONE = `$ORIGIN example.test.
$TTL 30
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
${Array.from({ length: 100 }, (_, i) => `h${i} IN A 198.51.100.${i}`).join('\n')}
${Array.from({ length: 200 }, (_, i) => `large IN TXT "${i} ${'x'.repeat(240)}"`).join('\n')}
`
const { engine } = authority({ 'example.test': ZONE })

describe('DNS over TLS', () => {
  it('answers pipelined queries in order, however long the answers are', async () => {
    const { port, counters } = await started()
    const client = await dial(port)
    const names = Array.from({ length: 300 }, (_, i) => (i % 50 === 0 ? 'large' : `h${i % 100}`))
    client.socket.write(Buffer.concat(names.map((name) => query(name))))
    const answered = await client.messages(names.length)
    expect(answered.map((octets) => decodeMessage(octets)!.question[0]!.name)).toEqual(
      names.map((name) => `${name}.example.test.`),
    )
    expect(sumCounters([counters])).toMatchObject({ queries: 300, answers: 300, truncations: 0 })
  })

  it('takes the protocol "dot", and a client that names none', async () => {
    const { port } = await started()
    expect((await dial(port, { ALPNProtocols: ['dot'] })).socket.alpnProtocol).toBe('dot')
    expect((await dial(port)).socket.alpnProtocol).toBe(false)
    await expect(dial(port, { ALPNProtocols: ['h2'] })).rejects.toThrow(/alert/)
  })

  it('speaks nothing before TLS 1.2', async () => {
    const { port, server } = await started()
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const
    await expect(dial(port, old)).rejects.toThrow()
    await eventually(() => server.handshakeFailures === 1)
    const newer = await dial(port, { maxVersion: 'TLSv1.2' })
    expect(newer.socket.getProtocol()).toBe('TLSv1.2')
  })

  it('answers a client that has said all it has to say', async () => {
    const { port } = await started()
    const client = await dial(port)
    client.socket.end(query('h7'))
    expect(await client.messages(1)).toHaveLength(1)
    await gone(client.socket)
  })

  it('closes a connection that comes to no handshake, and one that idles', async () => {
    const { port, server } = await started({ idleMs: 2_000, messageMs: 2_000 })
    const mute = connectPlain({ port, host: '127.0.0.1' })
    const rude = connectPlain({ port, host: '127.0.0.1' })
    for (const socket of [mute, rude]) socket.on('error', () => {})
    rude.write('GET / HTTP/1.1\r\n\r\n')
    const idle = await dial(port)
    await Promise.all([gone(mute), gone(rude), gone(idle.socket)])
    await eventually(() => server.connectionCount === 0)
    expect(server.handshakeFailures).toBe(2)
  })

  it('counts connections before their handshakes', async () => {
    const { port, server } = await started({ connectionsEach: 2 })
    const mute = [0, 1].map(() => connectPlain({ port, host: '127.0.0.1' }))
    onTestFinished(() => mute.forEach((socket) => void socket.destroy()))
    await eventually(() => server.connectionCount === 2)
    await expect(dial(port)).rejects.toThrow()
    expect(server.refusals).toBe(1)
  })

  it('is none the worse for connections that are reset at any moment', async () => {
    // Some resets are noticed only when the time for a handshake is over.
    const { port, server } = await started({ connectionsEach: 1_000, messageMs: 4_000 })
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const socket = connectPlain({ port, host: '127.0.0.1' })
        socket.on('error', () => {})
        await once(socket, 'connect')
        if (i % 3 === 1) socket.write(Buffer.alloc(i, 22))
        const client = i % 3 === 2 ? await dial(port) : undefined
        client?.socket.write(query('large'))
        socket.resetAndDestroy()
        client?.socket.destroy()
      }),
    )
    const sound = await dial(port)
    sound.socket.write(query('h1'))
    expect(await sound.messages(1)).toHaveLength(1)
    sound.socket.destroy()
    await eventually(() => server.connectionCount === 0)
  })

  it('shows another identity to who comes next, and loses no query of who is there', async () => {
    const { port, credentials } = await started()
    const before = await dial(port)
    const asked = 200
    for (let i = 0; i < asked; i++) {
      before.socket.write(query(`h${i % 100}`))
      if (i === asked / 2) {
        credentials.change({
          certificate: Buffer.from(EXPIRED_CERTIFICATE),
          key: Buffer.from(EXPIRED_KEY),
        })
      }
    }
    expect(await before.messages(asked)).toHaveLength(asked)
    const ends = (socket: TLSSocket) => socket.getPeerCertificate().valid_to
    expect(ends(before.socket)).toContain('2126')
    expect(ends((await dial(port)).socket)).toContain('2020')
  })

  it('stops after what was asked is answered', async () => {
    const { port, server } = await started()
    const client = await dial(port)
    const flushed = new Promise((resolve) =>
      client.socket.write(Buffer.concat(Array.from({ length: 50 }, () => query('h3'))), () =>
        resolve(undefined),
      ),
    )
    await flushed
    const stopped = server.stop()
    expect(await client.messages(50)).toHaveLength(50)
    await stopped
  })
})

async function started(limits: Partial<TcpLimits> = {}) {
  const counters = createCounters()
  const credentials = testCredentials()
  const endpoint = { address: '127.0.0.1', port: 0 }
  const server = createTcpServer({ endpoint, engine, counters, limits, credentials })
  const { port } = await server.open()
  server.start()
  onTestFinished(() => server.stop())
  return { server, port, counters, credentials }
}

function query(host: string): Uint8Array {
  return frameMessage(requestFor(`${host}.example.test ${host === 'large' ? 'TXT' : 'A'}`))
}

/** Shakes hands, or rejects; the connection is gone when the test is over. */
async function dial(port: number, options: ConnectionOptions = {}) {
  const socket = connect({
    ...{ port, host: '127.0.0.1', servername: 'www.example.test' },
    ...{ ca: TEST_CERTIFICATE, rejectUnauthorized: false, ...options },
  })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  const all: Uint8Array[] = []
  const framer = createFramer()
  socket.on('data', (chunk: Uint8Array) => {
    feedFramer(framer, chunk, (message) => all.push(Uint8Array.from(message)))
  })
  return {
    socket,
    /** Resolves to as many messages, once they have come. */
    async messages(count: number): Promise<readonly Uint8Array[]> {
      await eventually(() => all.length >= count)
      return all.slice(0, count)
    },
  }
}
