/**
 * Goal: DNS over HTTPS answers by GET and POST, over HTTP/2 and HTTP/1.1, what the other transports
 * answer, with the words of HTTP that caches and clients go by.
 * Method: a server in this process and Node's own clients.
 */

import { once } from 'node:events'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { decodeMessage } from '../../../src/wire/message.ts'
import { createCounters, sumCounters } from '../../../src/transport/counters.ts'
import type { HttpsLimits } from '../../../src/transport/https/limits.ts'
import type { Gate } from '../../../src/transport/gate.ts'
import { createHttpsServer } from '../../../src/transport/https/server.ts'
import { authority } from '../../support/authority.ts'
import { EXPIRED_CERTIFICATE, EXPIRED_KEY } from '../../support/certificate.ts'
import { testCredentials } from '../../support/credentials.ts'
import { eventually } from '../../support/eventually.ts'
import { type AskHttps, askHttp1, askHttp2, MESSAGE } from '../../support/https.ts'
import { openHttp2, targetOf } from '../../support/https.ts'
import { requestFor } from '../../support/request.ts'

const ZONE = `$ORIGIN example.test.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
web IN A 192.0.2.1
alias 20 IN CNAME web
${Array.from({ length: 200 }, (_, i) => `large IN TXT "${i} ${'x'.repeat(240)}"`).join('\n')}
`
const { engine, answerOctets } = authority(
  { 'example.test': ZONE },
  {
    bindings: {
      'own.example.test': {
        ...{ policy: 'sticky', members: { a: '192.0.2.1', b: '192.0.2.2' }, ttl: 30 },
        sticky: { v4Prefix: 24, v6Prefix: 56 },
      },
    },
  },
)

/** Made once, before anything is open: it takes so long that a handshake would be over. */
const OCTETS = fc.uint8Array({ maxLength: 600 })
const TEXT = fc.oneof(
  fc.base64String().map((base64) => base64.replace(/=/g, '')),
  fc.webQueryParameters(),
)

