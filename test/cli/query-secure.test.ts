/**
 * Goal: `rota query` speaks DNS over TLS and over HTTPS, of either version of HTTP, believes no
 * certificate that it cannot check, and says what to do where it is not answered.
 * Method: Rota's own servers in this process, other ones of Node's making, and no time that passes.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, createSecureServer as createHttp2 } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import { createServer as createTls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createCounters } from '../../src/transport/counters.ts'
import { createHttpsServer } from '../../src/transport/https/server.ts'
import { createTcpServer } from '../../src/transport/tcp/server.ts'
import { type QueryOptions, runQuery } from '../../src/cli/query.ts'
import { authority } from '../support/authority.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/certificate.ts'
import { testCredentials } from '../support/credentials.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { listen } from '../support/probing.ts'

const ZONE = `$ORIGIN example.test.
$TTL 30
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
www IN A 192.0.2.1
`
const { engine } = authority({ 'example.test': ZONE })
const TLS = { key: TEST_KEY, cert: TEST_CERTIFICATE }

describe('rota query', () => {
  it('asks over TLS', async () => {
    const port = await served('tls')
    const { code, out } = await query([`@127.0.0.1:${port}`], { tls: true, insecure: true })
    expect(code).toBe(0)
    expect(out).toContain('www.example.test. 30 IN A 192.0.2.1')
    expect(out).toContain(`from 127.0.0.1:${port} over TLS`)
  })

  it('asks over HTTPS, by a server or by a URL, and takes no word for a URL', async () => {
    const port = await served('https')
    const url = `https://127.0.0.1:${port}/dns-query`
    const own = { insecure: true, json: true }
    const said = [
      await query([`@127.0.0.1:${port}`], { ...own, https: true }),
      await query([], { ...own, https: url }),
      await query([`@127.0.0.1:${port}`], { ...own, https: 'www.example.test' }, []),
    ]
    for (const { out } of said) {
      expect(JSON.parse(out)).toMatchObject({
        ...{ server: `127.0.0.1:${port}`, transport: 'HTTPS', id: 0 },
        answer: [{ data: '192.0.2.1' }],
      })
    }
  })

  it('asks over HTTP/1.1 where a server knows no better, and over plain HTTP if told', async () => {
    const secure = await listen(createHttps(TLS, echo))
    const plain = await listen(createServer(echo))
    const urls = [`https://127.0.0.1:${secure.port}/x?y=1`, `http://127.0.0.1:${plain.port}/`]
    const transports: unknown[] = []
    for (const https of urls) {
      const { out } = await query([], { https, insecure: true, json: true })
      transports.push(JSON.parse(out).transport)
    }
    expect(transports).toEqual(['HTTPS', 'HTTP'])
  })

  it.each([{ tls: true }, { https: true }])('believes no certificate by itself %j', async (way) => {
    const port = await served(way.tls ? 'tls' : 'https')
    const { code, err } = await query([`@127.0.0.1:${port}`], way)
    expect(code).toBe(1)
    expect(err).toMatch(
      /certificate of 127.*is not taken: self-signed.*NODE_EXTRA_CA_CERTS=ca\.pem/,
    )
  })

  it('says what HTTP said instead of an answer', async () => {
    const port = await served('https')
    const https = `https://127.0.0.1:${port}/nope`
    const { code, err } = await query([], { https, insecure: true })
    expect(code).toBe(1)
    expect(err).toMatch(/HTTP 404 of type application\/problem\+json: .*there is nothing here but/)
  })

  it('does not wait for ever for a server that is silent', async () => {
    const { port } = await listen(createTls({ ...TLS, ALPNProtocols: ['h2', 'dot'] }))
    for (const way of [{ tls: true }, { https: true }]) {
      const { code, err } = await query(
        [`@127.0.0.1:${port}`],
        { ...way, insecure: true },
        [...WWW],
        2_000,
      )
      expect(code).toBe(1)
      expect(err).toContain('after 2s; is a firewall in the way?')
    }
  })

  it.each(['resets the stream', 'goes away'])('says that a server %s', async (what) => {
    const { port } = await listen(
      createHttp2(TLS).on('stream', (stream) => {
        stream.on('error', () => {})
        if (what === 'goes away') stream.session!.destroy()
        else stream.close(constants.NGHTTP2_NO_ERROR)
      }),
    )
    const { code, err } = await query([`@127.0.0.1:${port}`], { https: true, insecure: true })
    expect([code, err]).toEqual([1, expect.stringContaining('it ended the exchange unanswered')])
  })

  it('says where nobody listens', async () => {
    const { code, err } = await query(['@127.0.0.1:1'], { tls: true })
    expect([code, err]).toEqual([1, expect.stringContaining('nothing listens on 127.0.0.1:1;')])
  })

  it.each([
    [{ tcp: true, tls: true }, '--tcp and --tls are two ways to ask; give one of them'],
    [{ tls: true, https: true }, '--tls and --https are two ways to ask; give one of them'],
    [{ insecure: true }, '--insecure is for --tls or --https'],
    [{ https: 'ftp://192.0.2.1/' }, 'URL "ftp://192.0.2.1/" is not one such as https://'],
  ] as [QueryOptions, string][])('refuses %j', async (options, problem) => {
    const { code, err } = await query([], options)
    expect([code, err]).toEqual([2, expect.stringContaining(problem)])
  })
})

const WWW = ['www.example.test']

/** Asks, and moves the clock on if there is so long to wait. */
async function query(words: string[], options: QueryOptions, name = WWW, waitMs = 0) {
  let out = ''
  let err = ''
  const clock = new ManualClock()
  const running = runQuery([...name, ...words], options, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    clock,
  })
  while (waitMs > 0 && clock.pendingCount === 0) await new Promise((go) => setImmediate(go))
  await clock.advance(waitMs)
  return { code: await running, out, err }
}

async function served(transport: 'tls' | 'https'): Promise<number> {
  const parts = {
    ...{ engine, counters: createCounters(), credentials: testCredentials() },
    endpoint: { address: '127.0.0.1', port: 0 },
  }
  const server = transport === 'tls' ? createTcpServer(parts) : createHttpsServer(parts)
  onTestFinished(() => server.stop())
  const { port } = await server.open()
  server.start()
  return port
}

/** Sends the query back as its own answer. */
function echo(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/dns-message' })
  request.pipe(response)
}
