/**
 * Goal: a server answers at its end what was asked before, waits for nobody who stays, and says at
 * its start why it cannot be had.
 * Method: a server in this process and real sockets.
 */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import { frameMessage } from '../../../src/wire/frame.ts'
import { createCounters } from '../../../src/transport/counters.ts'
import { createTcpServer } from '../../../src/transport/tcp/server.ts'
import { eventually } from '../../support/eventually.ts'
import { gone } from '../../support/probing.ts'
import { requestFor } from '../../support/request.ts'
import { addressOf, dial, engine, HOSTS, query, started } from './clients.ts'

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