describe.each(['HTTP/2', 'HTTP/1.1'])('by %s', (version) => {
  let ask: AskHttps
  let counters = createCounters()
  let server: Gate

  async function open(limits: Partial<HttpsLimits> = {}) {
    const started = await start(limits)
    server = started.server
    counters = started.counters
    ask = version === 'HTTP/2' ? askHttp2(await openHttp2(started.port)) : askHttp1(started.port)
  }

  it('a query is answered, whether it is in the URL or the body', async () => {
    await open()
    const query = requestFor('web.example.test A', { id: 0 })
    const [got, posted] = [
      await ask({ path: targetOf('web.example.test A') }),
      await ask({ method: 'POST', headers: MESSAGE, body: query }),
    ]
    expect(got.status).toBe(200)
    expect(got.headers).toMatchObject({
      'content-type': 'application/dns-message',
      'cache-control': 'max-age=300',
      'content-length': String(got.octets.length),
    })
    expect(decodeMessage(got.octets)).toMatchObject({ id: 0, answer: [{ text: '192.0.2.1' }] })
    expect(posted.octets).toEqual(got.octets)
    expect(got.octets).toEqual(Buffer.from(answerOctets(query, { tcp: true })))
    expect(sumCounters([counters])).toMatchObject({ queries: 2, answers: 2 })
  })

  it('an answer of any length comes whole', async () => {
    await open()
    const { octets } = await ask({ path: targetOf('large.example.test TXT') })
    expect(decodeMessage(octets)!.answer).toHaveLength(200)
  })

  it('a cache is told the least TTL, and what the SOA says of what is not there', async () => {
    await open()
    const ages: unknown[] = []
    for (const name of ['alias A', 'none A', 'web MX']) {
      const [host, type] = name.split(' ')
      const { headers } = await ask({ path: targetOf(`${host}.example.test ${type}`) })
      ages.push(headers['cache-control'])
    }
    const { headers, status } = await ask({ path: targetOf('www.example.org A') })
    expect([...ages, status, headers['cache-control']]).toEqual([
      ...['max-age=20', 'max-age=10', 'max-age=10'],
      ...[200, 'max-age=0'],
    ])
  })

  it('a cache for many is not given what is for one', async () => {
    await open()
    const { headers } = await ask({ path: targetOf('own.example.test A') })
    expect(headers['cache-control']).toBe('private, max-age=30')
  })

  it('HEAD is told what GET would be, without the octets', async () => {
    await open()
    const asked = { path: targetOf('web.example.test A') }
    const [got, head] = [await ask(asked), await ask({ ...asked, method: 'HEAD' })]
    expect(head.status).toBe(200)
    expect(head.octets).toHaveLength(0)
    expect(head.headers['content-length']).toBe(String(got.octets.length))
  })

  it('what is no query is refused by the word for it, and the connection goes on', async () => {
    await open()
    const body = requestFor('web.example.test A')
    const long = 'A'.repeat(8_196)
    const refused: [number, Parameters<AskHttps>[0]][] = [
      [404, { path: '/' }],
      [404, { path: '/dns-queryx?dns=AAAA' }],
      [400, {}],
      [400, { path: '/dns-query?dns=' }],
      [400, { path: '/dns-query?dns=AAAA&dns=AAAA' }],
      [400, { path: '/dns-query?dns=AAA%3D' }],
      [400, { path: '/dns-query?dns=a+b/' }],
      [400, { path: '/dns-query?dns=A' }],
      [400, { path: '/dns-query?dns=AAAA' }],
      [414, { path: `/dns-query?dns=${long}` }],
      [405, { method: 'DELETE' }],
      [405, { method: 'OPTIONS' }],
      [415, { method: 'POST', headers: { 'content-type': 'text/plain' }, body }],
      [415, { method: 'POST', body }],
      [400, { method: 'POST', headers: MESSAGE }],
      [400, { method: 'POST', headers: MESSAGE, body: body.subarray(0, 11) }],
      [413, { method: 'POST', headers: MESSAGE, body: Buffer.alloc(65_536) }],
    ]
    for (const [status, asking] of refused) {
      const told = await ask(asking)
      expect([told.status, asking]).toEqual([status, asking])
      expect(told.headers['content-type']).toBe('application/problem+json')
      expect(told.headers['cache-control']).toBe('no-store')
      expect(JSON.parse(told.octets.toString())).toMatchObject({ status })
      expect((await ask({ path: targetOf('web.example.test A') })).status).toBe(200)
    }
  })

  it('whatever is posted, or written in a URL, is answered or refused', async () => {
    await open()
    await ask({ path: targetOf('web.example.test A') })
    await fc.assert(
      fc.asyncProperty(OCTETS, TEXT, async (body, query) => {
        const posted = await ask({ method: 'POST', headers: MESSAGE, body })
        const got = await ask({ path: `/dns-query?dns=${query}` })
        expect([200, 400]).toContain(posted.status)
        expect([200, 400]).toContain(got.status)
      }),
      { numRuns: 60 },
    )
    expect((await ask({ path: targetOf('web.example.test A') })).status).toBe(200)
  })

  it('a fault of the program is a 500, and told of', async () => {
    const faults: unknown[] = []
    const started = await start({}, (fault) => faults.push(fault))
    ask = version === 'HTTP/2' ? askHttp2(await openHttp2(started.port)) : askHttp1(started.port)
    const { zoneTable } = engine
    onTestFinished(() => void Object.assign(engine, { zoneTable }))
    Object.assign(engine, { zoneTable: undefined })
    expect((await ask({ path: targetOf('web.example.test A') })).status).toBe(500)
    expect(faults).toHaveLength(1)
  })

  it('a connection that has lasted long enough ends after an answer', async () => {
    await open({ lifeMs: 0 })
    expect((await ask({ path: targetOf('web.example.test A') })).status).toBe(200)
    await eventually(() => server.connectionCount === 0)
  })
})

describe('another certificate', () => {
  it('is shown to who comes next, and no query under way is lost', async () => {
    const { port, credentials } = await start()
    const session = await openHttp2(port)
    const ask = askHttp2(session)
    const asked = Array.from({ length: 90 }, (_, i) => {
      if (i === 45) {
        credentials.change({
          certificate: Buffer.from(EXPIRED_CERTIFICATE),
          key: Buffer.from(EXPIRED_KEY),
        })
      }
      return ask({ path: targetOf('web.example.test A') })
    })
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200))
    const next = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    onTestFinished(() => void next.destroy())
    await once(next, 'secureConnect')
    expect(next.getPeerCertificate().valid_to).toContain('2020')
  })
})

async function start(limits: Partial<HttpsLimits> = {}, onFault?: (fault: unknown) => void) {
  const counters = createCounters()
  const credentials = testCredentials()
  const endpoint = { address: '127.0.0.1', port: 0 }
  const server = createHttpsServer({ endpoint, engine, counters, limits, credentials, onFault })
  const { port } = await server.open()
  server.start()
  onTestFinished(() => server.stop())
  return { server, port, counters, credentials }
}
