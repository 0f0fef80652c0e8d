/**
 * Goal: a TCP probe tells an open port from a closed one, and leaves nothing open.
 * Method: real servers on the loopback, on ports that the system picks.
 */

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'

import { freePort } from '../../support/ports.ts'
import { gone, hasV6, listen, probe } from '../../support/probing.ts'

describe('a TCP probe', () => {
  it('succeeds where a connection is accepted', async () => {
    const { port } = await listen(createServer((socket) => socket.on('error', () => {})))
    expect(await probe({ kind: 'tcp', port })).toEqual({ isSuccess: true, evidence: 'connected' })
  })

  it('succeeds where a backend accepts and at once closes', async () => {
    const { port } = await listen(createServer((socket) => socket.destroy()))
    expect((await probe({ kind: 'tcp', port })).isSuccess).toBe(true)
  })

  it.skipIf(!hasV6)('reaches an IPv6 address', async () => {
    const server = createServer((socket) => socket.on('error', () => {}))
    const { port } = await listen(server, '::1')
    expect((await probe({ kind: 'tcp', port }, { address: '::1' })).isSuccess).toBe(true)
  })

  it('fails in plain words where nobody listens', async () => {
    const port = await freePort()
    expect(await probe({ kind: 'tcp', port })).toEqual({
      isSuccess: false,
      evidence: 'connection refused',
    })
  })

  it('leaves the backend no open connection', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
    })
    const { port } = await listen(server)
    const accepted = once(server, 'connection')
    await probe({ kind: 'tcp', port })
    await accepted
    await gone(sockets[0]!)
    expect(sockets).toHaveLength(1)
  })

  it('ends at once when it is aborted while it connects', async () => {
    const { port } = await listen(createServer((socket) => socket.destroy()))
    const abort = new AbortController()
    const outcome = probe({ kind: 'tcp', port }, { signal: abort.signal })
    abort.abort()
    expect(await outcome).toEqual({ isSuccess: false, evidence: 'aborted' })
  })
})
