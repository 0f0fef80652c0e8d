/**
 * Goal: an HTTP probe believes only the answer that its check describes, and leaves nothing open.
 * Method: real servers on the loopback that answer well, badly, half, too much or never.
 */

import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'

import { BODY_OCTETS_MAX } from '../../../src/health/probes/http-body.ts'
import { freePort } from '../../support/ports.ts'
import { gone, hasV6, listen, probe } from '../../support/probing.ts'
import { http, OK, silent } from './http-backends.ts'

describe('the status', () => {
  it.each([
    { status: 200, expect: [{ from: 200, to: 299 }], evidence: 'status 200' },
    { status: 404, expect: [{ from: 404, to: 404 }], evidence: 'status 404' },
    { status: 204, expect: [{ from: 200, to: 299 }], evidence: 'status 204' },
  ])('$status is what was expected', async ({ status, expect: ranges, evidence }) => {
    const { port } = await listen(createServer((_, response) => response.writeHead(status).end()))
    const outcome = await probe(http(port, { expect: ranges }))
    expect(outcome).toEqual({ isSuccess: true, evidence })
  })

  it('500 is a failure that says what was expected', async () => {
    const { port } = await listen(createServer((_, response) => response.writeHead(500).end()))
    const ranges = [
      { from: 200, to: 299 },
      { from: 404, to: 404 },
    ]
    expect(await probe(http(port, { expect: ranges }))).toEqual({
      isSuccess: false,
      evidence: 'status 500, expected 200-299, 404',
    })
  })

  it('of a redirect is judged as it is, and the redirect not followed', async () => {
    const asked: string[] = []
    const { port } = await listen(
      createServer(({ url }, response) => {
        asked.push(url!)
        response.writeHead(302, { location: '/elsewhere' }).end()
      }),
    )
    const outcome = await probe(http(port))
    expect(outcome.evidence).toBe('status 302, expected 200-299')
    expect(asked).toEqual(['/healthz'])
  })
})

describe('the question', () => {
  it('asks for the path with the host that the check names, and for no second answer', async () => {
    const { port, asked } = await recording()
    await probe(http(port, { path: '/healthz?deep=1', host: 'www.example.test' }))
    expect(asked[0]).toMatchObject({
      method: 'GET',
      url: '/healthz?deep=1',
      headers: {
        host: 'www.example.test',
        connection: 'close',
        'accept-encoding': 'identity',
        'user-agent': 'rota-probe',
      },
    })
  })

  it('names address and port where the check names no host', async () => {
    const { port, asked } = await recording()
    await probe(http(port))
    expect(asked[0]!.headers.host).toBe(`127.0.0.1:${port}`)
  })

  it.skipIf(!hasV6)('puts an IPv6 address in brackets', async () => {
    const { port, asked } = await recording('::1')
    expect((await probe(http(port), { address: '::1' })).isSuccess).toBe(true)
    expect(asked[0]!.headers.host).toBe(`[::1]:${port}`)
  })

  it('that cannot be written is a failure and not a crash', async () => {
    const outcome = await probe(http(1, { path: '/a b\r\nx: y' }))
    expect(outcome).toEqual({ isSuccess: false, evidence: expect.stringContaining('path') })
  })
})

