/**
 * Goal: the probes of redis, postgres, mysql and smtp know a living server from a dying one and from
 * a stranger, and nothing that a stranger sends breaks them.
 * Method: servers that say what those do, cut at every octet; random octets; a real redis.
 */

import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { ServiceProbe } from '../../../src/health/probes/spec.ts'
import { eventually } from '../../support/eventually.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { freePort } from '../../support/ports.ts'
import { backend, probe, saying, stagesUntil } from '../../support/probing.ts'
import { startProcess } from '../../support/process.ts'
import { requireTool } from '../../support/tools.ts'

type Kind = ServiceProbe['kind']

const SAID: readonly (readonly [Kind, string, boolean, string])[] = [
  ['redis', '+PONG\r\n', true, 'PONG'],
  ['redis', '-NOAUTH Authentication required.\r\n', true, 'alive, asks for a password'],
  ['redis', '-LOADING Redis is loading\r\n', false, '"LOADING Redis is loading"'],
  ['redis', 'HTTP/1.1 400 Bad\r\n', false, 'not redis: "HTTP/1.1 400 Bad"'],
  ['postgres', 'R\0\0\0\x08\0\0\0\x05', true, 'accepts connections'],
  ['postgres', pgError('28000', 'no entry'), true, 'alive, says "no entry"'],
  ['postgres', pgError('57P03', 'starting up'), false, '"starting up"'],
  ['postgres', 'HTTP/1.1 400', false, 'not postgres: "HTTP/1.1 400"'],
  ['mysql', mysqlPacket('\x0a8.0.36\0salt'), true, 'version "8.0.36"'],
  ['mysql', mysqlPacket('\xff\x69\x04Host blocked'), false, '"Host blocked"'],
  ['mysql', '220 mail.example.test\r\n', false, 'not mysql'],
  ['smtp', '220 mail.example.test ESMTP\r\n', true, '"220 mail.example.test ESMTP"'],
  ['smtp', '220-mail.example.test\r\n220 hi\r\n', true, '"220-mail.example.test"'],
  ['smtp', '554 no service\r\n', false, '"554 no service"'],
  ['smtp', 'SSH-2.0-x\r\n', false, 'not smtp: "SSH-2.0-x"'],
]

describe.each(SAID)('%s that says %j', (kind, text, isSuccess, evidence) => {
  it(`is ${isSuccess ? 'alive' : 'not'}`, async () => {
    const { port } = await greeting(kind, Buffer.from(text, 'latin1'))
    expect(await probe({ kind, port })).toEqual({ isSuccess, evidence })
  })

  it('is understood wherever its words were cut', async () => {
    const octets = Buffer.from(text, 'latin1')
    for (let cut = 1; cut < octets.length; cut++) {
      const { port } = await greeting(kind, octets.subarray(0, cut), octets.subarray(cut))
      expect((await probe({ kind, port })).isSuccess).toBe(isSuccess)
    }
  })
})

const KINDS: readonly Kind[] = ['redis', 'postgres', 'mysql', 'smtp']

describe.each(KINDS)('%s', (kind) => {
  it('that refuses is down', async () => {
    expect(await probe({ kind, port: await freePort() })).toEqual({
      isSuccess: false,
      evidence: 'connection refused',
    })
  })

  it('that says nothing is waited for', async () => {
    const { port } = await backend(() => {})
    const stages = await stagesUntil({ kind, port }, 'connected, no answer')
    expect(stages).toEqual(['connected, no answer'])
  })

  it('that closes at once fails', async () => {
    const { port } = await backend((socket) => socket.end())
    expect((await probe({ kind, port })).evidence).toBe('connection closed before an answer')
  })

  it('that is a stranger is no crash and no success by chance', async () => {
    const words = fc.uint8Array({ maxLength: 40 })
    const heads = fc.constantFrom('', '+', '-', 'E', 'R', '\xff\0\0\0\xff', '\x01\0\0\0', '22x')
    await fc.assert(
      fc.asyncProperty(heads, words, async (head, tail) => {
        const octets = Buffer.concat([Buffer.from(head, 'latin1'), tail])
        const { port, close } = await endingAfter(octets)
        const { isSuccess, evidence } = await probe({ kind, port })
        await close()
        expect(evidence).not.toBe('')
        expect(evidence).not.toMatch(/[\p{Cc}]/u)
        // No head below is that of a server that is alive, but for a bare R, which is postgres.
        if (kind !== 'postgres' && head !== '') expect(isSuccess).toBe(false)
      }),
      { numRuns: 60 },
    )
  })
})

it('smtp is left politely', async () => {
  let heard = ''
  const { port } = await backend((socket) => {
    socket.write('220 mail.example.test\r\n')
    socket.on('data', (said) => (heard += said))
  })
  await probe({ kind: 'smtp', port })
  await eventually(() => heard === 'QUIT\r\n')
})

describe.skipIf(!requireTool('redis-server'))('a real redis', () => {
  it.each([
    ['without a password', [], 'PONG'],
    ['with one', ['--requirepass', 'secret'], 'alive, asks for a password'],
  ])('%s is alive', async (_, more, evidence) => {
    const port = await freePort()
    const folder = temporaryFolder('redis')
    const quiet = ['--save', '', '--bind', '127.0.0.1', '--dir', folder.path]
    const args = ['--port', `${port}`, ...quiet, ...more]
    const server = startProcess({ command: 'redis-server', args })
    onTestFinished(async () => {
      await server.stop()
      folder.remove()
    })
    await eventually(async () => (await probe({ kind: 'redis', port })).isSuccess)
    expect((await probe({ kind: 'redis', port })).evidence).toBe(evidence)
  })
})

/** Redis and postgres are spoken to first; the others greet. */
function greeting(kind: Kind, first: Uint8Array, second?: Uint8Array) {
  if (!second)
    return saying(first, kind === 'redis' || kind === 'postgres' ? 'when asked' : 'at once')
  return backend((socket) => {
    socket.setNoDelay()
    socket.write(first, () => setImmediate(() => socket.write(second)))
  })
}

async function endingAfter(octets: Uint8Array) {
  const { createServer } = await import('node:net')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.resume().end(octets)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { port, close: () => new Promise((resolve) => server.close(resolve)) }
}

function pgError(code: string, message: string): string {
  const fields = `SFATAL\0C${code}\0M${message}\0\0`
  return `E\0\0\0${String.fromCharCode(fields.length + 4)}${fields}`
}

function mysqlPacket(payload: string): string {
  return `${String.fromCharCode(payload.length)}\0\0\0${payload}`
}
