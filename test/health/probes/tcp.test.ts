/**
 * Goal: a TCP probe tells an open port from a closed one, and leaves nothing open.
 * Method: real servers on the loopback, on ports that the system picks.
 */

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'

import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/ports.ts'
import { backend, gone, hasV6, listen, probe } from '../../support/probing.ts'
import { saying, stagesUntil } from '../../support/probing.ts'

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

describe('a TCP probe that expects an answer', () => {
  it('finds it in a greeting, wherever that was cut', async () => {
    const text = 'hello, ready.'
    for (let cut = 1; cut < text.length; cut++) {
      const { port } = await backend((socket) => {
        socket.write(text.slice(0, cut))
        setImmediate(() => socket.write(text.slice(cut)))
      })
      const outcome = await probe({ kind: 'tcp', port, expect: 'ready' })
      expect(outcome).toEqual({ isSuccess: true, evidence: 'answer matches' })
    }
  })

  it('speaks first where it has something to say', async () => {
    const { port } = await backend((socket) => {
      socket.on('data', (said) => socket.write(`you said ${said}`))
    })
    const outcome = await probe({ kind: 'tcp', port, send: 'stats\r\n', expect: 'said stats' })
    expect(outcome.isSuccess).toBe(true)
  })

  it('fails where the answer ends without it', async () => {
    const { port } = await backend((socket) => socket.end('-ERR\u001b[31m not now'))
    expect(await probe({ kind: 'tcp', port, expect: '+OK' })).toEqual({
      isSuccess: false,
      evidence: 'answer lacks "+OK"',
    })
  })

  it('fails where the backend ends the connection without a word', async () => {
    const { port } = await backend((socket) => socket.end())
    expect(await probe({ kind: 'tcp', port, expect: 'x' })).toEqual({
      isSuccess: false,
      evidence: 'answer lacks "x"',
    })
  })

  it('looks at 64 KiB and no further', async () => {
    const { port } = await saying('y'.repeat(100_000))
    expect(await probe({ kind: 'tcp', port, expect: 'x' })).toEqual({
      isSuccess: false,
      evidence: 'answer lacks "x" in 64 KiB',
    })
  })

  it('says how far it came where nothing follows', async () => {
    const { port: silent } = await backend(() => {})
    expect(
      await stagesUntil({ kind: 'tcp', port: silent, expect: 'x' }, 'connected, no answer'),
    ).toEqual(['connected, no answer'])
    const { port: half } = await saying('part of it')
    const stages = await stagesUntil(
      { kind: 'tcp', port: half, expect: 'x' },
      'connected, answer not complete',
    )
    expect(stages).toEqual(['connected, no answer', 'connected, answer not complete'])
  })
})

describe('a TCP probe that only speaks', () => {
  it('has said it when it leaves', async () => {
    let heard = ''
    const { port } = await backend((socket) => socket.on('data', (said) => (heard += said)))
    expect((await probe({ kind: 'tcp', port, send: 'quit\r\n' })).isSuccess).toBe(true)
    await eventually(() => heard === 'quit\r\n')
  })
})

describe('a TCP probe of an agent', () => {
  it.each([
    ['75%\n', { share: 75 }],
    ['up 50%\r\nmore', { word: 'up', share: 50 }],
    ['drain', { word: 'drain' }],
  ])('reads %j', async (line, report) => {
    const { port } = await backend((socket) => socket.end(line))
    const outcome = await probe({ kind: 'tcp', port, report: 'agent' })
    expect(outcome).toMatchObject({ isSuccess: true, report })
  })

  it('warns of what is no report', async () => {
    const { port } = await saying('HTTP/1.1 400 Bad Request\r\n')
    expect(await probe({ kind: 'tcp', port, report: 'agent' })).toEqual({
      isSuccess: true,
      evidence: 'answered "HTTP/1.1 400 Bad Request"',
      warning: '"HTTP/1.1 400 Bad Request" is no report (agent)',
    })
  })

  it('does not wait for the end of an endless line', async () => {
    const { port } = await saying('y'.repeat(100_000))
    expect(await probe({ kind: 'tcp', port, report: 'agent' })).toEqual({
      isSuccess: false,
      evidence: 'no end of the answer within 64 KiB',
    })
  })

  it('fails where there is no line', async () => {
    const { port } = await backend((socket) => socket.end())
    expect(await probe({ kind: 'tcp', port, report: 'agent' })).toEqual({
      isSuccess: false,
      evidence: 'connection closed before an answer',
    })
  })
})