describe('the body', () => {
  it('is found wherever the answer was cut into pieces', async () => {
    const text = 'state: ready.'
    for (let cut = 1; cut < text.length; cut++) {
      const { port } = await listen(
        createServer((_, response) => {
          response.write(text.slice(0, cut))
          setImmediate(() => response.end(text.slice(cut)))
        }),
      )
      const outcome = await probe(http(port, { body: 'ready' }))
      expect(outcome).toEqual({ isSuccess: true, evidence: 'status 200, body matches' })
    }
  })

  it('that ends without the text is a failure', async () => {
    const { port } = await listen(createServer(OK))
    expect(await probe(http(port, { body: 'ready' }))).toEqual({
      isSuccess: false,
      evidence: 'status 200, body lacks "ready"',
    })
  })

  it('is read for 64 KiB and no further, however much a backend sends', async () => {
    const filler = 'x'.repeat(BODY_OCTETS_MAX - 2)
    const { port } = await listen(
      createServer(({ url }, response) => {
        response.on('error', () => {})
        response.write(filler + (url === '/inside' ? 'ok' : 'ook'))
        const more = () => {
          if (!response.destroyed) response.write(filler, () => setImmediate(more))
        }
        more()
      }),
    )
    const inside = await probe(http(port, { path: '/inside', body: 'ok' }))
    expect(inside.evidence).toBe('status 200, body matches')
    const outside = await probe(http(port, { path: '/outside', body: 'ok' }))
    expect(outside.evidence).toBe('status 200, body lacks "ok" in 64 KiB')
  })

  it('that breaks off is a failure', async () => {
    const { port } = await listen(
      createServer((_, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('half', () => response.socket!.destroy())
      }),
    )
    const outcome = await probe(http(port, { body: 'whole' }))
    expect(outcome).toEqual({
      isSuccess: false,
      evidence: 'status 200, connection closed within the body',
    })
  })

  it('is not awaited where the check does not ask for it', async () => {
    const { port } = await listen(createServer((_, response) => void response.write('endless')))
    expect((await probe(http(port))).isSuccess).toBe(true)
  })
})

describe('a request', () => {
  it('has the method and the headers that the check names', async () => {
    const { port, asked } = await recording()
    const headers = { 'x-key': 'a', 'user-agent': 'monitor' }
    await probe(http(port, { method: 'POST', headers }))
    expect(asked[0]).toMatchObject({ method: 'POST', headers })
  })

  it('by HEAD has an answer without a body', async () => {
    const { port } = await recording()
    expect((await probe(http(port, { method: 'HEAD' }))).evidence).toBe('status 200')
  })
})

describe('a pattern', () => {
  it.each([
    [{ source: '^OK a$', flags: 'i' }, true, 'status 200, body matches'],
    [{ source: 'ready|up', flags: '' }, false, 'status 200, body does not match /ready|up/'],
  ])('%j is looked for in the whole body', async (body, isSuccess, evidence) => {
    const { port } = await listen(createServer(OK))
    expect(await probe(http(port, { body }))).toEqual({ isSuccess, evidence })
  })

  it('that would take years is stopped, and that is no fault of the backend', async () => {
    const { port } = await listen(createServer((_, response) => response.end('a'.repeat(60_000))))
    const outcome = await probe(http(port, { body: { source: '^(a+)+!$', flags: '' } }))
    expect(outcome).toEqual({
      isSuccess: false,
      isOwnFault: true,
      evidence: '/^(a+)+!$/ takes too long on the body; simplify it',
    })
  })
})

