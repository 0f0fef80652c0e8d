/**
 * Goal: the HTTP server says why it cannot listen, and ends whoever holds a connection.
 * Method: real servers, and a client that does not let go.
 */

import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import { AdminServer } from '../../src/admin/server.ts'
import { systemClock } from '../../src/base/clock.ts'
import { operationsOf, serving } from './support.ts'

describe('the HTTP server', () => {
  it('says why it cannot listen', async () => {
    const { port } = await serving()
    const second = new AdminServer({
      operations: operationsOf(),
      token: undefined,
      onFault: () => {},
      endpoint: { address: '127.0.0.1', port },
      clock: systemClock,
    })
    await expect(second.start()).rejects.toThrow(
      `listen.http: TCP 127.0.0.1:${port}: the port is taken`,
    )
    await second.stop()
  })

  it('ends although somebody holds a connection', async () => {
    const { port, server } = await serving()
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    socket.write('POST /api/v1/reload HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n')
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    await server.stop()
    await closed
  })
})