describe('a redirect', () => {
  it('is followed as often as the check allows, by the same address', async () => {
    const { port, asked } = await redirecting({ '/healthz': '/a', '/a': 'b?c=1' })
    const outcome = await probe(http(port, { redirects: 2 }))
    expect(outcome).toEqual({ isSuccess: true, evidence: 'status 200' })
    expect(asked).toEqual(['GET /healthz', 'GET /a', 'GET /b?c=1'])
    expect(await probe(http(port, { redirects: 1 }))).toEqual({
      isSuccess: false,
      evidence: 'status 302 after as many redirects as are allowed',
    })
  })

  it('in a circle ends', async () => {
    const { port, asked } = await redirecting({ '/healthz': '/healthz' })
    expect((await probe(http(port, { redirects: 5 }))).isSuccess).toBe(false)
    expect(asked).toHaveLength(6)
  })

  it('may name the host that was asked', async () => {
    const host = 'www.example.test:8080'
    const { port } = await redirecting({ '/healthz': `http://${host}/a` })
    expect((await probe(http(port, { host, redirects: 1 }))).isSuccess).toBe(true)
  })

  it.each(['http://192.0.2.7/', 'https://www.example.test/', '//www.example.test:81/'])(
    'to %s is a failure that says where it leads',
    async (location) => {
      const { port, asked } = await redirecting({ '/healthz': location })
      const outcome = await probe(http(port, { host: 'www.example.test', redirects: 3 }))
      expect(outcome.evidence).toMatch(/^status 302 leads elsewhere, to "https?:/)
      expect(asked).toHaveLength(1)
    },
  )

  it('to what is no URL is a failure', async () => {
    const { port } = await redirecting({ '/healthz': 'http://[' })
    expect((await probe(http(port, { redirects: 3 }))).evidence).toContain('which is no URL')
  })

  it('that was expected is an answer', async () => {
    const { port, asked } = await redirecting({ '/healthz': '/a' })
    await probe(http(port, { redirects: 3, expect: [{ from: 302, to: 302 }] }))
    expect(asked).toEqual(['GET /healthz'])
  })
})

describe('a report', () => {
  it('is read from the body, which must still be what was expected', async () => {
    const { port } = await listen(createServer((_, response) => response.end('{"load":2.5}')))
    const report = { body: 'json' } as const
    const outcome = await probe(http(port, { body: 'load', report }))
    expect(outcome).toMatchObject({ isSuccess: true, report: { load: 2.5 } })
    expect((await probe(http(port, { body: 'ready', report }))).isSuccess).toBe(false)
  })

  it('is read from a header', async () => {
    const { port } = await listen(
      createServer((_, response) => response.writeHead(200, { 'x-load': '0.5' }).end()),
    )
    const outcome = await probe(http(port, { report: { header: 'X-Load' } }))
    expect(outcome).toEqual({ isSuccess: true, evidence: 'status 200', report: { load: 0.5 } })
    expect((await probe(http(port, { report: { header: 'X-Other' } }))).warning).toBe(
      'header X-Other is missing',
    )
  })

  it('is not read where nobody asked for one', async () => {
    const { port } = await listen(createServer((_, response) => response.end('0%')))
    expect(await probe(http(port, { body: '0' }))).toEqual({
      isSuccess: true,
      evidence: 'status 200, body matches',
    })
  })
})

describe('a backend', () => {
  it('that does not listen refuses', async () => {
    expect((await probe(http(await freePort()))).evidence).toBe('connection refused')
  })

  it('that closes without an answer fails', async () => {
    const { port } = await listen(
      createTcpServer((socket) => socket.once('data', () => socket.end())),
    )
    expect(await probe(http(port))).toEqual({
      isSuccess: false,
      evidence: 'connection closed before an answer',
    })
  })

  it('that resets the connection fails', async () => {
    const { port } = await listen(
      createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
    )
    expect(await probe(http(port))).toEqual({ isSuccess: false, evidence: 'connection reset' })
  })

  it.each([
    ['speaks another protocol', '220 mail.example.test ESMTP\r\n', 'answer is not HTTP'],
    [
      'sends headers without end',
      `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}`,
      'answer has headers of more than 16 KiB',
    ],
    [
      'upgrades unasked',
      'HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'before an answer',
    ],
  ])('that %s fails', async (_, answer, evidence) => {
    const { port } = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => socket.write(answer))
      }),
    )
    const outcome = await probe(http(port))
    expect(outcome.isSuccess).toBe(false)
    expect(outcome.evidence).toContain(evidence)
  })

  it('that accepts and never answers is left when the probe is aborted', async () => {
    const { port, socket } = await silent()
    const abort = new AbortController()
    const stages: string[] = []
    const outcome = probe(http(port), {
      signal: abort.signal,
      onStage: (stage) => stages.push(stage),
    })
    const accepted = await socket
    await once(accepted, 'data')
    abort.abort()
    expect((await outcome).isSuccess).toBe(false)
    expect(stages).toEqual(['connected, no answer'])
    await gone(accepted)
  })

  it('keeps no connection open after an answer', async () => {
    const server = createServer(OK)
    const { port } = await listen(server)
    const connected = once(server, 'connection')
    await probe(http(port, { body: 'ok' }))
    const [socket]: Socket[] = await connected
    await gone(socket!)
  })
})

/** A backend that is well and remembers what it was asked. */
async function recording(address?: string) {
  const asked: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = []
  const server = createServer(({ method, url, headers }, response) => {
    asked.push({ method, url, headers })
    response.end('ok')
  })
  return { ...(await listen(server, address)), asked }
}

/** A backend that sends those who ask for one path to another, and remembers who came. */
async function redirecting(ways: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const server = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`)
    const location = ways[url!]
    if (location === undefined) response.end()
    else response.writeHead(302, { location }).end()
  })
  return { ...(await listen(server)), asked }
}
